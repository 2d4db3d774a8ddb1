import { type Infer, type StructFor, t, typeOf, type UnionFor } from "trunkline";

/** Each kind of type once, so that the declarations of a contract must name all of them. */
export const Color = t.enums("shop.Color", ["red", "green"]);
export const Size = t.enums("shop.Size", { small: 0, large: 5 });
export const Item = t.struct("shop.Item", {
  sku: t.string,
  qty: t.default(t.int32, 1),
  color: t.optional(Color),
  size: t.field(9, Size),
});
export type Item = Infer<typeof Item>;
export const Payment = t.union("shop.Payment", {
  card: t.string,
  cash: t.encoded(t.int32, { protobuf: "sint32" }),
  item: Item,
});
export type Payment = Infer<typeof Payment>;

export interface Tree {
  label: string;
  left?: Tree | undefined;
  kids: Tree[];
}
export const Tree: StructFor<Tree> = t.struct("shop.Tree", {
  label: t.string,
  get left() {
    return t.optional(Tree);
  },
  get kids() {
    return t.list(Tree);
  },
});
export type Text =
  | { readonly kind: "word"; readonly value: string }
  | { readonly kind: "words"; readonly value: Text[] };
export const Text: UnionFor<Text> = t.union("shop.Text", {
  word: t.string,
  get words() {
    return t.list(Text);
  },
});
/** Without an annotation: its declarations cannot say what a kid is. */
export const Unnamed = t.struct("shop.Unnamed", {
  label: t.string,
  get kids() {
    return t.list(Unnamed);
  },
});

export const Schema = {
  type: "object",
  properties: { mail: { type: "string" } },
  required: ["mail"],
} as const;
export const Order = t.struct("shop.Order", {
  id: t.int64,
  items: t.list(Item),
  payments: t.map(Payment),
  note: t.optional(t.string),
  tree: Tree,
  text: Text,
  at: t.timestamp,
  cache: t.transient(t.default(t.list(t.string), [])),
  extra: typeOf(Schema, "shop.Extra"),
  thumbnail: t.bytes,
  total: t.decimal,
  paid: t.bool,
  count: t.int53,
  weight: t.float64,
  share: t.float32,
});
export type Order = Infer<typeof Order>;
export const OutOfStock = t.error("shop.OutOfStock", { sku: t.string, left: t.optional(t.int32) });
export type OutOfStock = Infer<typeof OutOfStock>;
