import {
  arg,
  type Client,
  clone,
  connect,
  defineService,
  type Handlers,
  implement,
  oneway,
  retain,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "trunkline";
import { json } from "trunkline/codecs/json";
import { memoryRegistry } from "trunkline/registry/memory";
import { memory } from "trunkline/transports/memory";
import { tcp } from "trunkline/transports/tcp";
import { Item, Order, OutOfStock, Payment, Schema, Text, Tree, Unnamed } from "./types.js";

export const place = rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock] });
export const Defined = defineService(
  "shop.Orders",
  { version: "1.0.0" },
  {
    place,
    pay: rpc({ params: [arg("payment", Payment), arg("progress", t.callback([arg("percent", t.int32)], t.bool))] }),
    load: rpc({ params: [t.stream(Item)], returns: t.int32 }),
    plant: rpc({ params: [arg("tree", Tree), arg("text", Text)], returns: t.optional(Tree) }),
    audit: oneway({ params: [arg("line", t.string)] }),
    watch: stream({ params: [arg("since", t.int64)], yields: Order }),
    placed: topic(Order),
    ping: rpc(),
    log: oneway(),
    count: stream(),
    check: rpc({ params: [Schema], returns: Schema }),
    unnamed: rpc({ params: [Unnamed] }),
  },
);
export type DefinedClient = Client<typeof Defined>;

/** What packages of contracts also export: helpers, whose types are inferred. */
export const scalars = {
  bool: t.bool,
  any: t.any,
  list: t.list(t.string),
  map: t.map(t.int32),
  one: t.optional(t.bool),
};
export const adapters = () => ({ codec: json(), tcp: tcp(), memory: memory(), registry: memoryRegistry() });
export const copyOf = (order: Order) => clone(order, Order);
export const kept = (callback: () => Promise<void>) => retain(callback);
export const implementation = (handlers: Handlers<typeof Defined>) => implement(Defined, handlers);
export const served = (handlers: Handlers<typeof Defined>) =>
  serve({ services: [implementation(handlers)], listen: ["tcp://127.0.0.1:0"] });
export const connected = async (url: string) => {
  const client = await connect({ endpoints: [url] });
  const orders = await client.refer(Defined);
  return { client, orders, place: orders.place.future, subscribe: orders.placed.subscribe };
};
