import { expect } from "chai";
import fc from "fast-check";
import { canonicalForm } from "../../codecs/avro/canonical.ts";
import { type AvroSchema, avro, avroFingerprint, avroSchema, singleObjects } from "../../codecs/avro/index.ts";
import { Shape } from "../../core/compile/source.ts";
import { fromAvro } from "../../core/schema/avro.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { avroSchemas, valuesOf } from "../core/schema/avro-arbitrary.ts";
import { askJava, missingJava } from "../java-avro/peer.ts";
import { decode, encode } from "./suite.ts";
import { Color, Item, Node, Optionals, Order, order, Typed, typed } from "./types.ts";

const codec = avro();
const hex = (type: unknown, value: unknown): string => Buffer.from(encode(codec, type, value)).toString("hex");
const read = (type: Type, bytes = ""): unknown => decode(codec, type, type, Buffer.from(bytes, "hex"));
/** One schema or value of each of several seeds, the same in every run. */
const sampled = <T>(one: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(one, { numRuns, seed: 1 });

/** Every construct of an Avro schema. */
const everything = {
  type: "record",
  name: "shop.Everything",
  fields: [
    { name: "bool", type: "boolean" },
    { name: "int", type: "int" },
    { name: "long", type: "long" },
    { name: "float", type: "float" },
    { name: "double", type: "double" },
    { name: "string", type: "string" },
    { name: "bytes", type: "bytes" },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 3 } },
    { name: "color", type: { type: "enum", name: "Color", symbols: ["RED", "GREEN"], default: "RED" } },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 } },
    { name: "rate", type: { type: "fixed", name: "Rate", size: 8, logicalType: "decimal", precision: 12, scale: 4 } },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "micros", type: { type: "long", logicalType: "timestamp-micros" } },
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "list", type: { type: "array", items: ["null", "Hash"] } },
    { name: "map", type: { type: "map", values: { type: "array", items: "long" } } },
    { name: "first", type: ["null", "string"], default: null },
    { name: "last", type: ["string", "null"] },
    { name: "either", type: ["int", "string", "null", "Color"] },
    { name: "nested", type: ["null", "Everything"], default: null },
    { name: "nothing", type: "null" },
  ],
} as const;
const Everything = fromAvro(everything) as StructType;
const value = {
  bool: true,
  int: -1,
  long: 2n ** 40n,
  float: 0.5,
  double: 0.25,
  string: "é😀",
  bytes: Uint8Array.of(65, 66),
  hash: Uint8Array.of(67, 68, 69),
  color: "GREEN",
  price: "-12.50",
  rate: "0.0001",
  at: new Date(1_700_000_000_123),
  micros: 5n,
  day: 3,
  list: [
    { kind: "Hash", value: Uint8Array.of(70, 71, 72) },
    { kind: "null", value: {} },
  ],
  map: { k: [1n, -1n] },
  last: "x",
  either: { kind: "Color", value: "RED" },
  nothing: {},
};
/** The same as Java prints it. */
const printed =
  '{"bool": true, "int": -1, "long": 1099511627776, "float": 0.5, "double": 0.25, "string": "é😀", "bytes": "AB", ' +
  '"hash": [67, 68, 69], "color": "GREEN", "price": -12.50, "rate": 0.0001, "at": 1700000000123, "micros": 5, "day": 3, ' +
  '"list": [[70, 71, 72], null], "map": {"k": [1, -1]}, "first": null, "last": "x", "either": "RED", "nested": null, ' +
  '"nothing": null}';

describe("codec avro: Java", function () {
  this.timeout(300_000);

  before(async function () {
    const missing = await missingJava();
    if (missing === undefined) return;
    if (process.env["CI"] === "true") throw new Error(`${missing}: the tests against Java cannot run`);
    console.warn(`      SKIPPED: all tests of Avro against real Java, since ${missing}`);
    this.skip();
  });

  it("reads what we write of every construct as the same values, and writes the same bytes", async () => {
    const bytes = hex(Everything, value);
    const [[written, text] = []] = await askJava([["echo", everything, bytes]]);
    expect(text).to.equal(printed);
    expect(written).to.equal(bytes);
  });

  it("echoes every type of ours by the schema that is printed for it", async () => {
    const { map: _, ...rest } = typed;
    // Java's maps have no order.
    const All = { ...rest, map: { one: 1n } };
    const cases: [Type, unknown][] = [
      [Typed as Type, All],
      [Order as Type, { ...order, note: "n" }],
      [Node as Type, { name: "a", children: [{ name: "b", children: [] }], next: { name: "", children: [] } }],
      [Optionals as Type, { a: 0, b: "", d: [] }],
    ];
    const answers = await askJava(cases.map(([type, one]) => ["echo", avroSchema(type) as object, hex(type, one)]));
    cases.forEach(([type, one], i) => {
      expect(answers[i]?.[0]).to.equal(hex(type, one));
      expect(read(type, answers[i]?.[0])).to.deep.equal(one);
    });
  });

  it("writes random values of random schemas, which are read, and written again as they were", async () => {
    const shape = new Shape();
    const schemas = sampled(avroSchemas, 200)
      .map((schema) => JSON.parse(withoutLogical(schema)) as object)
      // Java's random values of a record that contains itself nest without end.
      .filter((schema) => Number.isFinite(shape.size(fromAvro(schema))));
    expect(schemas.length).to.be.above(100);
    const random = await askJava(schemas.map((schema, i) => ["random", schema, String(i)]));
    schemas.forEach((schema, i) => {
      const type = fromAvro(schema);
      const [bytes = ""] = random[i] ?? [];
      expect(hex(type, read(type, bytes)), JSON.stringify(schema)).to.equal(bytes);
    });
  });

  it("echoes random values of random schemas, logical types included, and agrees on fingerprints", async () => {
    const cases = sampled(
      avroSchemas.chain((schema) => valuesOf(fromAvro(schema)).map((one) => ({ schema, one }))),
      150,
    ).map(({ schema, one }) => ({ schema, type: fromAvro(schema), one: oneEntry(one) }));
    const answers = await askJava(
      cases.flatMap(({ schema, type, one }) => [
        ["echoRaw", schema, hex(type, one)],
        ["fingerprint", avroSchema(type) as object],
        ["single", schema, Buffer.from(singleObjects(schema as never).encode(one as never)).toString("hex")],
      ]),
    );
    cases.forEach(({ schema, type, one }, i) => {
      const [[echoed] = [], [fingerprint = "", canonical] = [], [single = ""] = []] = answers.slice(3 * i, 3 * i + 3);
      expect(echoed, JSON.stringify(schema)).to.equal(hex(type, one));
      expect(canonicalForm(schema as AvroSchema)).to.equal(canonical);
      expect(BigInt.asIntN(64, avroFingerprint(type))).to.equal(BigInt(fingerprint));
      expect(singleObjects(type).decode(Buffer.from(single, "hex"))).to.deep.equal(one);
    });
  });

  it("takes our decimals for the numbers that they are, in bytes and in a fixed", async () => {
    const decimal = { logicalType: "decimal", precision: 20, scale: 4 };
    const schema = {
      type: "record",
      name: "R",
      fields: [
        { name: "bytes", type: { type: "array", items: { type: "bytes", ...decimal } } },
        { name: "fixed", type: { type: "array", items: { type: "fixed", name: "F", size: 12, ...decimal } } },
      ],
    };
    const texts = ["0.0000", "-0.0001", "0.0127", "0.0128", "-0.0128", "-0.0129", "3.2767", "3.2768", "-12.5000"];
    texts.push("9999999999999999.9999", "-9999999999999999.9999");
    const bytes = hex(fromAvro(schema), { bytes: texts, fixed: texts });
    const [[written, text] = []] = await askJava([["echo", schema, bytes]]);
    expect(written).to.equal(bytes);
    expect(text).to.equal(`{"bytes": [${texts.join(", ")}], "fixed": [${texts.join(", ")}]}`);
  });

  it("resolves two versions of a schema to the values that we resolve them to", async () => {
    const newer = {
      ...everything,
      fields: [
        { name: "added", type: "string", default: "new" },
        {
          name: "addedPrice",
          type: { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 },
          default: "\u00fb\u001e",
        },
        { name: "addedHash", type: { type: "fixed", name: "H2", size: 2 }, default: "ab" },
        { name: "addedItems", type: { type: "array", items: "long" }, default: [1] },
        { name: "addedEither", type: ["string", "null"], default: "d" },
        {
          name: "either",
          type: [
            "null",
            "string",
            "long",
            { type: "enum", name: "Color", symbols: ["BLUE", "GREEN"], default: "BLUE" },
          ],
        },
        { name: "int", type: "double" },
        { name: "color", type: "Color" },
        { name: "float", type: "double" },
        { name: "first", type: ["null", "string"] },
        { name: "last", type: ["null", "string"], default: null },
        { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 } },
        { name: "nested", type: ["null", "Everything"], default: null },
      ],
    };
    const Newer = fromAvro(newer) as StructType;
    const { last: _, ...rest } = value;
    const values = [
      value,
      { ...rest, first: "f", either: { kind: "int", value: 7 } },
      { ...value, color: "RED", nested: value, either: { kind: "null", value: {} } },
    ].map((one) => (one.either.kind === "null" ? without(one, "either") : one));
    const answers = await askJava(values.map((one) => ["resolve", everything, newer, hex(Everything, one)]));
    values.forEach((one, i) => {
      const ours = decode(codec, Everything, Newer, encode(codec, Everything, one));
      expect(hex(Newer, ours), answers[i]?.join()).to.equal(answers[i]?.[0]);
    });
  });

  it("takes the defaults that avroSchema prints for what the writer does not have", async () => {
    const V1 = t.struct("shop.V", { id: t.int32 });
    const V2 = t.struct("shop.V", {
      id: t.int64,
      bytes: t.default(t.bytes, Uint8Array.of(255)),
      when: t.default(t.timestamp, new Date(5)),
      color: t.default(Color, "green"),
      list: t.default(t.list(Item), [{ sku: "s", qty: 1, price: 2 }]),
      price: t.default(t.encoded(t.decimal, { avro: "decimal:6.2" }), "-12.50"),
      hash: t.default(t.encoded(t.bytes, { avro: "fixed:2" }), Uint8Array.of(1, 2)),
      note: t.optional(t.string),
    });
    const [one, two] = [V1, V2] as unknown as [StructType, StructType];
    const [[bytes] = []] = await askJava([
      ["resolve", avroSchema(one) as object, avroSchema(two) as object, hex(one, { id: 7 })],
    ]);
    expect(hex(two, decode(codec, one, two, encode(codec, one, { id: 7 })))).to.equal(bytes);
  });
});

/** Java's random values know nothing of the ranges of logical types. */
function withoutLogical(schema: object): string {
  return JSON.stringify(schema, (key, value: unknown) => (key === "logicalType" ? undefined : value));
}

/** Java's maps have no order. */
function oneEntry(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(oneEntry);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  const entries = Object.entries(value);
  const isStruct = entries.every(([key]) => /^f\d$|^kind$|^value$/.test(key));
  return Object.fromEntries((isStruct ? entries : entries.slice(0, 1)).map(([key, one]) => [key, oneEntry(one)]));
}

function without(value: object, key: string): object {
  const { [key]: _, ...rest } = value as Record<string, unknown>;
  return rest;
}
