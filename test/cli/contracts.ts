import { arg, defineService, oneway, rpc, stream, t, topic } from "../../index.ts";

const Color = t.enums("shop.Color", { red: 0, green: 5, blue: -1 });
const Size = t.enums("shop.Size", ["small", "large"]);
const Item = t.struct("shop.Item", { sku: t.string, qty: t.encoded(t.int32, { protobuf: "sint32" }) });
const OtherItem = t.struct("other.Item", { id: t.int64 });
/** A second type of the name of the first. */
const ItemAgain = t.struct("again.Item", { name: t.string });
const Payment = t.union("shop.Payment", { card: t.string, cash: t.struct("shop.Cash", { amount: t.decimal }) });
const Node = t.struct("tree.Node", {
  name: t.string,
  get children() {
    return t.list(Node);
  },
  get next() {
    return t.optional(Node);
  },
});
const Folder = t.struct("tree.Folder", {
  name: t.string,
  get files() {
    return t.map(File);
  },
});
const File = t.struct("tree.File", {
  get parent() {
    return t.optional(Folder);
  },
  get links() {
    return t.list(Link);
  },
});
const Link = t.encoded(
  t.union("tree.Link", {
    url: t.string,
    get file() {
      return File;
    },
  }),
  { avro: "union" },
);
const Scalars = t.struct("shop.Date", {
  bool: t.bool,
  int53: t.int53,
  float32: t.float32,
  float64: t.float64,
  bytes: t.encoded(t.bytes, { avro: "fixed:16" }),
  timestamp: t.timestamp,
  any: t.any,
  matrix: t.list(t.list(t.int64)),
  flags: t.encoded(t.map(t.bool), { protobuf: "int32" }),
});
const Defaults = t.struct(
  "shop.class",
  {
    port: t.field(90, t.default(t.int32, 8080)),
    big: t.default(t.int64, -5n),
    ratio: t.default(t.float64, Number.NaN),
    least: t.default(t.float32, Number.NEGATIVE_INFINITY),
    name: t.default(t.string, 'a "quoted"\nline'),
    since: t.default(t.timestamp, new Date("2024-02-29T12:34:56.789Z")),
    key: t.default(t.bytes, Uint8Array.of(0, 255)),
    color: t.default(Color, "blue"),
    tags: t.default(t.list(t.string), ["a", "b"]),
    limits: t.default(t.map(t.int32), { "a b": 1, ["__proto__"]: 2 }),
    item: t.default(Item, { sku: "x", qty: 1 }),
    payment: t.default(Payment, { kind: "card", value: "4711" }),
    note: t.field(3000, t.encoded(t.optional(t.string), { avro: "second" })),
    cached: t.transient(t.optional(t.string)),
    hits: t.transient(t.default(t.int32, 7)),
  },
  { version: "2024-1" },
);
const OutOfStock = t.error("shop.OutOfStock", { sku: t.string, item: t.optional(Item) });
const Gone = t.error("shop.Gone", {}, { code: "NOT_FOUND", message: "it is gone" });

/** Everything that a contract can declare. */
export const Everything = defineService(
  "shop.Orders",
  { version: "2.1.0", group: "blue" },
  {
    place: rpc({
      params: [arg("item", Item)],
      returns: t.int64,
      throws: [OutOfStock, Gone],
      idempotent: true,
      timeoutMs: 1500,
    }),
    delete: rpc({ params: [arg("class", t.string), arg("Date", t.optional(Size)), arg("class_", t.bytes)] }),
    nothing: rpc({}),
    find: rpc({
      params: [arg("since", t.default(t.int32, 3)), arg("at", t.field(9, Color))],
      returns: t.optional(Node),
    }),
    same: rpc({ params: [arg("scalars", Scalars)], returns: Scalars }),
    defaults: rpc({ params: [t.list(Defaults)], returns: t.map(Payment) }),
    mixed: rpc({ params: [arg("one", OtherItem), arg("two", ItemAgain)], returns: t.list(Link) }),
    audit: oneway({ params: [arg("line", t.string)] }),
    watch: stream({ params: [arg("folder", Folder)], yields: File, throws: [Gone] }),
    sum: rpc({ params: [arg("first", t.int32), arg("numbers", t.stream(t.int64))], returns: t.int64 }),
    talk: stream({ params: [arg("words", t.stream(Item))], yields: t.string }),
    steps: rpc({
      params: [arg("done", t.callback([arg("new", t.int32), arg("item", t.optional(Item))], t.optional(t.string)))],
      returns: t.timestamp,
    }),
    tell: rpc({ params: [arg("listener", t.callback())], returns: t.bool }),
    echo: rpc(),
    note: oneway(),
    tail: stream(),
    pick: rpc({
      params: [arg("item", Item), arg("shelf", t.string)],
      returns: Item,
      noSideEffects: true,
      http: {
        get: "/v1/shelves/{shelf=*/aisles/*}/items/{item.sku}",
        responseBody: "sku",
        additionalBindings: [
          { post: "/v1/items:pick", body: "*" },
          { custom: { kind: "REPORT", path: "/v1/{shelf=**}" }, body: "item" },
        ],
      },
    }),
    feed: stream({ yields: Item, noSideEffects: true, http: { get: "/v1/feed" } }),
    placed: topic(Item),
    counts: topic(t.map(t.int32)),
  },
);
