import { expect } from "chai";
import fc from "fast-check";
import { Packr, Unpackr } from "msgpackr";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { t } from "../../core/schema/t.ts";
import { show } from "../../core/show.ts";
import { isWellFormed } from "../../core/well-formed.ts";
import { codecSuite, decode, encode, failure, roundTrip } from "./suite.ts";
import { All, all, Empty, holding, Item, Order, order, Payment } from "./types.ts";

const codec = msgpack();
const maps = msgpack({ maps: true });
const hex = (type: unknown, value: unknown, by = codec): string => Buffer.from(encode(by, type, value)).toString("hex");
const parse = (type: unknown, source: string): unknown =>
  decode(codec, type, type, Buffer.from(source.replaceAll(" ", ""), "hex"));
const wrong = (type: unknown, source: string): string => failure(() => parse(type, source)).message;

codecSuite("msgpack", codec);
codecSuite("msgpack, maps", maps);

describe("codec msgpack: the bytes", () => {
  it("are those of the mapping", () => {
    const golden: [unknown, unknown, string][] = [
      [t.bool, true, "c3"],
      [t.int32, -1, "ff"],
      [t.int32, 128, "cc80"],
      [t.int32, -129, "d1ff7f"],
      [t.int32, 65536, "ce00010000"],
      [t.int53, 2 ** 32, "cf0000000100000000"],
      [t.int53, -(2 ** 31) - 1, "d3ffffffff7fffffff"],
      [t.int64, 5n, "05"],
      [t.int64, 2n ** 63n - 1n, "cf7fffffffffffffff"],
      [t.int64, -(2n ** 63n), "d38000000000000000"],
      [t.decimal, "1.5", "a3312e35"],
      [t.float32, 0.5, "ca3f000000"],
      [t.float64, 1, "cb3ff0000000000000"],
      [t.string, "é", "a2c3a9"],
      [t.string, "é".repeat(16), `d920${"c3a9".repeat(16)}`],
      [t.bytes, Uint8Array.of(1, 2), "c4020102"],
      [t.timestamp, new Date(0), "d6ff00000000"],
      [t.timestamp, new Date(1), "d7ff003d090000000000"],
      [t.timestamp, new Date(-1), "c70cff3b8b87c0ffffffffffffffff"],
      [t.list(t.int32), [1, 2], "920102"],
      [t.map(t.int32), { a: 1 }, "81a16101"],
      [t.enums("E", ["a", "b"]), "b", "01"],
      [Payment, { kind: "cash", value: { amount: "1" } }, "920191a131"],
      [Item, { sku: "s", qty: 1, price: 1 }, "93a17301cb3ff0000000000000"],
      [t.any, { a: [null, 1.5] }, "81a16192c0cb3ff8000000000000"],
    ];
    for (const [type, value, bytes] of golden) {
      expect(hex(holding(type), { value }), bytes).to.equal(`91${bytes}`);
      expect(parse(holding(type), `91${bytes}`)).to.deep.equal({ value });
    }
    expect(hex(Empty, {})).to.equal("90");
    expect(hex(t.struct("X", { a: t.field(2, t.optional(t.bool)), b: t.field(1, t.bool) }), { b: true })).to.equal(
      "92c3c0",
    );
    expect(hex(t.struct("X", { a: t.optional(t.any), b: t.bool }), { b: true })).to.equal("92d40000c3");
    expect(hex(t.struct("X", { a: t.optional(t.any), b: t.bool }), { a: null, b: true })).to.equal("92c0c3");
    expect(
      hex(
        t.struct("X", { a: t.optional(t.bool), b: Payment, c: t.enums("E", ["x"]) }),
        { b: { kind: "card", value: "4" }, c: "x" },
        maps,
      ),
    ).to.equal("82a16281a463617264a134a163a178");
  });

  it("of a struct of many fields are one list, read by either reader", () => {
    for (const many of [15, 16, 17, 300]) {
      const names = Array.from({ length: many }, (_, i) => `f${i}`);
      const Wide = t.struct("test.Wide", Object.fromEntries(names.map((name) => [name, t.int32])));
      const Wider = t.struct("test.Wide", {
        ...Object.fromEntries(names.map((name) => [name, t.int32])),
        late: t.default(t.int32, 7),
      });
      const wide = Object.fromEntries(names.map((name, i) => [name, i]));
      const bytes = encode(codec, Wide, wide);
      expect(new Unpackr().unpack(bytes)).to.deep.equal(Object.values(wide));
      expect(decode(codec, Wide, Wide, bytes)).to.deep.equal(wide);
      expect(decode(codec, Wide, Wider, bytes)).to.deep.equal({ ...wide, late: 7 });
      const Outer = t.struct("test.Outer", { before: Wide, wides: t.list(Wide) });
      const outer = { before: wide, wides: [wide, wide] };
      expect(roundTrip(codec, Outer, outer)).to.deep.equal(outer);
      expect(failure(() => decode(codec, Wide, Wide, bytes.subarray(0, bytes.length - 1))).message).to.match(
        /truncated/,
      );
    }
  });

  it("as maps are understood by any reader of MessagePack", () => {
    const unpackr = new Unpackr({ useRecords: false, int64AsType: "number" });
    expect(unpackr.unpack(encode(maps, Order, { ...order, note: "n" }))).to.deep.equal({ ...order, note: "n" });
    const plainly = unpackr.unpack(encode(maps, All, { ...all, map: { a: 1n } })) as Record<string, unknown>;
    expect(plainly["timestamp"]).to.deep.equal(all.timestamp);
    expect(plainly["string"]).to.equal(all.string);
    expect(plainly["payment"]).to.deep.equal({ cash: { amount: "1e400" } });
    expect(plainly["color"]).to.equal("blue");
  });

  it("by msgpackr are read as maps, in any order, with unknown members", () => {
    const packr = new Packr({ useRecords: false });
    const bytes = packr.pack({
      unknown: { deep: [1, new Date(), Buffer.alloc(300)] },
      items: order.items,
      note: null,
      customer: "Ada",
      id: 7,
    });
    expect(decode(codec, Order, Order, bytes)).to.deep.equal({ id: 7, customer: "Ada", items: order.items });
    expect(decode(codec, Order, Order, packr.pack({}))).to.deep.equal({ id: 0, customer: "", items: [] });
  });

  it("of untyped values are msgpackr's, bigints, bytes and dates included", () => {
    const packr = new Packr({ useRecords: false, variableMapSize: true });
    const leaves = fc.oneof(
      fc.string({ unit: "binary", maxLength: 50 }).filter(isWellFormed),
      ...[0x20, 0x80, 0x100, 0x8000, 0x10000, 0x80000000, 2 ** 32, 2 ** 53].map((edge) =>
        fc.integer({ min: -2, max: 2 }).chain((near) => fc.constantFrom(edge + near, -edge + near)),
      ),
      fc.double(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array({ maxLength: 300 }),
      fc.date({ min: new Date(0), max: new Date("2105-01-01"), noInvalidDate: true }),
      fc.constantFrom(...[15, 16, 31, 32, 255, 256, 65535, 65536].map((length) => "a".repeat(length))),
      fc.constantFrom(...[15, 16, 65535, 65536].map((length) => new Array(length).fill(true))),
    );
    const values = fc.oneof(
      leaves,
      fc.array(leaves, { maxLength: 20 }),
      fc.dictionary(fc.oneof(fc.constant("__proto__"), fc.string()), leaves, { maxKeys: 20 }),
    );
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, holding(t.any), { value });
        expect(Buffer.compare(bytes.subarray(1), packr.pack(value)), show(value)).to.equal(0);
        const same = Object.is(value, -0) ? 0 : value;
        expect(roundTrip(codec, holding(t.any), { value })).to.deep.equal({ value: same });
      }),
    );
    const many = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]));
    expect(roundTrip(codec, holding(t.any), { value: many })).to.deep.equal({ value: many });
    const early = [new Date(-5), new Date("2200-01-01"), new Date("9999-12-31T23:59:59.999Z")];
    expect(packr.unpack(encode(codec, holding(t.any), { value: early }).subarray(1))).to.deep.equal(early);
    expect(({} as { x?: number }).x).to.equal(undefined);
  });

  it("of untyped values lack what cannot be said: absent members, and halves of surrogate pairs", () => {
    const value = { a: undefined, list: [undefined, "\ud800x", "y\udc00"] };
    expect(roundTrip(codec, holding(t.any), { value })).to.deep.equal({
      value: { list: [null, "\ufffdx", "y\ufffd"] },
    });
    const big = failure(() => encode(codec, holding(t.any), { value: 2n ** 63n }));
    expect(big.message).to.match(/a bigint of at most 64 bits/);
    let deep: unknown = 1;
    for (let i = 0; i < 70; i++) deep = [deep];
    expect(failure(() => encode(codec, holding(t.any), { value: deep })).message).to.match(/deeper than maxDepth/);
    const long = failure(() => encode(codec, holding(t.any), { value: ["x".repeat(1 << 25), "x".repeat(1 << 25)] }));
    expect(long.code).to.equal("RESOURCE_EXHAUSTED");
  });
});

describe("codec msgpack: bad bytes", () => {
  it("are refused with the path, or the position", () => {
    expect(wrong(Order, "94 01 a1 61 93 93 a0 01 01 93 a0 01 01 93 a0 a1 78 01 c0")).to.equal(
      'items[2].qty: expected int32, got "x"',
    );
    expect(wrong(Order, "94 01 a1")).to.equal("msgpack: truncated at byte 3");
    expect(wrong(holding(t.float64), "91 cb 00")).to.equal("msgpack: truncated at byte 3");
    expect(wrong(Empty, "90 00")).to.match(/1 bytes follow the message/);
    expect(wrong(Empty, "")).to.equal("msgpack: truncated at byte 0");
    expect(wrong(holding(t.bool), "91 c1")).to.match(/no value that fits/);
    expect(wrong(holding(t.int32), "91 ce ff ff ff ff")).to.equal("value: expected int32, got 4294967295");
    expect(wrong(holding(t.enums("E", ["a"])), "91 05")).to.equal("value: expected one of a, got 5");
    expect(wrong(holding(Payment), "91 92 07 00")).to.match(/^value: expected one of card, cash, points/);
    expect(wrong(holding(Item), "91 a1 61")).to.equal('value: expected shop.Item, got "a"');
    expect(wrong(holding(t.timestamp), "91 d7 ff ff ff ff ff 00 00 00 00")).to.match(
      /^(value: expected timestamp|msgpack: )/,
    );
  });

  it("that declare more than they hold allocate nothing", () => {
    const before = process.memoryUsage().rss;
    for (const type of [
      t.list(t.string),
      t.list(Item),
      t.map(t.int32),
      t.any,
      t.string,
      t.bytes,
      Item,
      t.list(t.list(t.bool)),
    ]) {
      for (const head of [
        "dd ff ff ff ff",
        "df ff ff ff ff",
        "db ff ff ff ff",
        "c6 ff ff ff ff",
        "c9 ff ff ff ff 01",
        "91 dd 7f ff ff ff",
      ]) {
        expect(wrong(holding(type), `91 ${head}`)).to.match(/truncated|expected|msgpack/);
      }
    }
    expect(process.memoryUsage().rss - before).to.be.lessThan(64 << 20);
  });

  it("that nest without end are refused, and skipped without recursion", () => {
    expect(wrong(holding(t.any), `91 ${"91".repeat(10000)} c0`)).to.include("maxDepth");
    expect(parse(Empty, `91 ${"91".repeat(10000)} c0`)).to.deep.equal({});
  });
});
