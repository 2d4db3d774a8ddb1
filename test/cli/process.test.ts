import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect } from "chai";
import type { Project } from "../tools/project.ts";
import { type Outcome, run } from "../tools/run.ts";
import { cliProject } from "./fixture.ts";

const contract = `import { defineService, rpc, t } from "trunkline";
export const Count = defineService("plain.Count", {}, { next: rpc({ returns: t.int32 }) });
`;

describe("the process of trunkline", () => {
  let project: Project;
  let bin: string;
  const schema = async (text: string): Promise<Outcome> => {
    await project.write("module.js", text);
    const args = [bin, "schema", "module.js", "--format", "proto"];
    return run(process.execPath, args, { cwd: project.path, timeoutMs: 10_000 });
  };

  before(async function () {
    this.timeout(120_000);
    project = await cliProject();
    bin = join(project.path, "node_modules/trunkline/dist/cli/main.js");
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("ends although the module left a timer", async () => {
    const { code, stdout, stderr } = await schema(`${contract}setInterval(() => {}, 1000);`);
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.include("service Count");
  });

  it("says so where the module ends it, or never finishes", async () => {
    for (const text of ["process.exit(0);", "await new Promise(() => {});"]) {
      const { code, stdout, stderr } = await schema(text);
      expect([code, stdout]).to.deep.equal([2, ""]);
      expect(stderr).to.equal(
        "trunkline: the module that was loaded ended this process, or waits for ever as it loads\n",
      );
    }
  });

  it("names the line of a syntax error, as far as it is in the module itself", async () => {
    const { code, stderr } = await schema("export const a = 1;\nexport const b = ;\n");
    expect(code).to.equal(2);
    expect(stderr).to.equal(
      "trunkline schema: cannot load module.js: SyntaxError: Unexpected token ';' (module.js:2); if it has decorators, give the TypeScript file or the compiled one, because Node cannot run them\n",
    );
    await project.write("imported.js", "export const b = ;\n");
    expect((await schema('import "./imported.js";')).stderr).to.include("SyntaxError: Unexpected token ';'; if it has");
  });

  it("does not take what a module failed to catch for the command's own no", async () => {
    const { code, stderr } = await schema(
      'setTimeout(() => { throw new Error("later"); });\nawait new Promise((resolve) => setTimeout(resolve, 1000));\n',
    );
    expect(code).to.equal(2);
    expect(stderr).to.match(/^trunkline: Error: later/);
  });

  it("is silent where its reader has seen enough", async () => {
    await project.write("module.js", contract);
    const child = spawn(process.execPath, [bin, "schema", "module.js", "--format", "contract"], { cwd: project.path });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    expect(await once(child, "close")).to.deep.equal([0, null]);
    expect(stderr).to.equal("");
  });
});
