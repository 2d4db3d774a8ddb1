import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { InputError, readSchema, schemaFormats, writeSchema } from "../../formats/index.ts";
import { contractOf, defineService, rpc, t } from "../../index.ts";
import { Shop } from "../transports/suite/contract.ts";

const Doc = defineService(
  "shop.Doc",
  { docs: { "shop.Doc": "Takes orders.", "shop.Doc.place": "Places one.", "shop.Order.id": "By the shop." } },
  { place: rpc({ params: [t.struct("shop.Order", { id: t.int64 })] }) },
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
    const Order = Doc.methods[0]?.request;
    if (Order === undefined) throw new Error("it has a request");
    expect(schemaFormats.map((format) => writeSchema(Order, format).includes("Order"))).to.not.include(false);
    expect(() => writeSchema(t.enums("shop.E", ["a"]), "proto")).to.throw(InputError, "shop.E is an enum");
  });

  it("keep what is said in words: a module in comments, a contract as data", async () => {
    const module = writeSchema(Doc, "typescript");
    for (const line of ["/** Takes orders. */", "/** Places one. */", "/** By the shop. */"])
      expect(module).to.include(line);
    writeFileSync(join(folder, "doc.json"), writeSchema(Doc, "contract"));
    const { contracts, docs } = await readSchema("doc.json", { cwd: folder });
    expect(contracts.get("shop.Doc")?.docs).to.deep.equal(Doc.docs);
    expect(docs?.get("shop.Doc.place")).to.equal("Places one.");
  });
});
