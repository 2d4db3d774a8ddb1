import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { contenders } from "../../bench/patterns/contender.ts";
import { judge } from "../../bench/patterns/goals.ts";
import { parseOptions } from "../../bench/patterns/options.ts";
import { patterns } from "../../bench/patterns/pattern.ts";
import type { Series } from "../../bench/patterns/rounds.ts";
import { Project, root } from "../tools/project.ts";
import { type Outcome, run } from "../tools/run.ts";

/** One of each kind; all of them would take a minute. */
const some = ["raw-tcp-json", "trunkline-tcp-msgpack", "grpc-js", "ws"];
const asked = contenders.filter(({ name }) => some.includes(name));

describe("npm run bench -- patterns", function () {
  this.timeout(240_000);
  let project: Project;
  before(async () => {
    project = await Project.create();
  });
  after(() => project[Symbol.asyncDispose]());

  const bench = (args: readonly string[], env?: Record<string, string>): Promise<Outcome> =>
    run(process.execPath, ["--import", "tsx", "bench/run.ts", "patterns", ...args], {
      cwd: root,
      timeoutMs: 220_000,
      ...(env === undefined ? {} : { env }),
    });
  const quick = ["--rounds", "1", "--seconds", "0.02", "--subscribers", "20"];

  it("asks each contender for all that it has, and writes a report", async () => {
    const out = join(project.path, "RESULTS.md");
    const { code, stdout, stderr } = await bench(["--only", some.join(), ...quick, "--out", out]);
    expect(code, `${stdout}\n${stderr}`).to.equal(0);
    const markdown = await readFile(out, "utf8");
    expect(markdown).to.contain("<!-- npm run bench -- patterns -->").and.contain("## Goals");
    const sections = new Map(markdown.split("\n## ").map((part) => [part.split("\n")[0], part] as const));
    for (const { name, title } of patterns) {
      const section = sections.get(title.replace(/\bN\b/, "20")) ?? "";
      const measured = [...section.matchAll(/^\| (\S+) +\| +([\d,]+) /gm)].map(([, contender]) => contender);
      expect(measured, name).to.deep.equal(asked.filter((one) => one.patterns.includes(name)).map((one) => one.name));
    }
  });

  it("leaves out NATS, and says so, where there is no nats-server", async () => {
    // A PATH of one empty folder: the harness then pins nothing, either.
    const only = ["--only", "trunkline-tcp-msgpack,nats", "--pattern", "oneway"];
    const { code, stdout, stderr } = await bench([...only, ...quick], { PATH: project.path });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain("LEFT OUT nats: no nats-server (apt-get install nats-server)");
    expect(stdout)
      .to.match(/^trunkline-tcp-msgpack +[\d,]+/m)
      .and.not.match(/^nats +\d/m);
  });

  it("judges the goals by the default codec, and those of fan-out by 1,000 subscribers alone", () => {
    const one = (name: string, pattern: Series["pattern"], perSecond: number): Series => ({
      name,
      pattern,
      perSecond,
      ownPerSecond: undefined,
      serverCpu: 1,
      clientCpu: 1,
      spread: 0,
    });
    const series = [
      one("raw-tcp-json", "oneway", 100),
      one("trunkline-tcp-msgpack", "oneway", 151),
      one("trunkline-tcp-msgpack", "unary", 152),
      one("trunkline-tcp-msgpack", "fan-out-clients", 2_000_000),
    ];
    const found = (subscribers: number) =>
      judge(series, subscribers).flatMap(({ text, found, met }) => (found === undefined ? [] : [[text, found, met]]));
    const calls = [
      ["oneway, of raw ≥ 1.5 ×", "1.51 ×", true],
      ["oneway, of request and reply ≥ 1 ×", "0.99 ×", false],
    ];
    expect(found(100)).to.deep.equal(calls);
    expect(found(1000)).to.deep.equal([...calls, ["1,000 clients: deliveries/s ≥ 1,500,000", "2,000,000", true]]);
  });

  it("says what is wrong with an option", () => {
    for (const [args, message] of [
      [["--only", "nobody"], '--only: unknown name "nobody"'],
      [["--pattern", "none"], '--pattern: unknown name "none"'],
      [["--rounds", "0"], "--rounds 0: expected a number above 0"],
      [["--subscribers", "15"], "--subscribers 15: expected a multiple of 10"],
    ] as const) {
      expect(() => parseOptions(args, "")).to.throw(message);
    }
    expect(parseOptions([], "RESULTS.md").out).to.equal("RESULTS.md");
    expect(parseOptions(["--rounds", "1"], "RESULTS.md").out).to.equal(undefined);
  });
});
