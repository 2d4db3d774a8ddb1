import { expect } from "chai";
import { root } from "../../tools/project.ts";
import { run } from "../../tools/run.ts";

/** Run as they are where the runtime makes no code from text. */
const suites = [
  "test/core/compile/without-generation/codecs.ts",
  "test/core/compile/without-generation/calls.ts",
  "test/core/compile/copy.test.ts",
  "test/core/schema/clone.test.ts",
];

describe("a runtime that makes no code from text", () => {
  for (const suite of suites) {
    it(`passes ${suite}`, async () => {
      const mocha = "node_modules/mocha/bin/mocha.js";
      const args = [mocha, "--reporter=dot", "--timeout=120000", suite];
      // Mocha starts a process of its own, which hears of the flag by the environment alone.
      const env = { NODE_OPTIONS: "--disallow-code-generation-from-strings" };
      const { code, stdout, stderr } = await run(process.execPath, args, { cwd: root, env, timeoutMs: 600_000 });
      expect(code, `${stdout}\n${stderr}`).to.equal(0);
      expect(stdout).to.match(/\d passing/);
    }).timeout(600_000);
  }
});
