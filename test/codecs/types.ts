import { t } from "../../core/schema/t.ts";
import type { ListType, OptionalType, StructType } from "../../core/type/type.ts";

export const Item = t.struct("shop.Item", { sku: t.string, qty: t.int32, price: t.float64 });
export const Color = t.enums("shop.Color", ["red", "green", "blue"]);
export const Payment = t.union("shop.Payment", {
  card: t.string,
  cash: t.struct("shop.Cash", { amount: t.decimal }),
  points: t.int64,
});
export const Node = t.struct("tree.Node", {
  name: t.string,
  get children(): ListType {
    return t.list(Node);
  },
  get next(): OptionalType {
    return t.optional(Node);
  },
});
const allFields = {
  bool: t.bool,
  int32: t.int32,
  int64: t.int64,
  int53: t.int53,
  decimal: t.decimal,
  float32: t.float32,
  float64: t.float64,
  string: t.string,
  bytes: t.bytes,
  timestamp: t.timestamp,
  list: t.list(t.list(t.int32)),
  map: t.map(t.int64),
  color: Color,
  item: Item,
  payment: Payment,
  payments: t.list(Payment),
  any: t.any,
  maybe: t.optional(t.string),
  maybeAny: t.optional(t.any),
  port: t.default(t.int32, 8080),
  tags: t.default(t.list(t.string), ["a"]),
};
export const All = t.struct("test.All", allFields);
const { any: _any, maybeAny: _maybeAny, ...typedFields } = allFields;
/** All but the untyped values, for codecs that cannot carry them. */
export const Typed = t.struct("test.Typed", typedFields);
export const Order = t.struct("shop.Order", {
  id: t.int53,
  customer: t.string,
  items: t.list(Item),
  note: t.optional(t.string),
});
export const Empty = t.struct("test.Empty", {});
export const Optionals = t.struct("test.Optionals", {
  a: t.optional(t.int32),
  b: t.optional(t.string),
  c: t.optional(Item),
  d: t.optional(t.list(t.bool)),
  e: t.optional(Color),
});

export const typed = {
  bool: true,
  int32: -2147483648,
  int64: -(2n ** 63n),
  int53: Number.MAX_SAFE_INTEGER,
  decimal: "-12.50",
  float32: 1.5,
  float64: -0.1,
  string: 'quote " backslash \\ newline \n nul \0 ünï 漢字 😀',
  bytes: Uint8Array.of(0, 1, 254, 255),
  timestamp: new Date("2024-02-29T12:34:56.789Z"),
  list: [[1, 2], [], [-1]],
  map: { one: 1n, "": 2n ** 63n - 1n, ["__proto__"]: 3n, constructor: 4n },
  color: "blue",
  item: { sku: "TL-1", qty: 3, price: 19.99 },
  payment: { kind: "cash", value: { amount: "1e400" } },
  payments: [
    { kind: "card", value: "4711" },
    { kind: "points", value: 5n },
  ],
  maybe: "here",
  port: 1,
  tags: ["x", "y"],
};
export const all = { ...typed, any: { deep: [1, "two", null, true, { x: 1.5 }] }, maybeAny: null };

export const order = {
  id: 4503599627370497,
  customer: "Ada Lovelace",
  items: [
    { sku: "TL-4711", qty: 3, price: 19.99 },
    { sku: "TL-0815", qty: 12, price: 249 },
  ],
};

/** A struct with one field, for a type alone. */
export function holding(type: unknown): StructType {
  return t.struct("test.Holder", { value: type as never }) as unknown as StructType;
}

/** Scalars and maps in the other forms that Protobuf has of them. */
export const Forms = t.struct("test.Forms", {
  zigzag: t.encoded(t.int32, { protobuf: "sint32" }),
  zigzag64: t.encoded(t.int64, { protobuf: "sint64" }),
  unsigned: t.encoded(t.int53, { protobuf: "uint32" }),
  text: t.encoded(t.decimal, { protobuf: "uint64" }),
  fixed: t.list(t.encoded(t.int53, { protobuf: "fixed32" })),
  fixed64: t.encoded(t.int64, { protobuf: "sfixed64" }),
  byNumber: t.encoded(t.map(t.string), { protobuf: "sint32" }),
  byBool: t.encoded(t.map(t.string), { protobuf: "bool" }),
  wrapped: t.optional(t.encoded(t.string, { protobuf: "google.protobuf.StringValue" })),
  code: t.enums("test.Code", { low: -7, none: 0, high: 2_000_000_000 }),
});
export const forms = {
  zigzag: -3,
  zigzag64: -(2n ** 63n),
  unsigned: 4_294_967_295,
  text: "18446744073709551615",
  fixed: [0, 4_294_967_295],
  fixed64: -5n,
  byNumber: { "-1": "a", 300: "b" },
  byBool: { true: "", false: "x" },
  wrapped: "w",
  code: "low",
};
