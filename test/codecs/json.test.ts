import { expect } from "chai";
import fc from "fast-check";
import { json } from "../../codecs/json/index.ts";
import { t } from "../../core/schema/t.ts";
import { typeAndValue } from "./arbitrary.ts";
import { codecSuite, decode, encode, failure } from "./suite.ts";
import { All, all, Empty, holding, Item, Optionals, Order, order, Payment } from "./types.ts";

const codec = json();
const text = (type: unknown, value: unknown): string => new TextDecoder().decode(encode(codec, type, value));
const parse = (type: unknown, source: string): unknown => decode(codec, type, type, new TextEncoder().encode(source));
const read = (type: unknown, source: string): unknown =>
  (parse(holding(type), `{"value":${source}}`) as { value: unknown }).value;
const wrong = (type: unknown, source: string): string => failure(() => read(type, source)).message;

codecSuite("json", codec);

describe("codec json: the bytes", () => {
  it("are those of the mapping", () => {
    expect(text(All, { ...all, string: 'é"\\\n\u0001', map: { a: 1n } })).to.equal(
      '{"bool":true,"int32":-2147483648,"int64":"-9223372036854775808","int53":9007199254740991,"decimal":"-12.50",' +
        '"float32":1.5,"float64":-0.1,"string":"é\\"\\\\\\n\\u0001","bytes":"AAH+/w==","timestamp":"2024-02-29T12:34:56.789Z",' +
        '"list":[[1,2],[],[-1]],"map":{"a":"1"},"color":"blue","item":{"sku":"TL-1","qty":3,"price":19.99},' +
        '"payment":{"cash":{"amount":"1e400"}},"payments":[{"card":"4711"},{"points":"5"}],' +
        '"any":{"deep":[1,"two",null,true,{"x":1.5}]},"maybe":"here","maybeAny":null,"port":1,"tags":["x","y"]}',
    );
    expect(text(Empty, {})).to.equal("{}");
    expect(text(Optionals, {})).to.equal("{}");
    expect(text(Optionals, { b: "x", e: "red" })).to.equal('{"b":"x","e":"red"}');
    expect(
      text(t.struct("X", { a: t.optional(t.bool), b: t.bool, c: t.optional(t.bool) }), { a: true, b: false }),
    ).to.equal('{"a":true,"b":false}');
  });

  it("are, for what plain JSON can say, those of JSON.stringify", () => {
    expect(text(Order, order)).to.equal(JSON.stringify(order));
    for (const value of [0.1, 1e21, 1e-7, 123.45, 0.01, 10.1, 99999.99, -5.25, 1 / 3, 4.35, 1.005, 8.2])
      expect(text(holding(t.float64), { value })).to.equal(JSON.stringify({ value }));
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (value) => Object.is(value, -0) || text(holding(t.float64), { value }) === JSON.stringify({ value }),
      ),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: -9999999, max: 999999999 }),
        (n) => text(holding(t.float64), { value: n / 100 }) === JSON.stringify({ value: n / 100 }),
      ),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => text(holding(t.int53), { value }) === JSON.stringify({ value })),
    );
  });

  it("of untyped values are JSON's, with bigints, bytes and dates as strings", () => {
    const value = { a: [1n, new Uint8Array(2), new Date(0), undefined], gone: undefined, nan: Number.NaN };
    expect(text(holding(t.any), { value })).to.equal(
      '{"value":{"a":["1","AAA=","1970-01-01T00:00:00.000Z",null],"nan":"NaN"}}',
    );
  });
});

describe("codec json: reading what others write", () => {
  it("takes keys in any order, space, unknown keys and null for what is absent", () => {
    const source = ` { "note" : null, "x": {"y":[1]}, "items":[ {"price":1e2,"qty":1,"sku":"\\u0041"} ], "id": 1, "customer":"\\ud83d\\ude00" } `;
    expect(parse(Order, source)).to.deep.equal({ id: 1, customer: "😀", items: [{ sku: "A", qty: 1, price: 100 }] });
    expect(parse(Order, "{}")).to.deep.equal({ id: 0, customer: "", items: [] });
    expect(parse(Order, '{"id":1,"id":2,"__proto__":{"note":"x"},"constructor":1}')).to.deep.equal({
      id: 2,
      customer: "",
      items: [],
    });
    expect(parse(t.struct("X", { toString: t.optional(t.string), valueOf: t.int32 }), "{}")).to.deep.equal({
      valueOf: 0,
    });
  });

  it("takes int64 as number, floats as ProtoJSON's strings, both alphabets of base64 and offsets of time", () => {
    expect(read(t.int64, "12")).to.equal(12n);
    expect(read(t.int64, '"-0"')).to.equal(0n);
    expect(read(t.float64, '"NaN"')).to.deep.equal(Number.NaN);
    expect(read(t.float32, '"-Infinity"')).to.equal(Number.NEGATIVE_INFINITY);
    expect(read(t.bytes, '"-_8"')).to.deep.equal(Uint8Array.of(251, 255));
    expect(read(t.bytes, '"+/8="')).to.deep.equal(Uint8Array.of(251, 255));
    expect(read(t.timestamp, '"2024-01-01T01:00:00.1234567+01:00"')).to.deep.equal(
      new Date("2024-01-01T00:00:00.123Z"),
    );
  });

  it("refuses what does not fit, and gives the path", () => {
    expect(failure(() => parse(Order, '{"items":[{},{},{"qty":"x"}]}')).message).to.equal(
      'items[2].qty: expected int32, got "x"',
    );
    expect(failure(() => parse(Order, "[]")).message).to.equal("the value: expected shop.Order, got a list of 0");
    expect(wrong(t.map(Item), '{"k":{"qty":1.5}}')).to.equal('value["k"].qty: expected int32, got 1.5');
    expect(wrong(t.string, '"\\ud800"')).to.match(/^value: expected string/);
    expect(wrong(t.bytes, '"A"')).to.match(/^value: expected bytes/);
    expect(wrong(t.bytes, '"AA*A"')).to.match(/^value: expected bytes/);
    expect(wrong(t.timestamp, '"2024-02-30T00:00:00Z"')).to.match(/^value: expected timestamp/);
    expect(wrong(t.timestamp, '"2024-01-01"')).to.match(/^value: expected timestamp/);
    expect(wrong(t.int64, '"9223372036854775808"')).to.match(/^value: expected int64/);
    expect(wrong(t.int64, "1.5")).to.match(/^value: expected int64/);
    expect(wrong(t.int53, "9007199254740993")).to.match(/^value: expected int53/);
    expect(wrong(t.float32, "1e39")).to.match(/^value: expected float32/);
    expect(wrong(t.list(t.int32), "[1,null]")).to.match(/^value\[1\]: expected int32, got null/);
    expect(wrong(t.enums("E", ["a"]), '"b"')).to.equal('value: expected one of a, got "b"');
    for (const source of ["{}", '{"card":"a","cash":{}}', '{"iou":1}', "null", "[]", '{"__proto__":1}'])
      expect(wrong(Payment, source)).to.match(/^value: expected/);
  });

  it("refuses what is no JSON", () => {
    for (const source of [
      "",
      "{",
      '{"id":01}',
      '{"id":1}}',
      '{"id":1} x',
      '{"id":-}',
      '{"customer":"\n"}',
      '{"customer":"\\x"}',
      '{"id":1,}',
      "nul",
      '{"id":1.}',
      '{"items":[,]}',
    ]) {
      expect(failure(() => parse(Order, source)).message).to.match(/^json: /);
    }
  });

  it("bounds depth, of untyped values too", () => {
    expect(wrong(t.any, "[".repeat(5000) + "]".repeat(5000))).to.include("maxDepth");
  });

  it("reads by both ways, from bytes and by JSON.parse, the same", () => {
    fc.assert(
      fc.property(typeAndValue, ({ type, value }) => {
        const source = text(type, value);
        expect(parse(type, ` ${source}`)).to.deep.equal(value);
        expect(JSON.parse(source)).to.be.an("object");
      }),
      { numRuns: 300 },
    );
  });
});
