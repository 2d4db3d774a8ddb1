import { expect } from "chai";
import fc from "fast-check";
import { json } from "../../../codecs/json/index.ts";
import { fromJson, toJson } from "../../../core/contract/value-json.ts";
import type { StructType, Type } from "../../../core/type/type.ts";
import { t } from "../../../index.ts";
import { typeAndValue } from "../../codecs/arbitrary.ts";
import { decode, encode, failure } from "../../codecs/coding.ts";

const written = (type: StructType, value: unknown): unknown =>
  JSON.parse(new TextDecoder().decode(encode(json(), type, value))) as unknown;

describe("a value as JSON", () => {
  it("is what the JSON codec writes, and is read as it reads it", () => {
    fc.assert(
      fc.property(typeAndValue, ({ type, value }) => {
        const told = JSON.parse(JSON.stringify(toJson(type, value))) as unknown;
        expect(told).to.deep.equal(JSON.parse(JSON.stringify(written(type, value))));
        const bytes = new TextEncoder().encode(JSON.stringify(told));
        expect(fromJson(type, told)).to.deep.equal(decode(json(), type, type, bytes));
      }),
    );
  });

  it("may also be the value itself, and absent where null stands", () => {
    const All = t.struct("a.All", { id: t.int64, at: t.timestamp, bytes: t.bytes, n: t.optional(t.int32), any: t.any });
    const value = { id: 5n, at: new Date(5), bytes: Uint8Array.of(1), any: null };
    expect(fromJson(All, { ...value, n: null })).to.deep.equal(value);
    expect(fromJson(All, { ...value, id: 5, at: "1970-01-01T00:00:00.005Z", bytes: "AQ" })).to.deep.equal(value);
    expect(fromJson(t.int32 as Type, "-12")).to.equal(-12);
    expect(fromJson(t.float64 as Type, "-Infinity")).to.equal(Number.NEGATIVE_INFINITY);
  });

  it("that does not fit is refused with its path", () => {
    const Item = t.struct("a.Item", { qty: t.int32, id: t.optional(t.int64) });
    const Order = t.struct("a.Order", {
      items: t.list(Item),
      pay: t.optional(t.union("a.Pay", { card: t.int64, cash: t.decimal })),
      at: t.optional(t.timestamp),
      limits: t.optional(t.map(t.bytes)),
    });
    const wrong: [unknown, string][] = [
      [{ items: [{ qty: "x" }] }, 'order.items[0].qty: expected int32, got "x"'],
      [{ items: [{}] }, "order.items[0].qty: expected int32, got undefined"],
      [{ items: [{ qty: 1, id: "5.0" }] }, 'order.items[0].id: expected int64, got "5.0"'],
      [{ items: [{ qty: 1, id: "9223372036854775808" }] }, "order.items[0].id: expected int64"],
      [{ items: {} }, "order.items: expected a list, got an object"],
      [{ items: [], pay: { card: "1", cash: "2" } }, "order.pay: expected an object with one member of card, cash"],
      [{ items: [], pay: { cheque: "1" } }, "order.pay: expected an object with one member of card, cash"],
      [{ items: [], at: "2024-02-30T00:00:00Z" }, "order.at: expected timestamp, as RFC 3339"],
      [{ items: [], limits: { a: "!" } }, 'order.limits["a"]: expected bytes, as base64, got "!"'],
      ["x", 'order: expected a.Order, got "x"'],
    ];
    for (const [value, message] of wrong) {
      expect(failure(() => fromJson(Order, value, "order")).message, message).to.include(message);
    }
    expect(failure(() => toJson(Order, { items: [{ qty: "1" }] }, "order")).message).to.include("order.items[0].qty");
  });

  it("reaches no prototype, and has an end", () => {
    const value = fromJson(t.map(t.int32) as Type, JSON.parse('{"__proto__": 1}')) as object;
    expect(Object.hasOwn(value, "__proto__")).to.equal(true);
    expect(Object.hasOwn(toJson(t.map(t.int32) as Type, value) as object, "__proto__")).to.equal(true);
    const Tree = t.struct("a.Tree", {
      get next() {
        return t.optional(Tree);
      },
    }) as StructType;
    let deep: object = {};
    for (let i = 0; i < 100; i++) deep = { next: deep };
    expect(failure(() => fromJson(Tree, deep)).message).to.include("nested deeper than maxDepth");
  });
});
