import {
  arg,
  defineService,
  type Infer,
  oneway,
  rpc,
  service,
  stream,
  type Topic,
  t,
  topic,
  unimplemented,
} from "trunkline";

/** What the type tests declare their methods with. */
export const Item = t.struct("types.Item", { sku: t.string, qty: t.int32 });
export type Item = Infer<typeof Item>;
export const Order = t.struct("types.Order", { id: t.int64, items: t.list(Item), note: t.optional(t.string) });
export type Order = Infer<typeof Order>;
export const OutOfStock = t.error("types.OutOfStock", { sku: t.string });

@service("types.Orders", { version: "1.0.0" })
export abstract class Orders {
  @rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock] })
  place(order: Order): Promise<bigint> {
    return unimplemented(order);
  }

  @rpc({ params: [t.int64, t.optional(t.string)] })
  cancel(id: bigint, reason: string | undefined): Promise<void> {
    return unimplemented(id, reason);
  }

  @rpc({ params: [t.int64], returns: t.optional(Order), idempotent: true })
  find(id: bigint): Promise<Order | undefined> {
    return unimplemented(id);
  }

  @rpc({ params: [Order, t.callback([arg("percent", t.int32), Item], t.bool)], returns: t.string })
  pack(order: Order, report: (percent: number, item: Item) => Promise<boolean>): Promise<string> {
    return unimplemented(order, report);
  }

  @rpc({ params: [arg("orders", t.stream(Order))], returns: t.int32 })
  load(orders: AsyncIterable<Order>): Promise<number> {
    return unimplemented(orders);
  }

  @oneway({ params: [arg("line", t.string)] })
  audit(line: string): void {
    unimplemented(line);
  }

  @stream({ params: [arg("since", t.int64)], yields: Order })
  watch(since: bigint): AsyncIterable<Order> {
    return unimplemented(since);
  }

  @stream({ params: [t.stream(t.string), t.int32], yields: t.bytes })
  chat(lines: AsyncIterable<string>, size: number): AsyncIterable<Uint8Array> {
    return unimplemented(lines, size);
  }

  @topic(Order) get placed(): Topic<Order> {
    return unimplemented();
  }

  @rpc() ping(text: string): Promise<string> {
    return unimplemented(text);
  }

  @oneway() log(text: string): void {
    unimplemented(text);
  }

  @stream() count(to: number): AsyncIterable<number> {
    return unimplemented(to);
  }
}

export const Defined = defineService(
  "types.Orders",
  { version: "1.0.0" },
  {
    place: rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock] }),
    cancel: rpc({ params: [t.int64, t.optional(t.string)] }),
    find: rpc({ params: [t.int64], returns: t.optional(Order), idempotent: true }),
    pack: rpc({
      params: [Order, t.callback([arg("percent", t.int32), Item], t.bool)],
      returns: t.string,
    }),
    load: rpc({ params: [arg("orders", t.stream(Order))], returns: t.int32 }),
    audit: oneway({ params: [arg("line", t.string)] }),
    watch: stream({ params: [arg("since", t.int64)], yields: Order }),
    chat: stream({ params: [t.stream(t.string), t.int32], yields: t.bytes }),
    placed: topic(Order),
    reset: rpc({}),
    total: rpc({ returns: t.int53 }),
    wake: oneway({}),
    ticks: stream({ yields: t.timestamp }),
    ping: rpc(),
    log: oneway(),
    count: stream(),
  },
);
