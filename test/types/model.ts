import { arg, clone, type Infer, type InferInput, type RpcError, t } from "trunkline";
import { same, some } from "./exact.ts";
import { Item, Order, OutOfStock } from "./shop.ts";

const Color = t.enums("types.Color", ["red", "green"]);
const Payment = t.union("types.Payment", { card: t.string, cash: t.int32, gift: Item });
const Tree = t.struct("types.Tree", {
  value: t.int32,
  get left() {
    return t.optional(Tree);
  },
  get children() {
    return t.list(Tree);
  },
});
const Pinned = t.struct("types.Pinned", {
  a: t.field(7, t.string),
  b: t.field(2, t.optional(t.int32)),
  c: t.default(t.int32, 5),
  d: t.field(9, t.default(Color, "red")),
});
const Session = t.struct(
  "types.Session",
  {
    id: t.int32,
    cache: t.transient(t.default(t.list(t.string), [])),
    socket: t.transient(t.optional(t.string)),
    get parent() {
      return t.transient(t.optional(Session));
    },
  },
  { version: "2" },
);
const Json = t.union("types.Json", {
  text: t.string,
  get list() {
    return t.list(Json);
  },
});

/** What each type is in TypeScript. */
export function infers(): void {
  same<Infer<typeof t.bool>, boolean>();
  same<Infer<typeof t.int32>, number>();
  same<Infer<typeof t.int64>, bigint>();
  same<Infer<typeof t.int53>, number>();
  same<Infer<typeof t.decimal>, string>();
  same<Infer<typeof t.float32>, number>();
  same<Infer<typeof t.float64>, number>();
  same<Infer<typeof t.string>, string>();
  same<Infer<typeof t.bytes>, Uint8Array>();
  same<Infer<typeof t.timestamp>, Date>();
  same<Infer<typeof t.any>, unknown>();
  same<Infer<typeof Color>, "red" | "green">();
  same<Infer<typeof Item>, { sku: string; qty: number }>();
  same<Infer<typeof Order>, { id: bigint; items: Item[]; note?: string | undefined }>();
  same<
    Infer<typeof Payment>,
    | { readonly kind: "card"; readonly value: string }
    | { readonly kind: "cash"; readonly value: number }
    | { readonly kind: "gift"; readonly value: Item }
  >();
  same<Infer<typeof Pinned>, { a: string; b?: number | undefined; c: number; d: "red" | "green" }>();

  const Numbered = t.enums("types.Numbered", { low: 0, high: 5 });
  same<Infer<typeof Numbered>, "low" | "high">();
  const signed = t.encoded(t.int32, { protobuf: "sint32" });
  same<Infer<typeof signed>, number>();

  const list = t.list(t.list(t.int64));
  same<Infer<typeof list>, bigint[][]>();
  const map = t.map(Order);
  same<Infer<typeof map>, Record<string, Order>>();
  const absent = t.optional(t.string);
  same<Infer<typeof absent>, string | undefined>();
  const filled = t.default(t.int32, 1);
  same<Infer<typeof filled>, number>();
  const callback = t.callback([arg("order", Order), t.optional(t.string)], t.int64);
  same<Infer<typeof callback>, (order: Order, note?: string) => Promise<bigint>>();
  same<InferInput<typeof callback>, (order: Order, note: string | undefined) => Promise<bigint>>();
  const bare = t.callback();
  same<Infer<typeof bare>, () => Promise<void>>();
  const upstream = t.stream(Order);
  same<Infer<typeof upstream>, AsyncIterable<Order>>();
}

/** Recursion goes as deep as one looks. */
export function recursive(tree: Infer<typeof Tree>, json: Infer<typeof Json>): void {
  same<typeof tree.value, number>();
  same<typeof tree.left, Infer<typeof Tree> | undefined>();
  same<(typeof tree.children)[number]["value"], number>();
  if (json.kind === "text") same<typeof json.value, string>();
  else same<typeof json.value, Infer<typeof Json>[]>();
}

/** Transient fields are fields in TypeScript. */
export function transient(session: Infer<typeof Session>): void {
  same<typeof session.id, number>();
  same<typeof session.cache, string[]>();
  same<typeof session.socket, string | undefined>();
  same<typeof session.parent, Infer<typeof Session> | undefined>();
  some<(session: Infer<typeof Session>) => void>()({ id: 1, cache: [] });
}

/** A clone is what its type says. */
export function clones(order: Infer<typeof Order>, tree: Infer<typeof Tree>): void {
  same<ReturnType<typeof clone<typeof Order>>, Infer<typeof Order>>();
  const [copies, text] = [clone([tree], t.list(Tree)), clone("a", t.string)];
  same<(typeof copies)[number]["value"], number>();
  same<typeof text, string>();
  clone(order, Order, { identity: true });
  const copy = clone({ sku: "a" }, { type: "object", properties: { sku: { type: "string" } }, required: ["sku"] });
  same<typeof copy.sku, string>();
  // @ts-expect-error a value of another type
  clone(5, Order);
  // @ts-expect-error only whole values
  clone(5, t.optional(t.int32));
}

/** A declared error is a class with its fields, and an `RpcError`. */
export function errors(): void {
  const error = new OutOfStock({ sku: "a" }, { message: "none left", cause: 1 });
  same<typeof error.sku, string>();
  const base: RpcError = error;
  same<typeof base.retryable, boolean>();
  same<Infer<typeof OutOfStock>, typeof error>();
  // @ts-expect-error a field is missing
  new OutOfStock({});
  // @ts-expect-error a field of the wrong type
  new OutOfStock({ sku: 1 });
  // @ts-expect-error a field that nobody declared
  new OutOfStock({ sku: "a", size: 1 });
  // @ts-expect-error no such code
  t.error("types.Odd", {}, { code: "TEAPOT" });
}

/** What is no type can stand in a struct as far as its own bound sees, but no value fits. */
export function wrongFields(): void {
  const Texts = t.struct("types.Texts", { a: t.int32, b: "string" });
  // @ts-expect-error a text is no type
  some<(texts: Infer<typeof Texts>) => void>()({ a: 1, b: "b" });
  const Classes = t.struct("types.Classes", { c: String });
  // @ts-expect-error a constructor is no type
  some<(classes: Infer<typeof Classes>) => void>()({ c: "c" });
  // @ts-expect-error for who writes it neither
  some<(classes: InferInput<typeof Classes>) => void>()({ c: "c" });
  const Schemas = t.struct("types.Schemas", { d: { type: "string" } as const });
  // @ts-expect-error a schema goes into typeOf
  some<(schemas: Infer<typeof Schemas>) => void>()({ d: "d" });
  const Functions = t.struct("types.Functions", { e: t.callback() });
  // @ts-expect-error a function is no field
  some<(functions: Infer<typeof Functions>) => void>()({ e: async () => {} });
  const Cases = t.union("types.Cases", { f: "string" });
  // @ts-expect-error a text is no type
  some<(cases: Infer<typeof Cases>) => void>()({ kind: "f", value: "f" });
  const Failed = t.error("types.Failed", { g: "string" });
  // @ts-expect-error a text is no type
  new Failed({ g: "g" });
}

export function wrongTypes(): void {
  // @ts-expect-error items are never absent
  t.list(t.optional(t.string));
  // @ts-expect-error a function is no item
  t.list(t.callback());
  // @ts-expect-error a stream is no value
  t.map(t.stream(t.string));
  // @ts-expect-error absent twice over
  t.optional(t.optional(t.string));
  // @ts-expect-error a constructor is no type
  t.list(String);
  // @ts-expect-error a default of another type
  t.default(t.int32, "5");
  // @ts-expect-error a default that is no member
  t.default(Color, "blue");
  // @ts-expect-error a default has no default
  t.default(t.default(t.int32, 1), 2);
  // @ts-expect-error the number comes first
  t.field(t.string, 7);
  // @ts-expect-error a pinned field is not pinned again
  t.field(7, t.field(8, t.string));
  // @ts-expect-error a callback is no field
  t.field(7, t.callback());
  // @ts-expect-error a reader must know what to give
  t.transient(t.string);
  // @ts-expect-error what is not carried has no number
  t.field(7, t.transient(t.optional(t.string)));
  // @ts-expect-error a transient field stands in a struct
  t.list(t.transient(t.optional(t.string)));
  // @ts-expect-error a parameter is carried
  arg("hidden", t.transient(t.optional(t.string)));
  // @ts-expect-error a number for each member
  t.enums("types.Numbers", { a: "1" });
  // @ts-expect-error a version is text
  t.struct("types.Versions", {}, { version: 2 });
  // @ts-expect-error members are text
  t.enums("types.Numbers", [1, 2]);
  // @ts-expect-error fields come after the name
  t.struct({ a: t.string });
  // @ts-expect-error one case at a time
  some<(payment: Infer<typeof Payment>) => void>()({ kind: "card", value: 1 });
  // @ts-expect-error no such member
  some<(color: Infer<typeof Color>) => void>()("blue");
}
