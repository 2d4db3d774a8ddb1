import { expect } from "chai";
import { parseSource } from "../../cli/source.ts";
import { printContract } from "../../core/contract/print-contract.ts";
import { chooseContract, readSchema } from "../../formats/read.ts";
import { type ContractDescriptor, contractOf } from "../../index.ts";
import { cliProject, ordersModule, trunkline } from "../cli/fixture.ts";
import { Project } from "../tools/project.ts";
import { Shop } from "../transports/suite/contract.ts";

const plainModule = `
import { arg, defineService, implement, rpc, t } from "trunkline";
export const Echo = defineService("plain.Echo", {}, { say: rpc({ params: [arg("word", t.string)], returns: t.string }) });
export const Count = defineService("plain.Count", {}, { next: rpc({ returns: t.int32 }) });
export const echo = implement(Echo, { say: async (word) => word });
export const again = Echo;
`;

const twoPackages = `syntax = "proto3";
message M { message N {} N n = 1; message O { message N {} } }
`;

describe("trunkline: where a contract comes from", () => {
  let project: Project;
  const loadNamed = async (source: string): Promise<ContractDescriptor> => {
    const { file, name } = parseSource(source);
    return chooseContract(await readSchema(file, { cwd: project.path }), file, name);
  };
  const load = (source: string): Promise<string> =>
    loadNamed(source).then(
      ({ name }) => name,
      (error: Error) => `${error.name}: ${error.message}`,
    );

  before(async function () {
    this.timeout(120_000);
    project = await cliProject();
    await project.write("orders.ts", ordersModule);
    await project.write(
      "deep/impl.ts",
      'import { Orders } from "../orders.ts";\nexport { Orders };\nexport class Impl extends Orders {}\n',
    );
    await project.write("commonjs/package.json", "{}");
    await project.write("commonjs/orders.ts", ordersModule);
    await project.write("plain.js", plainModule);
    await project.write("decorated.js", ordersModule.replace(/: \w+\b/g, ""));
    await project.write("other.ts", "export const answer = 42;\nexport default function main() {}\n");
    await project.write("broken.ts", 'import "./nowhere.ts";\n');
    await project.write("throws.js", 'throw new Error("not today");\n');
    await project.write("shop.json", JSON.stringify(printContract(contractOf(Shop))));
    await project.write("odd.json", '{"openapi": "3.1.0"}');
    await project.write("cut.json", '{"trunkline": ');
    await project.write("orders.txt", "");
    await project.write("syntax.ts", "export const a = 1;\nexport const b = ;\n");
    await project.write("wrong.ts", 'import { t } from "trunkline";\n\nexport const A = t.struct("1A", {});\n');
    await project.write("empty.proto", 'syntax = "proto3";\n');
    await project.write("two.proto", twoPackages);
    await project.write("folder.avsc/file", "");
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("is a TypeScript module, run by the project's own tsx", async () => {
    expect(await load("orders.ts#Orders")).to.equal("shop.Orders");
    expect(await load("orders.ts")).to.equal("shop.Orders");
    expect(await load("./orders.ts#shop.Orders")).to.equal("shop.Orders");
    expect(await load("commonjs/orders.ts")).to.equal("shop.Orders");
  });

  it("is one contract for the class and for what extends it", async () => {
    expect(await load("deep/impl.ts")).to.equal("shop.Orders");
  });

  it("is a JavaScript module, whose name is needed where it has several contracts", async () => {
    expect(await load("plain.js#Count")).to.equal("plain.Count");
    expect(await load("plain.js")).to.equal(
      "InputError: plain.js: has several contracts; say which: plain.js#Count or plain.js#Echo",
    );
    expect(await load("plain.js#Cuont")).to.equal("InputError: plain.js: has no contract Cuont; it has Count, Echo");
  });

  it("is a printed contract", async () => {
    expect(await load("shop.json")).to.equal("suite.Shop");
    expect(await load("odd.json")).to.include("odd.json: expected what trunkline schema prints");
    expect(await load("cut.json")).to.match(/^InputError: cut\.json: .*JSON/);
  });

  it("is explained where there is none", async () => {
    expect(await load("other.ts")).to.equal(
      "InputError: other.ts: exports neither a contract nor a type; it exports answer, default",
    );
    expect(await load("nowhere.ts")).to.equal("InputError: nowhere.ts: there is no such file");
    expect(await load("orders.txt")).to.match(
      /^InputError: orders\.txt: cannot read this kind of file; known are \.ts /,
    );
    expect(await load("broken.ts")).to.match(/^InputError: cannot load broken\.ts: .*nowhere\.ts/);
    expect(await load("throws.js")).to.equal("InputError: cannot load throws.js: Error: not today (throws.js:1)");
    expect(await load("decorated.js")).to.match(/^InputError: cannot load decorated\.js: .*Node cannot run them$/);
  });

  it("is told the line of a mistake", async () => {
    expect(await load("cut.json")).to.equal("InputError: cut.json: line 1: Unexpected end of JSON input");
    for (const text of ['{\n"a": 1\n"b": 2\n}', '{\n"a": 1,\n]', '{\n"a":\n"text\n}', "{\n}\nmore", "{\n\n\u0000}"]) {
      await project.write("line.json", text);
      expect(await load("line.json"), text).to.match(/^InputError: line\.json: line 3: [^\n]+$/);
    }
    expect(await load("syntax.ts")).to.include("\nsyntax.ts:2:17: ERROR");
    expect(await load("wrong.ts")).to.match(/^InputError: cannot load wrong\.ts: TypeError: .*\(wrong\.ts:3\)$/);
  });

  it("may begin with a byte order mark", async () => {
    await project.write("mark.json", `\uFEFF${JSON.stringify(printContract(contractOf(Shop)))}`);
    expect(await load("mark.json")).to.equal("suite.Shop");
  });

  it("is no folder, and no file that declares nothing", async () => {
    expect(await load("folder.avsc")).to.match(/^InputError: cannot read folder\.avsc: EISDIR/);
    const { code, err } = await trunkline(project.path, "schema", "empty.proto", "--format", "proto");
    expect([code, err]).to.deep.equal([2, "trunkline schema: empty.proto: declares neither a contract nor a type\n"]);
  });

  it("is asked for by its whole name where its last part is that of another", async () => {
    const type = (name: string) =>
      trunkline(project.path, "schema", "two.proto", "--format", "contract", "--type", name);
    expect(await type("N")).to.deep.equal({
      code: 2,
      out: "",
      err: "trunkline schema: N may be any of M.N, M.O.N; give the whole name\n",
    });
    expect((await type("M.O.N")).code).to.equal(0);
    expect((await type("M")).code).to.equal(0);
  });

  it("needs tsx for TypeScript, and says so", async () => {
    await using bare = await Project.create();
    await bare.write("orders.ts", ordersModule);
    const { code, out, err } = await trunkline(bare.path, "schema", "orders.ts", "--format", "proto");
    expect([code, out]).to.deep.equal([2, ""]);
    expect(err).to.equal(
      "trunkline schema: orders.ts: running TypeScript needs tsx, which is not installed here: npm install --save-dev tsx (Node alone cannot run decorators); or give the compiled .js file\n",
    );
  });
});
