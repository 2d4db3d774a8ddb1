import { t } from "../../core/schema/t.ts";
import type { OptionalType } from "../../core/type/type.ts";
import { Color, Item } from "../codecs/types.ts";

/** The bean `shop.Order`, and one of every value. */
export const JavaOrder = t.struct("shop.Order", {
  id: t.int64,
  customer: t.string,
  items: t.list(Item),
  note: t.optional(t.string),
  paid: t.bool,
  total: t.optional(t.decimal),
  placed: t.optional(t.timestamp),
  color: t.optional(Color),
  colors: t.list(Color),
  data: t.bytes,
  counts: t.map(t.int64),
  rate: t.float64,
  any: t.optional(t.any),
  get parent(): OptionalType {
    return t.optional(JavaOrder);
  },
});
export const order = {
  id: 2n ** 40n,
  customer: "Ada 😀 ünï",
  items: [
    { sku: "a", qty: 1, price: 19.99 },
    { sku: "b", qty: -300000, price: 0.1 },
  ],
  note: "x".repeat(40_000),
  paid: true,
  total: "12.50",
  placed: new Date(1_700_000_000_123),
  color: "blue",
  colors: ["red", "red", "green"],
  data: Uint8Array.from({ length: 70_000 }, (_, i) => i),
  counts: { a: 1n, b: -(2n ** 62n) },
  rate: 1,
  any: { list: [1, 2n, 1.5, "é", null] },
  parent: {
    id: 1n,
    customer: "",
    items: [],
    paid: false,
    colors: [],
    data: new Uint8Array(0),
    counts: {},
    rate: 0.5,
    any: null,
  },
};
