import { expect } from "chai";
import { contractFile } from "../../cli/contract-file.ts";
import { loadContract } from "../../cli/load.ts";
import { contractOf } from "../../index.ts";
import { Project } from "../tools/project.ts";
import { Shop } from "../transports/suite/contract.ts";
import { cliProject, ordersModule, trunkline } from "./fixture.ts";

const plainModule = `
import { arg, defineService, implement, rpc, t } from "trunkline";
export const Echo = defineService("plain.Echo", {}, { say: rpc({ params: [arg("word", t.string)], returns: t.string }) });
export const Count = defineService("plain.Count", {}, { next: rpc({ returns: t.int32 }) });
export const echo = implement(Echo, { say: async (word) => word });
export const again = Echo;
`;

describe("trunkline: where a contract comes from", () => {
  let project: Project;
  const load = (source: string): Promise<string> =>
    loadContract(source, { out: () => {}, err: () => {}, cwd: project.path }).then(
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
    await project.write("shop.json", JSON.stringify(contractFile(contractOf(Shop))));
    await project.write("odd.json", '{"openapi": "3.1.0"}');
    await project.write("cut.json", '{"trunkline": ');
    await project.write("orders.txt", "");
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
      "CommandError: plain.js: has several contracts; say which: plain.js#Count or plain.js#Echo",
    );
    expect(await load("plain.js#Cuont")).to.equal("CommandError: plain.js: has no contract Cuont; it has Count, Echo");
  });

  it("is a printed contract", async () => {
    expect(await load("shop.json")).to.equal("suite.Shop");
    expect(await load("odd.json")).to.include("odd.json: expected what trunkline schema prints");
    expect(await load("cut.json")).to.match(/^CommandError: cut\.json: .*JSON/);
  });

  it("is explained where there is none", async () => {
    expect(await load("other.ts")).to.equal(
      "CommandError: other.ts: exports neither a contract nor a type; it exports answer, default",
    );
    expect(await load("nowhere.ts")).to.equal("CommandError: nowhere.ts: there is no such file");
    expect(await load("orders.txt")).to.match(
      /^CommandError: orders\.txt: cannot read this kind of file; known are \.ts /,
    );
    expect(await load("broken.ts")).to.match(/^CommandError: cannot load broken\.ts: .*nowhere\.ts/);
    expect(await load("throws.js")).to.equal("CommandError: cannot load throws.js: Error: not today");
    expect(await load("decorated.js")).to.match(/^CommandError: cannot load decorated\.js: .*Node cannot run them$/);
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
