import { arg, connect, defineService, implement, oneway, rpc, serve, stream, t, topic } from "../../../index.ts";
import { type Order, order } from "../../rpc/order.ts";
import { Order as OrderType } from "../../rpc/order-type.ts";
import type { Contender } from "../contender.ts";

const Patterns = defineService(
  "bench.Patterns",
  { version: "1.0.0" },
  {
    echo: rpc({ params: [arg("order", OrderType)], returns: OrderType }),
    audit: oneway({ params: [arg("order", OrderType)] }),
    watch: stream({ params: [arg("count", t.int32)], yields: OrderType }),
    collect: rpc({ params: [arg("orders", t.stream(OrderType))], returns: t.int32 }),
    exchange: stream({ params: [arg("orders", t.stream(OrderType))], yields: OrderType }),
    placed: topic(OrderType),
  },
);

/** How the items of a stream are made. */
interface Source {
  items(count: number): AsyncIterable<Order>;
}

/** As most are written. */
export const generated: Source = {
  async *items(count) {
    for (let sent = 0; sent < count; sent++) yield order;
  },
};

/** An iterator without the machinery of a generator. */
export const plain: Source = {
  items: (count) => ({
    [Symbol.asyncIterator]() {
      let sent = 0;
      return {
        next: (): Promise<IteratorResult<Order>> =>
          Promise.resolve(sent++ < count ? { value: order, done: false } : { value: undefined, done: true }),
      };
    },
  }),
};

export interface TrunklineOptions {
  /** Default: msgpack, as of `connect`. */
  readonly codec?: "json" | "msgpack";
  /** Default: `generated`. */
  readonly source?: Source;
  /** Whether handlers' own calls inherit deadline and metadata. Default: as of `connect` and `serve`. */
  readonly inherit?: boolean;
}

/** Everything else is as a user gets it. */
export function trunkline({ codec = "msgpack", source = generated, inherit }: TrunklineOptions): Contender {
  const { items } = source;
  const inheriting = inherit === undefined ? {} : { inherit };
  return {
    async startServer({ handled }) {
      const service = implement(Patterns, {
        echo: async (value) => value,
        audit: handled,
        watch: items,
        async collect(orders) {
          let count = 0;
          for await (const { id, items } of orders) {
            if (id !== order.id || items.length !== order.items.length) throw new Error("an item was garbled");
            count++;
          }
          return count;
        },
        async *exchange(orders) {
          yield* orders;
        },
      });
      const server = await serve({ services: [service], listen: ["tcp://127.0.0.1:0"], ...inheriting });
      const { placed } = server.topics(Patterns);
      return { address: String(server.endpoints[0]), publish: (value, key) => placed.publish(value, { key }) };
    },
    async connect(address) {
      const client = await connect({ endpoints: [address], codec, ...inheriting });
      const remote = await client.refer(Patterns);
      return {
        call: (value) => remote.echo(value),
        send: (value) => remote.audit(value),
        async serverStream(count, check) {
          let came = 0;
          for await (const value of remote.watch(count)) {
            check(value);
            came++;
          }
          return came;
        },
        clientStream: (count) => remote.collect(items(count)),
        async bidirectional(count, window, check) {
          let came = 0;
          let room: (() => void) | undefined;
          async function* windowed(): AsyncGenerator<Order> {
            for (let sent = 0; sent < count; sent++) {
              if (sent - came >= window) {
                await new Promise<void>((resolve) => {
                  room = resolve;
                });
              }
              yield order;
            }
          }
          for await (const value of remote.exchange(windowed())) {
            check(value);
            came++;
            const resume = room;
            room = undefined;
            resume?.();
          }
          return came;
        },
        async subscribe(key, deliver) {
          await remote.placed.subscribe(deliver, { key });
        },
      };
    },
  };
}
