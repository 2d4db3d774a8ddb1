import { expect } from "chai";
import fc from "fast-check";
import { compileCopy } from "../../../core/compile/copy.ts";
import { t } from "../../../core/schema/t.ts";
import type { Type } from "../../../core/type/type.ts";
import { typeAndValue } from "../../codecs/arbitrary.ts";
import { failure } from "../../codecs/suite.ts";
import { All, all, Node, Order, order } from "../../codecs/types.ts";

const copier = (type: unknown, maxDepth?: number): ((value: unknown) => unknown) => compileCopy(type as Type, maxDepth);

describe("compileCopy", () => {
  it("copies every type, deeply", () => {
    const copy = copier(All)(all) as typeof all;
    expect(copy).to.deep.equal(all);
    expect(copy.list[0]).not.to.equal(all.list[0]);
    expect(copy.bytes).not.to.equal(all.bytes);
    expect(copy.bytes.buffer).not.to.equal(all.bytes.buffer);
    expect(copy.timestamp).not.to.equal(all.timestamp);
    expect(copy.item).not.to.equal(all.item);
    expect(copy.any).not.to.equal(all.any);
    expect(Object.getPrototypeOf(copy.map)).to.equal(Object.prototype);
    expect(Object.keys(copy.map)).to.include("__proto__");
  });

  it("fills defaults with copies, leaves unknown members out and rounds like a wire", () => {
    const { tags: _, ...rest } = all;
    const first = copier(All)({ ...rest, extra: 1 }) as typeof all;
    expect(first).to.deep.equal({ ...all, tags: ["a"] });
    first.tags.push("b");
    expect((copier(All)(rest) as typeof all).tags).to.deep.equal(["a"]);
    expect(Object.keys(copier(Order)(order) as object)).to.deep.equal(["id", "customer", "items"]);
    expect(copier(t.list(t.float32))([0.1])).to.deep.equal([Math.fround(0.1)]);
    expect(copier(t.int32)(-0)).to.equal(0);
  });

  it("makes a default of any kind anew for each value, as its type has it", () => {
    const defaults = {
      bytes: t.default(t.bytes, Uint8Array.of(1, 2)),
      empty: t.default(t.bytes, new Uint8Array(0)),
      timestamp: t.default(t.timestamp, new Date(-5)),
      map: t.default(t.map(t.list(t.int32)), { ["__proto__"]: [1], 'a"b': [] }),
      union: t.default(t.union("test.U", { a: t.list(t.int64), b: t.bool }), { kind: "a", value: [-5n] }),
      item: t.default(Order, { id: 1, customer: "\u2028'", items: [{ sku: "`\n", qty: -0, price: -0 }] }),
      any: t.default(t.any, { deep: [1, { x: null }] }),
      single: t.default(t.float32, 0.1),
      nan: t.default(t.float64, Number.NaN),
      infinite: t.default(t.float64, -Infinity),
      decimal: t.default(t.decimal, "-1e5"),
    };
    const copy = copier(t.struct("test.D", defaults)) as (value: object) => Record<keyof typeof defaults, unknown>;
    const expected = {
      ...Object.fromEntries(Object.entries(defaults).map(([name, type]) => [name, type.value])),
      item: { id: 1, customer: "\u2028'", items: [{ sku: "`\n", qty: 0, price: -0 }] },
      single: Math.fround(0.1),
    };
    const [first, second] = [copy({}), copy({})];
    expect(first).to.deep.equal(expected);
    for (const name of ["bytes", "timestamp", "map", "union", "item", "any"] as const) {
      expect(first[name], name).not.to.equal(second[name]);
      expect(first[name], name).not.to.equal(defaults[name].value);
    }
    expect(Object.keys(first.map as object)).to.deep.equal(["__proto__", 'a"b']);
    expect(({} as { 0?: unknown })[0]).to.equal(undefined);
    (first.any as { deep: unknown[] }).deep.length = 0;
    (first.item as { items: unknown[] }).items.length = 0;
    expect(copy({})).to.deep.equal(expected);
  });

  it("refuses a default that does not fit when it is compiled", () => {
    const Wrong = t.struct("test.W", { tags: t.default(t.list(t.string), ["a", 5 as never]) });
    expect(failure(() => copier(Wrong)).message).to.equal("tags[1]: expected string, well-formed Unicode, got 5");
    const Hidden = t.struct("test.H", { n: t.transient(t.default(t.int32, 1.5)) });
    expect(failure(() => copier(Hidden)).message).to.equal("n: expected int32, got 1.5");
  });

  it("refuses what does not fit with the error of explain", () => {
    const wrong = (type: unknown, value: unknown): string => failure(() => copier(type)(value)).message;
    expect(wrong(Order, { ...order, items: [{ sku: "s", qty: "x", price: 1 }] })).to.equal(
      'items[0].qty: expected int32, got "x"',
    );
    expect(wrong(Order, null)).to.include("expected shop.Order");
    expect(wrong(t.string, "\ud800")).to.include("well-formed");
    expect(wrong(t.union("U", { a: t.int32 }), { kind: "b", value: 1 })).to.include("one of a");
    expect(wrong(t.any, Symbol("x"))).to.include("got a symbol");
    expect(wrong(t.any, { a: new Map() })).to.equal("a: expected a plain object instead of a Map, got a Map");
    expect(wrong(t.any, new Date(Number.NaN))).to.include("a valid Date");
    expect(wrong(t.any, 2n ** 64n)).to.include("64 bits");
  });

  it("refuses cycles and depth", () => {
    const cycle: Record<string, unknown> = { name: "x", children: [] };
    cycle["next"] = cycle;
    expect(failure(() => copier(Node)(cycle)).message).to.include("maxDepth");
    expect(
      failure(() =>
        copier(
          Node,
          1,
        )({ name: "a", children: [], next: { name: "b", children: [], next: { name: "c", children: [] } } }),
      ).message,
    ).to.include("maxDepth");
  });

  it("copies random values of random types", () => {
    fc.assert(
      fc.property(typeAndValue, ({ type, value }) => {
        const before = structuredClone(value);
        expect(copier(type)(value)).to.deep.equal(value);
        expect(value).to.deep.equal(before);
      }),
      { numRuns: 300 },
    );
  });
});
