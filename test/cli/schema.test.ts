import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import avsc from "avsc";
import { expect } from "chai";
import protobufjs from "protobufjs";
import { contractOf } from "../../index.ts";
import type { Project } from "../tools/project.ts";
import { cliProject, ordersModule, type Said, trunkline } from "./fixture.ts";

describe("trunkline schema", () => {
  let project: Project;
  const schema = (...args: readonly string[]): Promise<Said> => trunkline(project.path, "schema", ...args);
  const printed = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await schema(...args);
    expect([code, err]).to.deep.equal([0, ""]);
    return out;
  };

  before(async function () {
    this.timeout(120_000);
    project = await cliProject();
    await project.write("orders.ts", ordersModule);
    await project.write(
      "types.ts",
      'import { t } from "trunkline";\nexport const Item = t.struct("shop.Item", { sku: t.string });\n',
    );
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("prints a .proto file", async () => {
    const service = protobufjs.parse(await printed("orders.ts", "--format", "proto")).root.lookupService("shop.Orders");
    expect(Object.keys(service.methods)).to.deep.equal(["place", "audit", "watch", "placedPublish", "placedSubscribe"]);
  });

  it("prints an Avro protocol", async () => {
    const protocol = JSON.parse(await printed("orders.ts#Orders", "--format", "avro")) as avsc.Schema;
    const service = avsc.Service.forProtocol(protocol as never);
    expect(service.messages.map(({ name }) => name)).to.deep.equal(["place", "audit"]);
  });

  it("prints JSON Schema, which holds the contract too", async () => {
    const text = await printed("orders.ts", "--format", "json-schema");
    const ajv = new Ajv2020({ strict: false }).addSchema({ ...(JSON.parse(text) as object), $id: "orders" });
    const order = { id: "7", customer: "Ada", items: [{ sku: "kettle", qty: 1, price: 24.5 }] };
    expect(ajv.validate("orders#/$defs/shop.Order", order)).to.equal(true);
    expect(ajv.validate("orders#/$defs/shop.Order", { ...order, id: 7 })).to.equal(false);
    await project.write("orders.schema.json", text);
    expect(await printed("orders.schema.json", "--format", "contract")).to.equal(
      await printed("orders.ts", "--format", "contract"),
    );
  });

  it("prints TypeScript and a contract, from which it prints the same again", async () => {
    const contract = await printed("orders.ts", "--format", "contract");
    await project.write("orders.json", contract);
    const typescript = await printed("orders.json", "--format", "typescript");
    expect(typescript).to.match(/^\/\/ Printed by trunkline schema from shop\.Orders\.\n\nimport /);
    await project.write("again.ts", typescript);
    expect(await printed("again.ts", "--format", "contract")).to.equal(contract);
    const { Orders } = (await import(join(project.path, "orders.ts"))) as { Orders: Parameters<typeof contractOf>[0] };
    expect(contract).to.include(`"fingerprint": "${contractOf(Orders).fingerprint}"`);
  });

  it("prints one type", async () => {
    expect(await printed("orders.ts", "--format", "proto", "--type", "Item")).to.equal(`syntax = "proto3";

package shop;

message Item {
  string sku = 1;
  int32 qty = 2;
  double price = 3;
}
`);
    const avro = avsc.Type.forSchema(
      JSON.parse(await printed("orders.ts", "--format", "avro", "--type", "shop.Order")),
    );
    expect(avro.name).to.equal("shop.Order");
    const jsonSchema = JSON.parse(await printed("types.ts", "--format", "json-schema", "--type", "Item")) as object;
    expect(jsonSchema).to.have.property("$ref", "#/$defs/shop.Item");
    expect(await printed("types.ts#Item", "--format", "typescript")).to.include(
      't.struct("shop.Item", { sku: t.string })',
    );
    for (const format of ["json-schema", "contract"]) {
      await project.write("order.json", await printed("orders.ts", "--format", format, "--type", "Order"));
      const types = "--format typescript --type Order".split(" ");
      expect(await printed("order.json", ...types)).to.equal(await printed("orders.ts", ...types));
    }
    const error = await printed("orders.ts", "--format", "typescript", "--type", "OutOfStock");
    expect(error).to.include('import { t } from "trunkline";').and.include("t.error(");
  });

  it("writes to a file", async () => {
    expect(await schema("orders.ts", "--format", "proto", "--out", "orders.proto")).to.deep.equal({
      code: 0,
      out: "",
      err: "",
    });
    const written = await readFile(join(project.path, "orders.proto"), "utf8");
    expect(written).to.equal(await printed("orders.ts", "--format", "proto"));
    const { code, err } = await schema("orders.ts", "--format", "proto", "--out", "no/such/folder.proto");
    expect(code).to.equal(2);
    expect(err).to.match(/^trunkline schema: cannot write no\/such\/folder\.proto: ENOENT/);
  });

  it("says what is wrong, and what would be right", async () => {
    const wrong: [readonly string[], string][] = [
      [[], "say of what: trunkline schema orders.ts#Orders --format proto"],
      [["orders.ts"], "--format is missing; use one of proto, avro, json-schema, typescript, contract"],
      [["orders.ts", "--format", "xml"], "--format xml is not known; use one of proto"],
      [["orders.ts", "--fromat", "proto"], "Unknown option '--fromat'; --help lists the options"],
      [["orders.ts", "--format"], "Option '--format <value>' argument missing; --help lists the options"],
      [["orders.ts", "types.ts", "--format", "proto"], "types.ts is one source too many"],
      [
        ["orders.ts", "--format", "proto", "--type", "Oder"],
        "orders.ts: has no type Oder; it has shop.Item, shop.Order",
      ],
      [
        ["types.ts", "--format", "proto"],
        "types.ts: declares no contract, only types; say which: --type with one of shop.Item",
      ],
    ];
    for (const [args, message] of wrong) {
      const { code, out, err } = await schema(...args);
      expect([code, out], err).to.deep.equal([2, ""]);
      expect(err)
        .to.include(`trunkline schema: `)
        .and.include(message)
        .and.match(/^[^\n]+\n$/);
    }
  });

  it("says which part of a contract a format cannot have", async () => {
    await project.write(
      "any.js",
      'import { arg, defineService, rpc, t } from "trunkline";\nexport const Any = defineService("a.Any", {}, { take: rpc({ params: [arg("it", t.any)] }) });\n',
    );
    for (const format of ["proto", "avro"]) {
      const { code, err } = await schema("any.js", "--format", format);
      expect(code).to.equal(2);
      expect(err).to.match(/^trunkline schema: .*t\.any; give it a type/);
    }
  });
});

describe("trunkline", () => {
  it("lists its commands, and their options", async () => {
    const help = await trunkline(".", "--help");
    expect(help.code).to.equal(0);
    expect(help.out)
      .to.match(/^ {2}schema {5}\w/m)
      .and.match(/^ {2}generate {3}\w/m);
    expect(await trunkline(".")).to.deep.equal({ code: 2, out: "", err: help.out });
    const schema = await trunkline(".", "schema", "--format", "proto", "--help");
    expect([schema.code, schema.out.split("\n")[0]]).to.deep.equal([
      0,
      "trunkline schema <source> --format <format> [--type <name>] [--out <file>]",
    ]);
  });

  it("names a command that it does not have", async () => {
    const { code, out, err } = await trunkline(".", "constructor");
    expect([code, out]).to.deep.equal([2, ""]);
    expect(err).to.match(/^trunkline: there is no command "constructor"\n\ntrunkline <command>/);
  });

  it("tells its version", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(await trunkline(".", "--version")).to.deep.equal({ code: 0, out: `${version}\n`, err: "" });
  });
});
