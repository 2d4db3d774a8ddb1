import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { compilerOf } from "./tools/compiler.ts";
import { installed } from "./tools/package.ts";
import { type Project, root, strict } from "./tools/project.ts";
import { runOk } from "./tools/run.ts";

const experimental = { experimentalDecorators: true };
/** The oldest that has `await using`, the last that is written in JavaScript, and ours. */
const worlds = [
  { version: "5.2.2", world: "standard", decorators: {} },
  { version: "5.9.3", world: "experimental", decorators: experimental },
  { version: "7", world: "standard", decorators: {} },
  { version: "7", world: "experimental", decorators: experimental },
] as const;
// TypeScript 5.2 knows no option of this name, and needs it for no import of ours.
const { rewriteRelativeImportExtensions: _, ...options } = strict;

describe("a package of contracts, built with declarations against the packed tarball", () => {
  let project: Project;

  const tsc = async (version: string, ...args: string[]): Promise<string> => {
    const script = version === "7" ? join(root, "node_modules/typescript/bin/tsc") : await compilerOf(version);
    return runOk(process.execPath, [script, ...args], { cwd: project.path });
  };

  before(async function () {
    this.timeout(300_000);
    project = await installed();
    await cp(join(root, "test/contract-package"), project.path, { recursive: true });
    for (const name of ["@types/node", "undici-types"]) await project.link(name);
    await mkdir(join(project.path, "node_modules"), { recursive: true });
    await symlink(join(project.path, "contract"), join(project.path, "node_modules/shop-contract"));
    const esm = { ...options, skipLibCheck: true, outDir: "out", rootDir: "." };
    const references = [{ path: "../contract" }];
    const files = ["use.ts", "main.ts"];
    await project.write("consumer/tsconfig.json", JSON.stringify({ compilerOptions: esm, references, files }));
    const common = { ...esm, verbatimModuleSyntax: false };
    await project.write(
      "consumer/tsconfig.common.json",
      JSON.stringify({ compilerOptions: common, references, files: ["common.cts"] }),
    );
  });
  after(() => project?.[Symbol.asyncDispose]());

  for (const { version, world, decorators } of worlds) {
    it(`TypeScript ${version}, ${world} decorators: another package uses it, exactly`, async function () {
      this.timeout(120_000);
      await rm(join(project.path, "contract/out"), { recursive: true, force: true });
      const compilerOptions = {
        ...options,
        ...decorators,
        composite: true,
        declaration: true,
        // Its declarations alone: what ours and Node's say is checked elsewhere.
        skipLibCheck: true,
        outDir: "out",
        rootDir: ".",
      };
      await project.write("contract/tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts"] }));
      await tsc(version, "-p", "contract");
      await tsc(version, "-p", "consumer");
      const printed = await project.node("consumer/out/main.js");
      expect(JSON.parse(printed)).to.deep.equal({ id: "7", refused: true });
      // Before 5.8 TypeScript holds that CommonJS cannot require a module.
      if (version === "5.2.2") return;
      await tsc(version, "-p", "consumer/tsconfig.common.json");
      const required = await project.node("consumer/out/common.cjs");
      expect(JSON.parse(required)).to.deep.equal({ id: "7", refused: true });
    });
  }
});
