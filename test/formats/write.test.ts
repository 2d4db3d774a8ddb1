import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { InputError, readSchema, schemaFormats, writeSchema } from "../../formats/index.ts";
import { contractOf, defineService, rpc, t, topic } from "../../index.ts";
import { Shop } from "../transports/suite/contract.ts";

const Order = t.struct("shop.Order", { id: t.int64 });
const Doc = defineService(
  "shop.Doc",
  {
    docs: {
      "shop.Doc": "Takes orders.\nIn two lines.",
      "shop.Doc.place": "Places one.",
      "shop.Doc.placed": "When.",
      "shop.Order": "All of it.",
      "shop.Order.id": "By the shop.",
    },
  },
  { place: rpc({ params: [Order] }), placed: topic(Order) },
);

describe("formats", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "trunkline-formats-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("write a contract as each of them, and a type alone", () => {
    const heads = schemaFormats.map((format) => writeSchema(contractOf(Shop), format).split("\n")[0]);
    expect(heads).to.deep.equal([
      'syntax = "proto3";',
      "{",
      "{",
      "// Printed by trunkline schema from suite.Shop.",
      "{",
    ]);
    expect(schemaFormats.map((format) => writeSchema(Order, format).includes("Order"))).to.not.include(false);
    expect(() => writeSchema(t.enums("shop.E", ["a"]), "proto")).to.throw(InputError, "shop.E is an enum");
  });

  it("say in comments and descriptions what is said of a contract in words", () => {
    const proto = writeSchema(Doc, "proto");
    for (const lines of [
      "// Takes orders.\n// In two lines.\nservice Doc {",
      "  // Places one.\n  rpc place(",
      "// All of it.\nmessage Order {\n  // By the shop.\n  int64 id = 1;",
    ])
      expect(proto).to.include(lines);
    const avro = JSON.parse(writeSchema(Doc, "avro"));
    expect(avro.doc).to.match(/^Takes orders\.\nIn two lines\.\nAvro has no streams/);
    expect(avro.messages.place.doc).to.equal("Places one.");
    expect(avro.types[0]).to.deep.include({ doc: "All of it.", name: "shop.Order" });
    expect(avro.types[0].fields[0]).to.include({ doc: "By the shop." });
    expect(avro["x-operations"]).to.deep.equal([
      { name: "placed", kind: "topic", response: "shop.Order", doc: "When." },
    ]);
    const schema = JSON.parse(writeSchema(Doc, "json-schema"));
    expect(schema.description).to.equal("Takes orders.\nIn two lines.");
    expect(schema["x-operations"][0].description).to.equal("Places one.");
    expect(schema["x-operations"][1].description).to.equal("When.");
    const { description, properties } = schema.$defs["shop.Order"];
    expect([description, properties.id.description]).to.deep.equal(["All of it.", "By the shop."]);
    const evil = { "shop.Order.id": "a\u2028message Evil {}\r\nmessage Evil {}\nx" };
    const hostile = writeSchema(Object.freeze({ ...Doc, docs: evil }), "proto");
    expect(hostile).to.include("  // a\n  // message Evil {}\n  // message Evil {}\n  // x\n  int64 id = 1;");
  });

  it("keep what is said in words: a module in comments, a contract as data", async () => {
    const module = writeSchema(Doc, "typescript");
    for (const line of [" * Takes orders.", "/** Places one. */", "/** By the shop. */"])
      expect(module).to.include(line);
    writeFileSync(join(folder, "doc.json"), writeSchema(Doc, "contract"));
    const { contracts, docs } = await readSchema("doc.json", { cwd: folder });
    expect(contracts.get("shop.Doc")?.docs).to.deep.equal(Doc.docs);
    expect(docs?.get("shop.Doc.place")).to.equal("Places one.");
  });
});
