import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { judge } from "../../bench/startup/goals.ts";
import { parseOptions } from "../../bench/startup/options.ts";
import type { Series } from "../../bench/startup/rounds.ts";
import { Project, root } from "../tools/project.ts";
import { run } from "../tools/run.ts";

describe("npm run bench -- startup", function () {
  this.timeout(120_000);
  let project: Project;
  before(async () => {
    project = await Project.create();
  });
  after(() => project[Symbol.asyncDispose]());

  it("starts a program of each contender, and writes what it cost", async () => {
    const out = join(project.path, "RESULTS.md");
    const args = ["--import", "tsx", "bench/run.ts", "startup", "--rounds", "1", "--out", out];
    const { code, stdout, stderr } = await run(process.execPath, args, { cwd: root });
    expect(code, `${stdout}\n${stderr}`).to.equal(0);
    const markdown = await readFile(out, "utf8");
    expect(markdown).to.contain("<!-- npm run bench -- startup -->").and.contain("## Goals");
    const rows = [...markdown.matchAll(/^\| ([a-z-]+) +\|.*\| +(\d+) \| +(\d+) \| +\d+ % \|$/gm)];
    expect(rows.map(([, name]) => name)).to.deep.equal(["raw-tcp-json", "trunkline", "grpc-js"]);
    const [, ours] = rows.map(([, , files, kilobytes]) => ({ files: Number(files), kilobytes: Number(kilobytes) }));
    // How few they are is looked at by test/lean.test.ts.
    expect(ours?.files).to.be.above(50);
    expect(ours?.kilobytes).to.be.above(100);
  });

  it("compares with grpc-js", () => {
    const one = (name: string, ms: number): Series => ({
      name,
      loadMs: ms,
      connectMs: ms,
      callMs: ms,
      totalMs: 3 * ms,
      cpuMs: 4 * ms,
      rssBytes: 100,
      sources: { files: 1, characters: 1 },
      spread: 0,
    });
    const goals = judge([one("trunkline", 5), one("grpc-js", 4)]);
    expect(goals.map(({ found, met }) => [found, met])).to.deep.equal([
      ["1.25 ×", false],
      ["1.25 ×", false],
      ["1.25 ×", false],
      ["1.00 ×", true],
    ]);
    expect(judge([one("trunkline", 5)]).map(({ met }) => met)).to.deep.equal([false, false, false, false]);
  });

  it("says what is wrong with an option", () => {
    expect(() => parseOptions(["--only", "nobody"], "")).to.throw('--only: unknown contender "nobody"');
    expect(() => parseOptions(["--rounds", "1.5"], "")).to.throw("--rounds 1.5: expected a whole number above 0");
  });
});
