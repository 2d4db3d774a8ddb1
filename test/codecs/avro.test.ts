import { expect } from "chai";
import fc from "fast-check";
import { decoder, Readers } from "../../codecs/avro/decoder.ts";
import { avro, avroSchema } from "../../codecs/avro/index.ts";
import { compileReader } from "../../codecs/avro/reader.ts";
import { defaultCodecLimits } from "../../core/codec.ts";
import { cursorOf } from "../../core/compile/cursor.ts";
import { Shape } from "../../core/compile/source.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { typedAndValue } from "./arbitrary.ts";
import { avscOf, fromAvsc, toAvsc } from "./avsc.ts";
import { codecSuite, decode, encode, failure, roundTrip } from "./suite.ts";
import { Color, Empty, holding, Item, Node, Optionals, Order, order, Payment, Typed, typed } from "./types.ts";

const codec = avro();
const hex = (type: unknown, value: unknown): string => Buffer.from(encode(codec, type, value)).toString("hex");
const parse = (type: unknown, source: string): unknown =>
  decode(codec, type, type, Buffer.from(source.replaceAll(" ", ""), "hex"));
const wrong = (type: unknown, source: string): string => failure(() => parse(type, source)).message;

codecSuite("avro", codec);

describe("codec avro: the bytes", () => {
  it("are those of the mapping", () => {
    const golden: [unknown, unknown, string][] = [
      [t.bool, true, "01"],
      [t.int32, -1, "01"],
      [t.int32, 64, "8001"],
      [t.int32, -2147483648, "ffffffff0f"],
      [t.int53, 2 ** 32, "8080808020"],
      [t.int64, -(2n ** 63n), "ffffffffffffffffff01"],
      [t.int64, 2n ** 63n - 1n, "feffffffffffffffff01"],
      [t.decimal, "0", "0230"],
      [t.float32, 0.5, "0000003f"],
      [t.float64, 1, "000000000000f03f"],
      [t.string, "é", "04c3a9"],
      [t.bytes, Uint8Array.of(1, 2), "040102"],
      [t.timestamp, new Date(1), "02"],
      [t.list(t.int32), [], "00"],
      [t.list(t.int32), [1, 150], "0402ac0200"],
      [t.list(t.list(t.int32)), [[1], []], "040202000000"],
      [t.map(t.int32), { a: 0 }, "0202610000"],
      [t.optional(t.int32), 0, "0200"],
      [t.optional(t.int32), undefined, "00"],
      [t.default(t.int32, 7), 7, "0e"],
      [Color, "blue", "04"],
      [Payment, { kind: "cash", value: { amount: "1" } }, "020231"],
      [Item, { sku: "s", qty: 0, price: 0 }, "0273000000000000000000"],
      [Node, { name: "a", children: [{ name: "b", children: [] }] }, "026102026200000000"],
    ];
    for (const [type, value, bytes] of golden) {
      const holder = value === undefined ? {} : { value };
      expect(hex(holding(type), holder), bytes).to.equal(bytes);
      expect(parse(holding(type), bytes)).to.deep.equal(holder);
    }
    expect(hex(Empty, {})).to.equal("");
  });

  it("of fixed values are avsc's", () => {
    const { ["__proto__"]: _, ...map } = typed.map;
    const cases: [unknown, unknown][] = [
      [Typed, { ...typed, map }],
      [Order, order],
      [Order, { ...order, note: "" }],
      [Node, { name: "a", children: [{ name: "b", children: [] }], next: { name: "", children: [] } }],
      [Optionals, { a: 0, b: "", d: [] }],
    ];
    for (const [type, value] of cases) expectSame(type as StructType, value);
  });

  it("of random values of random types are avsc's, both ways, in the usual form", () => {
    fc.assert(
      fc.property(typedAndValue, ({ type, value }) => expectSame(type, value)),
      { numRuns: 500 },
    );
  });

  it("in blocks with sizes, as other writers divide them, are read", () => {
    expect(parse(holding(t.list(t.int32)), "01 02 02 03 06 04ac02 00")).to.deep.equal({ value: [1, 2, 150] });
    expect(parse(holding(t.list(t.int32)), "02 02 04 04 06 00")).to.deep.equal({ value: [1, 2, 3] });
    const one = "000000000000f03f";
    expect(parse(holding(t.list(t.float64)), `02${one} 04${one}${one} 00`)).to.deep.equal({ value: [1, 1, 1] });
    expect(parse(holding(t.list(t.float32)), "02 0000003f 02 0000803f 00")).to.deep.equal({ value: [0.5, 1] });
    expect(parse(holding(t.map(t.int32)), "01 06 0261 02 02 0262 04 00")).to.deep.equal({ value: { a: 1, b: 2 } });
  });
});

function expectSame(type: StructType, value: unknown): void {
  const bytes = encode(codec, type, value);
  // The exact reader would hide that the compiled one gave up.
  expect(compileReader(type, new Shape())(cursorOf(bytes, 0, bytes.length, 1e6), 64)).to.deep.equal(value);
  const peer = avscOf(type);
  // avsc assigns to the prototype.
  if (hasKey(value, "__proto__")) return;
  const theirs = peer.toBuffer(toAvsc(type, value, peer));
  expect(Buffer.from(bytes).toString("hex")).to.equal(theirs.toString("hex"));
  expect(fromAvsc(type, peer.fromBuffer(Buffer.from(bytes)), peer)).to.deep.equal(value);
}

function hasKey(value: unknown, key: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, key) || Object.values(value).some((one) => hasKey(one, key));
}

describe("codec avro: bad bytes", () => {
  it("are refused with the path, or the position", () => {
    expect(wrong(holding(Color), "06")).to.equal("value: expected one of red, green, blue, got 3");
    expect(wrong(holding(Payment), "06")).to.equal("value: expected one of card, cash, points, got 3");
    expect(wrong(holding(t.list(Color)), "04 00 06 00")).to.equal("value[1]: expected one of red, green, blue, got 3");
    expect(wrong(holding(t.string), "02 ff")).to.match(/^value: expected string, well-formed UTF-8/);
    expect(wrong(holding(t.bool), "02")).to.match(/^value: expected bool/);
    expect(wrong(holding(t.int32), "8080808010")).to.equal("value: expected int32, got 2147483648n");
    expect(wrong(holding(t.int53), "ffffffffffffffffff01")).to.equal(
      "value: expected int53, got -9223372036854775808n",
    );
    expect(wrong(holding(t.optional(t.int32)), "04")).to.equal("value: expected null or a value, 0 or 1, got 2");
    expect(wrong(holding(t.decimal), "00")).to.match(/^value: expected decimal/);
    expect(wrong(holding(t.string), "01")).to.match(/negative length/);
    expect(wrong(holding(t.int32), "80808080808080808080 01")).to.match(/integer of more than 10 bytes/);
    expect(wrong(holding(t.float64), "00")).to.equal("avro: truncated at byte 1");
    expect(wrong(holding(t.int32), "")).to.equal("avro: truncated at byte 0");
    expect(wrong(Empty, "00")).to.equal("avro: 1 bytes follow the message, at byte 0");
  });

  it("that declare more than they hold allocate nothing, and items without bytes have a budget", () => {
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const Empties = t.struct("test.Empties", { a: Empty, b: Empty });
    for (const type of [t.list(t.string), t.list(Item), t.map(t.int32), t.string, t.bytes, t.list(t.bool)]) {
      for (const count of ["8094ebdc03", "feffffffffffffffff01", "ffffffffffffffffff01"])
        expect(wrong(holding(type), count)).to.match(/truncated|maxMemoryBytes|negative/);
    }
    for (const type of [t.list(Empty), t.list(Empties)]) {
      for (const count of ["8094ebdc03", "ff93ebdc0300"])
        expect(wrong(holding(type), count)).to.include("maxMemoryBytes");
      expect(wrong(holding(type), "80897a".repeat(100))).to.include("maxMemoryBytes");
    }
    expect(parse(holding(t.list(Empty)), "0600")).to.deep.equal({ value: [{}, {}, {}] });
    expect(performance.now() - started).to.be.lessThan(3000);
    expect(process.memoryUsage().rss - before).to.be.lessThan(256 << 20);
  });

  it("that nest without end are refused", () => {
    expect(wrong(Node, "0002".repeat(100))).to.include("maxDepth");
  });
});

describe("codec avro: changed bytes", () => {
  const Forms = t.struct("test.Forms", {
    fixed: t.encoded(t.bytes, { avro: "fixed:3:test.Hash" }),
    decimals: t.list(t.encoded(t.decimal, { avro: "decimal:6.2" })),
    rate: t.encoded(t.decimal, { avro: "fixed:4:test.Rate:decimal:8.4" }),
    last: t.encoded(t.optional(t.string), { avro: "null:1" }),
    among: t.encoded(
      t.optional(t.encoded(t.union("test.IntOrString", { int: t.int32, string: t.string }), { avro: "union" })),
      { avro: "null:1" },
    ),
    nothing: t.list(t.encoded(t.struct("test.Null", {}), { avro: "null" })),
  });
  const forms = {
    fixed: Uint8Array.of(1, 2, 3),
    decimals: ["-12.50", "0.00"],
    rate: "1.2345",
    last: "x",
    among: { kind: "string", value: "s" },
    nothing: [{}, {}],
  };
  const holders: readonly [StructType, unknown][] = [
    [Forms as unknown as StructType, forms],
    [Typed as StructType, typed],
    [Order as StructType, { ...order, note: "n" }],
    [Node as StructType, { name: "a", children: [{ name: "b", children: [] }], next: { name: "c", children: [] } }],
  ];
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.uint8Array({ maxLength: 4 })), {
    minLength: 1,
    maxLength: 3,
  });

  it("mean to the compiled reader what they mean to the exact one", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...holders), changes, ([type, value], made) => {
        const bytes = [...encode(codec, type, value)];
        for (const [at, drop, put] of made) bytes.splice(at % bytes.length, drop, ...put);
        const input = Uint8Array.from(bytes);
        const exact = decoder(undefined, new Readers(new Shape()).exact(type, type), defaultCodecLimits);
        const cursor = cursorOf(input, 0, input.length, 1e6);
        let got: unknown;
        try {
          got = compileReader(type, new Shape())(cursor, 64);
          if (cursor.p !== input.length) return;
        } catch {
          return;
        }
        accepted++;
        expect(exact(input, 0, input.length)).to.deep.equal(got);
      }),
      { numRuns: 2000 },
    );
    expect(accepted).to.be.greaterThan(50);
  });
});

describe("codec avro: between versions of a type", () => {
  const V1 = t.struct("v.Order", { id: t.int32, gone: t.list(Item), price: t.float32, who: t.optional(t.string) });
  const V2 = t.struct("v.Order", {
    note: t.optional(t.string),
    retries: t.default(t.int32, 3),
    color: t.default(Color, "green"),
    price: t.float64,
    who: t.optional(t.string),
    id: t.int64,
  });
  const v1 = { id: 7, gone: [{ sku: "s", qty: 1, price: 2 }], price: 0.5, who: "Ada" };

  it("resolves as avsc does", () => {
    const [writer, reader] = [avscOf(V1 as Type), avscOf(V2 as Type)];
    const bytes = encode(codec, V1, v1);
    const theirs = reader.fromBuffer(Buffer.from(bytes), reader.createResolver(writer));
    const expected = { id: 7n, price: 0.5, who: "Ada", retries: 3, color: "green" };
    expect(fromAvsc(V2 as Type, theirs, reader)).to.deep.equal(expected);
    expect(roundTrip(codec, V1, v1, V2)).to.deep.equal(expected);
    expect(roundTrip(codec, V1, v1, V2, { foreign: true })).to.deep.equal(expected);
  });

  it("moves over fields that the reader does not have, recursive ones too", () => {
    const Old = t.struct("v.Tree", { tree: t.optional(Node), name: t.string });
    const New = t.struct("v.Tree", { name: t.string });
    const tree = { name: "a", children: [{ name: "b", children: [] }] };
    expect(roundTrip(codec, Old, { tree, name: "n" }, New)).to.deep.equal({ name: "n" });
  });

  it("is not slowed down by a foreign type that unfolds without end", () => {
    let type: unknown = Empty;
    for (let i = 0; i < 60; i++) type = t.struct(`v.S${i}`, { a: type as never, b: type as never });
    const W = t.struct("v.W", { list: t.list(type as never) });
    const compiled = codec.compile(W as StructType, Empty as StructType, { foreign: true });
    expect(failure(() => compiled.decode(Uint8Array.of(2, 0), 0, 2)).message).to.include("max");
  });
});

describe("avroSchema", () => {
  it("names each type once, says absence and defaults, and wraps the cases of a union", () => {
    expect(avroSchema(Order as Type)).to.deep.equal({
      type: "record",
      name: "shop.Order",
      fields: [
        { name: "id", type: "long" },
        { name: "customer", type: "string" },
        {
          name: "items",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "shop.Item",
              fields: [
                { name: "sku", type: "string" },
                { name: "qty", type: "int" },
                { name: "price", type: "double" },
              ],
            },
          },
        },
        { name: "note", type: ["null", "string"], default: null },
      ],
    });
    expect(JSON.stringify(avroSchema(Node as Type))).to.include('"items":"tree.Node"');
    const schema = JSON.stringify(avroSchema(Typed as Type));
    expect(schema).to.include('{"name":"port","type":"int","default":8080}');
    expect(schema).to.include(
      '{"type":"record","name":"shop.PaymentCard","fields":[{"name":"value","type":"string"}]}',
    );
  });

  it("keeps names without a namespace apart from the namespaces around them", () => {
    const Plain = t.struct("Plain", { a: t.int32 });
    const Outer = t.struct("Outer", { one: t.struct("x.Inner", { plain: Plain }), two: Plain });
    expectSame(Outer as unknown as StructType, { one: { plain: { a: 1 } }, two: { a: 2 } });
    const Fills = t.struct("Fills", {
      bytes: t.default(t.bytes, Uint8Array.of(255)),
      when: t.default(t.timestamp, new Date(5)),
      union: t.default(Payment, { kind: "card", value: "4" }),
      later: t.default(Payment, { kind: "points", value: 1n }),
      list: t.default(t.list(Item), [{ sku: "s", qty: 1, price: 2 }]),
      map: t.default(t.map(t.int64), { a: 1n }),
      nan: t.default(t.float64, Number.NaN),
    });
    expectSame(Fills as unknown as StructType, {
      bytes: Uint8Array.of(1),
      when: new Date(1),
      union: { kind: "card", value: "" },
      later: { kind: "card", value: "" },
      list: [],
      map: {},
      nan: 1,
    });
  });
});
