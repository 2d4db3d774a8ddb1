import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { expect } from "chai";
import { type CodeBlock, codeBlocks, pages } from "./tools/code-block.ts";
import { freePort } from "./tools/free-port.ts";
import { Project, strict } from "./tools/project.ts";

/** The port in the README, for which the test takes a free one. */
const README_PORT = "20880";

/** Resolves when somebody listens. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const opened = await Promise.race([once(socket, "connect"), once(socket, "error")]).then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (opened) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the server of the README ended before it listened");
}

describe("code in the pages", () => {
  let project: Project;
  const blocks = pages().flatMap((page) => codeBlocks(page));
  const folderOf = (block: CodeBlock): string => basename(block.page, ".md").toLowerCase();
  const nameOf = (block: CodeBlock): string => `${folderOf(block)}/${block.title ?? `line-${block.line}.ts`}`;
  const compiled = (block: CodeBlock): string => `out/${nameOf(block).replace(/\.ts$/, ".js")}`;
  let port: number;

  before(async function () {
    this.timeout(120_000);
    project = await Project.withBuild();
    await project.linkSchemaLibraries();
    for (const name of ["express", "@types/express", "fastify"]) await project.link(name);
    port = await freePort();
    for (const block of blocks) {
      // Without an import or export it would be a script, which shares its names with all others.
      const module = /^(import|export) /m.test(block.code) ? block.code : `${block.code}\nexport {};\n`;
      await project.write(nameOf(block), module.replaceAll(README_PORT, String(port)));
    }
    // What an example leaves unused, such as a subscription that is only disposed of, is no mistake in it.
    const compilerOptions = { ...strict, noUnusedLocals: false, skipLibCheck: true, outDir: "out", rootDir: "." };
    await project.write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*/*.ts"] }));
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("must have a title or be marked no-run", () => {
    const [titled, bare] = codeBlocks("page.md", '```ts title="a.ts"\nlet a;\n```\n\n```ts\nlet b;\n```\n');
    expect(titled).to.deep.equal({ page: "page.md", line: 1, title: "a.ts", noRun: false, code: "let a;\n" });
    expect(bare).to.include({ line: 5, title: undefined, noRun: false });
    const unmarked = blocks.filter(({ title, noRun }) => title === undefined && !noRun);
    expect(unmarked.map(({ page, line }) => `${page}:${line}`)).to.deep.equal([]);
  });

  it("compiles, strictly, against the built package", async function () {
    this.timeout(120_000);
    await project.tsc("-p", ".");
  });

  it("of the README is a server and a client, which call one another", async function () {
    this.timeout(60_000);
    const readme = blocks.filter(({ page }) => page === "README.md");
    expect(readme.map(({ title }) => title)).to.include.members(["contract.ts", "server.ts", "client.ts"]);
    const server = spawn(process.execPath, [join(project.path, "out/readme/server.js")]);
    let heard = "";
    server.stdout.on("data", (chunk) => {
      heard += chunk;
    });
    try {
      await listening(port, server);
      const said = await project.node("out/readme/client.js");
      expect(said).to.include("eu.berlin 7");
      expect(said).to.include("Ada");
      expect(said).to.include("out of stock: piano");
      expect(heard).to.include("checked");
    } finally {
      server.kill("SIGKILL");
      await once(server, "close");
    }
  });

  for (const block of blocks.filter(({ page, title }) => page !== "README.md" && title !== undefined)) {
    it(`of ${block.page} runs: ${block.title}`, async function () {
      this.timeout(30_000);
      await project.node(compiled(block));
    });
  }
});
