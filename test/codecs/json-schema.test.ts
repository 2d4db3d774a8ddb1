import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect } from "chai";
import fc from "fast-check";
import { json, jsonSchema } from "../../codecs/json/index.ts";
import { t } from "../../index.ts";
import { Everything } from "../cli/contracts.ts";
import { typeAndValue } from "./arbitrary.ts";
import { encode } from "./suite.ts";
import { All, all, holding, Node, Optionals } from "./types.ts";

const codec = json();
const written = (type: unknown, value: unknown): unknown =>
  JSON.parse(new TextDecoder().decode(encode(codec, type, value)));

function validator(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  formats.default(ajv);
  return ajv.addVocabulary(["x-type", "x-operations"]);
}
function valid(type: unknown, json: unknown): boolean {
  return validator().compile(jsonSchema(type as never))(json) as boolean;
}
const holds = (type: unknown, json: unknown): boolean => valid(holding(type), { value: json });

describe("jsonSchema", () => {
  it("is what the codec writes, for every type and value", () => {
    expect(valid(All, written(All, all))).to.equal(true);
    fc.assert(
      fc.property(typeAndValue, ({ type, value }) => {
        const json = written(type, value);
        const validate = validator().compile(jsonSchema(type));
        if (!validate(json)) throw new Error(`${JSON.stringify(validate.errors)}: ${JSON.stringify(json)}`);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses what the codec would not write", () => {
    const wrong: [unknown, unknown[]][] = [
      [t.bool, ["true", 1, null]],
      [t.int32, [1.5, 2147483648, "1", null]],
      [t.int53, [2 ** 53, 0.5, "1"]],
      [t.int64, [5, "5.0", "05", "", "-", "12345678901234567890", "1n"]],
      [t.decimal, ["", "1,5", "1e", 1.5, "one"]],
      [t.float64, ["1", "nan", null, "infinity"]],
      [t.string, [1, null, {}]],
      [t.bytes, ["a-b_", "a=b", [1, 2]]],
      [t.timestamp, ["yesterday", "2024-13-01T00:00:00Z", 1700000000000]],
      [t.enums("E", ["a", "b"]), ["c", 0, "A", "__proto__"]],
      [t.list(t.int32), [{}, ["1"], [null], 1]],
      [t.map(t.int32), [[], { a: "1" }, { ["__proto__"]: "x" }, "a"]],
      [
        t.union("U", { a: t.int32, b: t.string }),
        [{}, { a: 1, b: "x" }, { a: "x" }, { c: 1 }, 1, { kind: "a", value: 1 }],
      ],
      [t.struct("S", { a: t.int32 }), [{}, { a: "1" }, [], null, { b: 1 }]],
      [
        Node,
        [
          { name: "a", children: [{ name: 1, children: [] }] },
          { name: "a", children: {} },
        ],
      ],
    ];
    for (const [type, values] of wrong) {
      for (const value of values) {
        const json = JSON.parse(JSON.stringify(value)) as unknown;
        expect(holds(type, json), `${JSON.stringify(jsonSchema(type as never))} ${JSON.stringify(json)}`).to.equal(
          false,
        );
      }
    }
  });

  it("requires what is neither optional nor has a default, and gives the default", () => {
    const type = t.struct("S", { a: t.optional(t.string), port: t.default(t.int64, 8080n), b: t.bool });
    expect(jsonSchema(type)["$defs"]).to.deep.equal({
      S: {
        "x-type": "struct",
        type: "object",
        properties: {
          a: { type: "string" },
          port: { type: "string", pattern: "^-?(0|[1-9][0-9]{0,18})$", "x-type": "int64", default: "8080" },
          b: { type: "boolean" },
        },
        required: ["b"],
      },
    });
    expect(valid(type, { b: true })).to.equal(true);
    expect(valid(type, { a: "x" })).to.equal(false);
    expect(valid(Optionals, {})).to.equal(true);
  });

  it("of a contract has every operation, topics and errors too, and each type once", () => {
    const schema = jsonSchema(Everything) as { $defs: Record<string, unknown>; "x-operations": { name: string }[] };
    const ajv = validator().addSchema({ ...schema, $id: "orders" });
    expect(schema["x-operations"].map(({ name }) => name)).to.deep.equal(Everything.operations.map(({ name }) => name));
    expect(Object.keys(schema.$defs)).to.include.members(["shop.Item", "again.Item", "shop.OutOfStock", "tree.Node"]);
    const validate = ajv.getSchema("orders#/$defs/shop.OutOfStock");
    expect(validate?.({ sku: "kettle" })).to.equal(true);
    expect(validate?.({ item: {} })).to.equal(false);
  });
});
