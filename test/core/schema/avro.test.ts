import { expect } from "chai";
import fc from "fast-check";
import { canonicalForm } from "../../../codecs/avro/canonical.ts";
import { decoder, Readers } from "../../../codecs/avro/decoder.ts";
import { type AvroSchema, avro, avroSchema } from "../../../codecs/avro/index.ts";
import { compileReader } from "../../../codecs/avro/reader.ts";
import { defaultCodecLimits } from "../../../core/codec.ts";
import { cursorOf } from "../../../core/compile/cursor.ts";
import { Shape } from "../../../core/compile/source.ts";
import { fromAvro } from "../../../core/schema/avro.ts";
import { t } from "../../../core/schema/t.ts";
import type { StructType, Type } from "../../../core/type/type.ts";
import { avscOfSchema, fromAvsc, toAvsc } from "../../codecs/avsc.ts";
import { encode, failure, roundTrip } from "../../codecs/suite.ts";
import { avroSchemas, valuesOf } from "./avro-arbitrary.ts";

const codec = avro();
/** The type of the only field of a record. */
const fieldOf = (field: object) => {
  const type = fromAvro({ type: "record", name: "shop.R", fields: [{ name: "f", ...field }] }) as StructType;
  const [found] = type.fields;
  if (found === undefined) throw new Error("no field");
  return found;
};
const refused = (schema: unknown): string => {
  try {
    fromAvro(schema);
  } catch (thrown) {
    expect(thrown).to.be.instanceOf(TypeError);
    return (thrown as TypeError).message;
  }
  throw new Error("it was taken");
};

/** Our bytes are avsc's, and each reads the other's. */
function expectSame(schema: object, type: StructType, value: unknown): void {
  const bytes = encode(codec, type, value);
  const peer = avscOfSchema(schema);
  expect(Buffer.from(bytes).toString("hex")).to.equal(peer.toBuffer(toAvsc(type, value, peer)).toString("hex"));
  expect(fromAvsc(type, peer.fromBuffer(Buffer.from(bytes)), peer)).to.deep.equal(value);
  // The exact reader would hide that the compiled one gave up.
  expect(compileReader(type, new Shape())(cursorOf(bytes, 0, bytes.length, 1e6), 64)).to.deep.equal(value);
  const exact = decoder(undefined, new Readers(new Shape()).exact(type, type), defaultCodecLimits);
  expect(exact(bytes, 0, bytes.length)).to.deep.equal(value);
}

describe("fromAvro", () => {
  it("makes types whose bytes and values are avsc's, for random schemas, and which print the schema again", function () {
    this.timeout(60_000);
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        avroSchemas.chain((schema) => {
          const type = fromAvro(schema) as StructType;
          return valuesOf(type).map((value) => ({ schema, type, value }));
        }),
        ({ schema, type, value }) => {
          expectSame(schema, type, value);
          const printed = avroSchema(type);
          expect(canonicalForm(printed)).to.equal(canonicalForm(schema as AvroSchema));
          expect(avroSchema(fromAvro(JSON.stringify(printed)))).to.deep.equal(printed);
          for (const [word] of JSON.stringify(schema).matchAll(/"(type|logicalType)":("[a-z-]+"|\[)/g)) seen.add(word);
        },
      ),
      { numRuns: 400 },
    );
    expect(seen.size).to.be.above(15);
  });

  it("gives each construct its type", () => {
    const same = (schema: unknown, type: Type): void => {
      expect(fieldOf({ type: schema }).type, JSON.stringify(schema)).to.deep.equal(type);
    };
    same("boolean", t.bool);
    same("int", t.int32);
    same("long", t.int64);
    same({ type: "string", avro_java_string: "String" }, t.string);
    same({ type: { type: "long" } }, t.int64);
    same({ type: "long", logicalType: "timestamp-millis" }, t.timestamp);
    same({ type: "long", logicalType: "timestamp-micros" }, t.encoded(t.int64, { avro: "timestamp-micros" }));
    same({ type: "int", logicalType: "date" }, t.encoded(t.int32, { avro: "date" }));
    same({ type: "string", logicalType: "uuid" }, t.encoded(t.string, { avro: "uuid" }));
    same({ type: "fixed", name: "H", size: 16 }, t.encoded(t.bytes, { avro: "fixed:16:shop.H" }));
    same(
      { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 },
      t.encoded(t.decimal, { avro: "decimal:10.2" }),
    );
    same(
      { type: "fixed", name: "M", namespace: "", size: 4, logicalType: "decimal", precision: 9 },
      t.encoded(t.decimal, { avro: "fixed:4:M:decimal:9.0" }),
    );
    same({ type: "array", items: { type: "map", values: "float" } }, t.list(t.map(t.float32)));
    same(
      { type: "enum", name: "E", symbols: ["A", "B"], default: "B" },
      t.encoded(t.enums("shop.E", ["A", "B"]), { avro: "default:B" }),
    );
    // What makes no logical type is none, as Avro says.
    same({ type: "int", logicalType: "uuid" }, t.int32);
    same({ type: "bytes", logicalType: "decimal", precision: 2, scale: 3 }, t.bytes);
    same({ type: "bytes", logicalType: "big-decimal" }, t.bytes);
    same(
      { type: "fixed", name: "M", size: 4, logicalType: "decimal", precision: 10 },
      t.encoded(t.bytes, { avro: "fixed:4:shop.M" }),
    );
  });

  it("takes null in a field for its absence, and elsewhere for a case", () => {
    expect(fieldOf({ type: ["null", "int"], default: null })).to.include({ optional: true, type: t.int32 });
    expect(fieldOf({ type: [{ type: "null" }, "int"] })).to.include({ optional: true, type: t.int32 });
    const last = fieldOf({ type: ["int", "null"] });
    expect([last.optional, last.encoding]).to.deep.equal([true, { avro: "null:1" }]);
    const among = fieldOf({ type: ["int", "string", "null"] });
    expect([among.optional, among.encoding]).to.deep.equal([true, { avro: "null:2" }]);
    expect(among.type).to.include({ kind: "union", name: "shop.IntOrString" });
    const filled = fieldOf({ type: ["string", "null"], default: "x" });
    expect([filled.optional, filled.defaultValue]).to.deep.equal([false, { kind: "string", value: "x" }]);
    const items = fieldOf({ type: { type: "array", items: ["null", "string"] } });
    expect((items.type as { item: StructType }).item.fields.map((one) => one.name)).to.deep.equal(["null", "string"]);
  });

  it("names the cases of a union by their types, and equal unions alike", () => {
    const R = fromAvro({
      type: "record",
      name: "a.R",
      fields: [
        {
          name: "one",
          type: [
            "long",
            { type: "record", name: "Card", fields: [] },
            { type: "enum", name: "b.Card", symbols: ["X"] },
          ],
        },
        { name: "two", type: ["long", "Card", "b.Card"] },
        { name: "three", type: ["long", { type: "array", items: "a.Card" }] },
        { name: "four", type: ["long", { type: "array", items: "b.Card" }] },
      ],
    }) as StructType;
    const [one, two, three, four] = R.fields.map((field) => field.type as StructType);
    expect(one?.fields.map((field) => field.name)).to.deep.equal(["long", "a_Card", "b_Card"]);
    expect(two).to.equal(one);
    expect(three?.fields.map((field) => field.name)).to.deep.equal(["long", "array"]);
    expect([one, three, four].map((union) => union?.name)).to.deep.equal([
      "a.LongOrA_CardOrB_Card",
      "a.LongOrArray",
      "a.LongOrArray2",
    ]);
  });

  it("reads defaults of every kind, and prints them again", () => {
    const item = {
      type: "record",
      name: "I",
      fields: [
        { name: "a", type: "int", default: 5 },
        { name: "b", type: ["null", "int"] },
      ],
    };
    const cases: [unknown, unknown, unknown][] = [
      ["boolean", true, true],
      ["int", -1, -1],
      ["long", 2 ** 40, 2n ** 40n],
      ["double", 1.5, 1.5],
      ["bytes", "\u0000\u00ff", Uint8Array.of(0, 255)],
      [{ type: "fixed", name: "F", size: 2 }, "ab", Uint8Array.of(97, 98)],
      [{ type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "\u00fb\u001e", "-12.50"],
      [{ type: "long", logicalType: "timestamp-millis" }, 5, new Date(5)],
      [{ type: "enum", name: "E", symbols: ["A", "B"] }, "B", "B"],
      [{ type: "array", items: "long" }, [1], [1n]],
      [{ type: "map", values: "string" }, { k: "v" }, { k: "v" }],
      [item, { b: null }, { a: 5 }],
      [["string", "int"], "x", { kind: "string", value: "x" }],
    ];
    for (const [type, json, value] of cases) {
      expect(fieldOf({ type, default: json }).defaultValue, JSON.stringify(type)).to.deep.equal(value);
      const schema = { type: "record", name: "shop.R", fields: [{ name: "f", type, default: json }] };
      const printed = avroSchema(fromAvro(schema)) as unknown as { fields: { default: unknown }[] };
      const expected = type === item ? { a: 5, b: null } : json;
      expect(printed.fields[0]?.default, JSON.stringify(type)).to.deep.equal(expected);
    }
  });

  it("fills a default that holds the record which is declared last", () => {
    const A = {
      type: "record",
      name: "A",
      fields: [
        {
          name: "b",
          type: { type: "record", name: "B", fields: [{ name: "n", type: "int", default: 3 }] },
          default: {},
        },
      ],
    };
    expect((fromAvro(A) as StructType).fields[0]?.defaultValue).to.deep.equal({ n: 3 });
  });

  it("refuses what it does not understand, and says where", () => {
    const inR = (...fields: unknown[]) => ({ type: "record", name: "shop.R", fields });
    const cases: [unknown, RegExp][] = [
      [
        "decimal",
        /^Avro schema: the schema: "decimal" is no type of Avro, nor declared before this; declared is nothing$/,
      ],
      [{}, /undefined is no type of Avro/],
      [inR({ name: "a", type: "Item" }), /^Avro schema: shop\.R\.a: "Item" is no type .* declared is shop\.R$/],
      [inR({ name: "a", type: { type: "array" } }), /^Avro schema: shop\.R\.a\[\]: undefined is no type/],
      [inR({ name: "then", type: "int" }), /^field of shop\.R: "then" is not a usable name/],
      [inR({ name: "a-b", type: "int" }), /^field of shop\.R: "a-b" is not a usable name/],
      [inR({ name: "a", type: "int" }, { name: "a", type: "int" }), /^Avro schema: shop\.R: a field is called "a"/],
      [inR({ type: "int" }), /^Avro schema: shop\.R: a field is called undefined/],
      [{ type: "record", name: "R" }, /^Avro schema: R: lacks fields/],
      [{ type: "record", fields: [] }, /^Avro schema: the schema: lacks a name/],
      [
        inR({ name: "a", type: { type: "record", name: "R", fields: [] } }),
        /declares shop\.R, which stands before it already/,
      ],
      [{ type: "enum", name: "E" }, /^Avro schema: E: lacks symbols/],
      [{ type: "enum", name: "E", symbols: ["A"], default: "B" }, /^Avro schema: E: has the default "B"/],
      [{ type: "enum", name: "E", symbols: ["constructor"] }, /^member of E: "constructor" is not a usable name/],
      [{ type: "fixed", name: "F", size: -1 }, /^Avro schema: F: size is -1/],
      [inR({ name: "a", type: [] }), /^Avro schema: shop\.R\.a: \[\] is no union/],
      [inR({ name: "a", type: ["int", "int"] }), /\[int, int\] is no union/],
      [inR({ name: "a", type: ["int", ["string"]] }), /is no union/],
      [inR({ name: "a", type: "int", default: "x" }), /^Avro schema: shop\.R\.a: cannot take the default "x"/],
      [inR({ name: "a", type: "long", default: 2 ** 63 }), /cannot take the default 9223372036854776000/],
      [inR({ name: "a", type: ["shop.R", "null"], default: {} }), /has a default with a value of its own record/],
    ];
    for (const [schema, message] of cases) expect(refused(schema), JSON.stringify(schema)).to.match(message);
    let deep: unknown = "int";
    for (let i = 0; i < 1000; i++) deep = { type: "array", items: deep };
    expect(refused(deep)).to.match(/nests deeper than 200/);
  });
});

describe("codec avro: forms", () => {
  const Money = t.struct("shop.Money", {
    amount: t.encoded(t.decimal, { avro: "decimal:6.2" }),
    hash: t.encoded(t.bytes, { avro: "fixed:4:shop.Hash" }),
  });
  const hex = (type: unknown, value: unknown): string => Buffer.from(encode(codec, type, value)).toString("hex");
  const hash = Uint8Array.of(1, 2, 3, 4);

  it("write decimals as units, in any notation of the text", () => {
    for (const amount of ["-12.5", "-12.50", "-1250e-2", "-.125e2"]) {
      expect(hex(Money, { amount, hash })).to.equal("04fb1e01020304");
    }
    expect(roundTrip(codec, Money, { amount: "1e3", hash })).to.deep.equal({ amount: "1000.00", hash });
    for (const [amount, bytes] of [
      ["0", "0200"],
      ["1.27", "027f"],
      ["1.28", "040080"],
      ["-1.28", "0280"],
      ["-1.29", "04ff7f"],
    ]) {
      expect(hex(Money, { amount, hash })).to.equal(`${bytes}01020304`);
    }
  });

  it("refuse a value that they cannot take, with its path", () => {
    const wrong = (value: unknown): string => failure(() => encode(codec, Money, value)).message;
    const digits = "amount: expected decimal of at most 6 digits, 2 of them behind the point, got";
    expect(wrong({ amount: "1.005", hash })).to.equal(`${digits} "1.005"`);
    expect(wrong({ amount: "10000", hash })).to.equal(`${digits} "10000"`);
    expect(wrong({ amount: "1e999999999", hash })).to.equal(`${digits} "1e999999999"`);
    expect(wrong({ amount: "1e-999999999", hash })).to.equal(`${digits} "1e-999999999"`);
    expect(wrong({ amount: "x", hash })).to.match(/^amount: expected decimal, a string/);
    expect(wrong({ amount: "1", hash: Uint8Array.of(1) })).to.equal(
      "hash: expected bytes, 4 of them, got a Uint8Array",
    );
  });

  it("refuse bytes that are none of theirs", () => {
    const Value = t.struct("R", { d: t.encoded(t.decimal, { avro: "decimal:4.2" }) }) as unknown as StructType;
    const read = (source: string): string => {
      const bytes = Buffer.from(source, "hex");
      return failure(() => codec.compile(Value, Value).decode(bytes, 0, bytes.length)).message;
    };
    expect(read("00")).to.match(/^d: expected decimal of at most 4 digits/);
    expect(read("042710")).to.match(/^d: expected decimal of at most 4 digits/);
    expect(read("0401")).to.match(/truncated/);
    expect(read(`d20f${"7f".repeat(1001)}`)).to.match(/^d: expected decimal of at most 4 digits/);
  });

  it("that Avro does not have are refused, with the path", () => {
    const wrong = (type: unknown): string =>
      failure(() => codec.compile(type as StructType, type as StructType)).message;
    const forms: [unknown, string][] = [
      [t.encoded(t.int32, { avro: "fixed:4" }), "int32 as fixed:4"],
      [t.encoded(t.string, { avro: "date" }), "string as date"],
      [t.encoded(t.bytes, { avro: "fixed" }), "bytes as fixed"],
      [t.encoded(t.bytes, { avro: "decimal:4.2" }), "bytes as decimal:4.2"],
      [t.encoded(t.decimal, { avro: "decimal:2.4" }), "decimal as decimal:2.4"],
      [t.encoded(t.decimal, { avro: "fixed:4:M:decimal:10.0" }), "decimal as fixed:4:M:decimal:10.0"],
      [t.encoded(t.map(t.int32), { avro: "x" }), "map as x"],
      [t.encoded(t.enums("E", ["a"]), { avro: "default:b" }), "enum as default:b"],
      [t.encoded(t.struct("S", { a: t.int32 }), { avro: "null" }), "struct as null"],
      [t.encoded(t.union("U", { a: t.int32 }), { avro: "plain" }), "union as plain"],
      [t.encoded(t.optional(t.int32), { avro: "null:2" }), "optional as null:2"],
    ];
    for (const [form, message] of forms) {
      const Holder = t.struct("R", { a: form as never });
      expect(wrong(Holder)).to.equal(`R.a: avro cannot write ${message}; docs/mapping.md lists its words`);
    }
  });

  it("of unions are carried inside unions of unions, refused where Avro has none", () => {
    const Plain = t.encoded(t.union("P", { int: t.int32, string: t.string }), { avro: "union" });
    const Outer = t.encoded(t.union("O", { p: Plain, bytes: t.bytes }), { avro: "union" });
    expect(
      failure(() => codec.compile(t.struct("R", { o: Outer }) as never, t.struct("R", { o: Outer }) as never)).message,
    ).to.equal("R.o: avro cannot write union as union; docs/mapping.md lists its words");
    const Tagged = t.struct("R", { o: t.optional(t.union("O", { p: Plain, q: Plain })) }) as unknown as StructType;
    expectSame(avroSchema(Tagged) as object, Tagged, { o: { kind: "q", value: { kind: "string", value: "x" } } });
    expectSame(avroSchema(Tagged) as object, Tagged, {});
  });
});

describe("codec avro: between versions of an Avro schema", () => {
  const version = (...fields: unknown[]): StructType => fromAvro({ type: "record", name: "v.R", fields }) as StructType;

  for (const foreign of [false, true]) {
    it(`resolves, ${foreign ? "a foreign" : "an own"} writer`, () => {
      const V1 = version(
        { name: "gone", type: ["null", { type: "fixed", name: "F", size: 3 }, "long"] },
        { name: "late", type: ["string", "null"] },
        { name: "number", type: ["int", "string"] },
        { name: "color", type: { type: "enum", name: "C", symbols: ["red", "pink"] } },
        { name: "cost", type: { type: "bytes", logicalType: "decimal", precision: 6, scale: 1 } },
      );
      const V2 = version(
        { name: "cost", type: { type: "bytes", logicalType: "decimal", precision: 8, scale: 2 } },
        { name: "color", type: { type: "enum", name: "C", symbols: ["other", "red"], default: "other" } },
        { name: "number", type: ["null", "string", "long"] },
        { name: "late", type: ["null", "string"] },
        { name: "added", type: { type: "fixed", name: "F2", size: 2 }, default: "ab" },
      );
      const value = {
        gone: { kind: "F", value: Uint8Array.of(1, 2, 3) },
        number: { kind: "int", value: 7 },
        color: "pink",
        cost: "1.5",
      };
      expect(roundTrip(codec, V1, value, V2, { foreign })).to.deep.equal({
        cost: "1.5",
        color: "other",
        number: { kind: "long", value: 7n },
        added: Uint8Array.of(97, 98),
      });
      const { gone: _, ...rest } = value;
      const late = { ...rest, late: "x", number: { kind: "string", value: "n" }, color: "red" };
      expect(roundTrip(codec, V1, late, V2, { foreign })).to.deep.include({
        late: "x",
        number: late.number,
        color: "red",
      });
    });
  }

  it("refuses a value that the reader's form cannot take", () => {
    const fixed = (size: number) => version({ name: "f", type: { type: "fixed", name: "F", size } });
    expect(failure(() => roundTrip(codec, fixed(2), { f: Uint8Array.of(1, 2) }, fixed(3))).message).to.equal(
      "f: expected bytes, 3 of them, got a Uint8Array",
    );
  });
});
