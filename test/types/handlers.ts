import { type CallContext, type Handlers, implement, type Topic } from "trunkline";
import { same, some } from "./exact.ts";
import { Defined, type Item, type Order, Orders } from "./shop.ts";

type All = Handlers<typeof Defined>;

export function handlers(all: All): void {
  same<
    keyof All,
    | "place"
    | "cancel"
    | "find"
    | "pack"
    | "load"
    | "audit"
    | "watch"
    | "chat"
    | "ping"
    | "log"
    | "count"
    | "reset"
    | "total"
    | "wake"
    | "ticks"
  >();
  same<All["place"], (order: Order, ctx: CallContext) => Promise<bigint> | bigint>();
  same<All["audit"], (line: string, ctx: CallContext) => void | Promise<void>>();
  same<All["watch"], (since: bigint, ctx: CallContext) => AsyncIterable<Order>>();

  implement(Defined, {
    place: async (order, ctx) => {
      same<typeof order, Order>();
      same<typeof ctx, CallContext>();
      return order.id;
    },
    cancel: (_id, reason) => {
      same<typeof reason, string | undefined>();
    },
    find: () => undefined,
    pack: async (_order, report) => {
      same<typeof report, (percent: number, item: Item) => Promise<boolean>>();
      return String(await report(1, { sku: "a", qty: 1 }));
    },
    load: async (orders) => {
      let n = 0;
      for await (const order of orders) n += order.items.length;
      return n;
    },
    audit: async (line) => {
      same<typeof line, string>();
    },
    async *watch(since) {
      yield { id: since, items: [] };
    },
    async *chat(lines, size) {
      for await (const line of lines) yield new Uint8Array(size + line.length);
    },
    reset: (ctx) => {
      same<typeof ctx, CallContext>();
    },
    total: (ctx) => ctx.method.length,
    wake: () => {},
    async *ticks() {
      yield new Date(0);
    },
    ping: async (text: string, times: number) => text.repeat(times),
    log: (text: string) => void text,
    async *count(to: number) {
      yield to;
    },
  });

  // @ts-expect-error a handler that nobody declared
  implement(Defined, { ...all, plaice: () => 1n });
  // @ts-expect-error a handler is missing
  implement(Defined, { place: all.place });
  // @ts-expect-error another result
  implement(Defined, { ...all, place: async () => "1" });
  // @ts-expect-error another parameter
  implement(Defined, { ...all, place: async (order: Item) => BigInt(order.qty) });
  // @ts-expect-error other items
  implement(Defined, { ...all, watch: some<() => AsyncIterable<number>>() });
  // @ts-expect-error a oneway answers nothing
  implement(Defined, { ...all, audit: () => 1 });
  // @ts-expect-error a topic has no handler
  implement(Defined, { ...all, placed: some<Topic<Order>>() });
  // @ts-expect-error a class is extended, not given handlers
  implement(Orders, all);
}

/** A subclass may take the context as one more parameter. */
export class WithContext extends Orders {
  override async place(order: Order, ctx?: CallContext): Promise<bigint> {
    await this.placed.publish(order, { key: ctx?.method ?? "" });
    return order.id;
  }
  // @ts-expect-error a subclass keeps the result
  override async find(id: bigint): Promise<string> {
    return String(id);
  }
}
