import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { contenders } from "../../bench/codecs/contender.ts";
import { parseOptions } from "../../bench/codecs/options.ts";
import { Project, root } from "../tools/project.ts";
import { type Outcome, run } from "../tools/run.ts";

interface Report {
  readonly payloads: readonly { readonly name: string }[];
  readonly measured: readonly {
    readonly contender: string;
    readonly payload: string;
    readonly bytes: number;
    readonly gzipBytes: number;
    readonly encode: Side | null;
    readonly decode: Side;
  }[];
  readonly unmeasured: readonly { readonly contender: string; readonly why: string; readonly what: string }[];
  readonly goals: readonly { readonly text: string; readonly found: number | null; readonly met: boolean }[];
}
interface Side {
  readonly nanoseconds: number;
  readonly spread: number;
  readonly allocatedBytes: number;
}

const types = `
import { t } from "${join(root, "core/schema/t.ts")}";
export const answer = 42;
const Line = t.struct("shop.Line", { sku: t.string, size: t.optional(t.list(t.int32)) });
export const Paid = t.union("shop.Paid", { card: t.string, points: t.int64 });
export const Invoice = t.struct("Invoice", {
  id: t.int64,
  total: t.int53,
  factor: t.float64,
  at: t.timestamp,
  scan: t.bytes,
  state: t.enums("shop.State", ["open", "paid"]),
  paid: Paid,
  lines: t.list(Line),
  grid: t.list(t.list(t.int32)),
  names: t.map(t.string),
  note: t.optional(t.string),
});
`;
const invoice = {
  id: "9007199254740993",
  total: 9007199254740991,
  factor: 1.5,
  at: "1969-12-31T23:59:59.5Z",
  scan: "AP8=",
  state: "paid",
  paid: { points: "-5" },
  lines: [{ sku: "a", size: [1] }, { sku: "b" }],
  grid: [[1, 2], []],
  names: { de: "Rechnung" },
};
const halved = `
export const contender = {
  prepare: () => ({
    encode: (value) => new TextEncoder().encode(JSON.stringify({ ...value, items: value.items.slice(1) })),
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  }),
};
`;
const scratch = `
const bytes = new Uint8Array(1000);
export const contender = {
  prepare: () => ({
    encode: (value) => bytes.subarray(0, new TextEncoder().encodeInto(JSON.stringify(value), bytes).written),
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  }),
};
`;
const dying = `
let calls = 0;
export const contender = {
  prepare: () => ({
    encode: (value) => {
      if (++calls > 100) process.exit(3);
      return new TextEncoder().encode(JSON.stringify(value));
    },
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  }),
};
`;

describe("npm run bench -- codecs", function () {
  this.timeout(120_000);
  let project: Project;
  before(async () => {
    project = await Project.create();
    await project.write("types.ts", types);
    await project.write("invoice.json", JSON.stringify(invoice));
  });
  after(() => project[Symbol.asyncDispose]());

  const at = (name: string) => join(project.path, name);
  const bench = (...args: string[]): Promise<Outcome> =>
    run(process.execPath, ["--import", "tsx", "bench/run.ts", "codecs", ...args], { cwd: root });
  const quick = ["--rounds", "2", "--seconds", "0.002"];
  const report = async (file: string): Promise<Report> => JSON.parse(await readFile(at(file), "utf8"));

  it("measures every contender on the order and on a type of one's own, and writes report, figures and chart", async () => {
    const own = ["--type", `${at("types.ts")}#Invoice`, "--data", at("invoice.json")];
    const { code, stdout, stderr } = await bench("--payload", "order", ...own, ...quick, "--out", at("out"));
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain("Goals").and.contain("written to");

    const { payloads, measured, unmeasured, goals } = await report("out/codecs.json");
    expect(payloads.map(({ name }) => name)).to.deep.equal(["order", "own"]);
    expect(unmeasured).to.deep.equal([]);
    expect(measured).to.have.length(2 * contenders.length);
    for (const { contender, bytes, gzipBytes, encode, decode } of measured) {
      expect(bytes, contender).to.be.above(50);
      expect(gzipBytes, contender).to.be.above(50);
      expect(encode === null, contender).to.equal(contender === "trunkline-hessian2-java");
      for (const side of [encode ?? decode, decode]) {
        expect(side.nanoseconds, contender).to.be.above(10);
        expect(side.spread, contender).to.be.at.least(0);
        expect(side.allocatedBytes, contender).to.be.above(0);
      }
    }
    const bytesOf = (name: string) => measured.find((one) => one.contender === name)?.bytes;
    expect(bytesOf("builtin-json")).to.equal(229);
    expect(bytesOf("trunkline-json")).to.equal(229);
    expect(bytesOf("protobufjs")).to.equal(bytesOf("trunkline-protobuf"));
    expect(bytesOf("avsc")).to.equal(bytesOf("trunkline-avro"));
    expect(goals).to.have.length(13);
    expect(goals.filter(({ found }) => found === null)).to.deep.equal([]);

    expect((await readFile(at("out/codecs.png"))).subarray(1, 4).toString()).to.equal("PNG");
    const svg = await readFile(at("out/codecs.svg"), "utf8");
    expect(svg).to.contain(">trunkline-protobuf<").and.contain(">order<").and.contain(">own<");
    const markdown = await readFile(at("out/RESULTS.md"), "utf8");
    expect(markdown).to.contain("<!-- npm run bench -- codecs -->").and.contain("## Goals");
  });

  it("replaces its own part of a file of results, and leaves the others", async () => {
    const mark = (question: string, text: string) => `<!-- npm run bench -- ${question} -->\n\n${text}\n`;
    await project.write("kept/RESULTS.md", [mark("codecs", "old"), mark("rpc", "as it was")].join("\n"));
    await bench("--payload", "order", "--only", "v8-serialize", ...quick, "--out", at("kept"));
    const markdown = await readFile(at("kept/RESULTS.md"), "utf8");
    expect(markdown).to.contain("v8-serialize").and.not.contain("old\n");
    expect(markdown.endsWith(`\n\n${mark("rpc", "as it was")}`)).to.equal(true);
  });

  it("reports a contender that loses something, that returns a scratch, or that dies, and times none of them", async () => {
    for (const [name, source, why, what, exit] of [
      ["halved.mjs", halved, "lost", "value.items: 3 items came back as 2", 0],
      ["scratch.mjs", scratch, "refused", "encode returned the same memory twice", 0],
      ["dying.mjs", dying, "failed", "ended with exit code 3", 1],
    ] as const) {
      await project.write(name, source);
      const broken = ["--contender", at(name), "--json", at("broken.json")];
      const { code, stdout } = await bench("--payload", "order", "--only", "builtin-json", ...broken, ...quick);
      expect(code, name).to.equal(exit);
      const { measured, unmeasured } = await report("broken.json");
      expect(measured.map(({ contender }) => contender)).to.deep.equal(["builtin-json"]);
      expect(unmeasured).to.have.length(1);
      expect(unmeasured[0]?.why).to.equal(why);
      expect(unmeasured[0]?.what).to.contain(what);
      expect(stdout).to.contain(what);
    }
  });

  it("says what is wrong with an option, the type or the data", async () => {
    await project.write("wrong.json", JSON.stringify({ ...invoice, total: "many" }));
    const type = ["--type", `${at("types.ts")}#Invoice`];
    for (const [args, message] of [
      [["--payload", "nothing"], '--payload: there is no "nothing"'],
      [["--rounds", "0"], "--rounds 0: expected a number above 0"],
      [type, "--type needs --data FILE.json"],
      [["--data", "x.json"], "--data needs --type FILE#NAME"],
      [["--type", "types.ts", "--data", "x.json"], "expected FILE#NAME"],
      [["--type", `${at("types.ts")}#Bill`, "--data", "x.json"], "exports no Bill; it exports Invoice, Paid, answer"],
      [["--type", `${at("types.ts")}#Paid`, "--data", "x.json"], "Paid is a union, and a message is a struct"],
      [["--type", `${at("types.ts")}#answer`, "--data", "x.json"], "answer is neither a type made by t nor a schema"],
      [["--type", `${at("none.ts")}#Paid`, "--data", "x.json"], "none.ts: cannot be loaded"],
      [[...type, "--data", at("none.json")], "none.json: cannot be read"],
      [[...type, "--data", at("wrong.json")], "total"],
    ] as const) {
      const refused = await parseOptions(args, "").then(
        () => "nothing",
        (error: Error) => error.message,
      );
      expect(refused).to.contain(message);
    }
    const { code, stderr } = await bench("--payload", "nothing");
    expect(code).to.equal(2);
    expect(stderr).to.contain('--payload: there is no "nothing"');
  });

  it("explains itself", async () => {
    const { code, stdout } = await bench("--help");
    expect(code).to.equal(0);
    expect(stdout).to.contain("--type FILE#NAME").and.contain("--out FOLDER");
  });
});
