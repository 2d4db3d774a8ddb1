import { expect } from "chai";
import { compileFreeze } from "../../../core/compile/freeze.ts";
import type { StructType, Type } from "../../../core/type/type.ts";
import { t } from "../../../index.ts";

const Item = t.struct("freeze.Item", { sku: t.string, tags: t.optional(t.map(t.list(t.string))) });
const Pay = t.union("freeze.Pay", { card: t.struct("freeze.Card", { number: t.string }), cash: t.float64 });
const Order = t.struct("freeze.Order", {
  id: t.int64,
  items: t.list(Item),
  pay: t.optional(Pay),
  size: t.enums("freeze.Size", ["small", "large"]),
});
const Tree: StructType = t.struct("freeze.Tree", {
  name: t.string,
  get children() {
    return t.list(Tree as never);
  },
}) as StructType;

function frozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(frozen);
}

describe("compileFreeze", () => {
  const order = () => ({
    id: 1n,
    items: [{ sku: "a", tags: { x: ["y"], z: [] } }, { sku: "b" }],
    pay: { kind: "card", value: { number: "1" } },
    size: "small",
  });

  for (const [what, type, value] of [
    ["a struct with lists, maps, unions and what is left out", Order, order()],
    ["a union of a scalar", Pay, { kind: "cash", value: 1.5 }],
    ["a list of lists", t.list(t.list(t.int32)), [[1], [], [2, 3]]],
    ["a recursive type", Tree, { name: "a", children: [{ name: "b", children: [{ name: "c", children: [] }] }] }],
    ["a scalar", t.string, "text"],
  ] as const) {
    it(`freezes all of ${what}`, () => {
      compileFreeze(type as Type)?.(value);
      expect(frozen(value)).to.equal(true);
    });
  }

  for (const [what, type] of [
    ["bytes", t.bytes],
    ["a timestamp somewhere", t.list(t.struct("freeze.Stamp", { at: t.optional(t.timestamp) }))],
    ["any", t.map(t.any)],
  ] as const) {
    it(`says of ${what} that it cannot`, () => {
      expect(compileFreeze(type as Type)).to.equal(undefined);
    });
  }
});
