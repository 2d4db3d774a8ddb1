import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Project, root } from "../tools/project.ts";
import { run } from "../tools/run.ts";
import { cliProject } from "./fixture.ts";

/** A fenced block: a file to write, commands to run, or what the commands before it gave. */
interface Block {
  readonly line: number;
  readonly language: string;
  readonly title: string | undefined;
  readonly isOutput: boolean;
  readonly text: string;
}

function blocks(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language = "", 2: info = "", 3: text = "", index }) => ({
      line: page.slice(0, index).split("\n").length,
      language,
      title: /title="([^"]+)"/.exec(info)?.[1],
      isOutput: /\boutput\b/.test(info),
      text,
    }),
  );
}

describe("docs/cli.md", () => {
  let project: Project;

  before(async function () {
    this.timeout(120_000);
    project = await cliProject();
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("shows commands that run, and what they give", async function () {
    this.timeout(120_000);
    const bin = join(project.path, "node_modules/trunkline/dist/cli/main.js");
    const page = await readFile(join(root, "docs/cli.md"), "utf8");
    let printed = "";
    let commands = 0;
    for (const { line, language, title, isOutput, text } of blocks(page)) {
      const at = `docs/cli.md:${line}`;
      if (language === "sh") {
        for (const command of text.trim().split("\n")) {
          const [npx, name, ...args] = command.split(" ");
          expect([npx, name], at).to.deep.equal(["npx", "trunkline"]);
          const { code, stdout, stderr } = await run(process.execPath, [bin, ...args], { cwd: project.path });
          expect({ command, code, stderr }, at).to.deep.equal({ command, code: 0, stderr: "" });
          printed = stdout;
          commands++;
        }
      } else if (isOutput) {
        const given = title === undefined ? printed : await readFile(join(project.path, title), "utf8");
        expect(given, at).to.equal(text);
      } else {
        await project.write(title ?? expect.fail(`${at}: neither a file nor the output of a command`), text);
      }
    }
    expect(commands).to.be.above(5);
  });

  it("names every format and option", async () => {
    const page = await readFile(join(root, "docs/cli.md"), "utf8");
    for (const command of ["schema", "generate"]) {
      const bin = join(project.path, "node_modules/trunkline/dist/cli/main.js");
      const { stdout } = await run(process.execPath, [bin, command, "--help"], { cwd: project.path });
      const named = [...new Set(stdout.match(/--[a-z]+/g))];
      expect(named.length).to.be.above(2);
      expect(
        named.filter((option) => !page.includes(option)),
        command,
      ).to.deep.equal([]);
    }
  });
});
