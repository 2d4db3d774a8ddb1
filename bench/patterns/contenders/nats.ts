import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Order } from "../../rpc/order.ts";
import type { Contender } from "../contender.ts";

const encode = (order: Order) => JSON.stringify(order);

async function join(broker: string | undefined): Promise<NatsConnection> {
  if (broker === undefined) throw new Error("needs a nats-server");
  return connect({ servers: broker });
}

/** Both processes are clients of a real nats-server, which shares the CPU of the serving one. Payloads are JSON. */
export const contender: Contender = {
  async startServer({ handled, broker }) {
    const nats = await join(broker);
    const own = `bench.${process.pid}`;
    nats.subscribe(`${own}.echo`, {
      callback: (_, message) => void message.respond(encode(message.json<Order>())),
    });
    nats.subscribe(`${own}.audit`, { callback: (_, message) => handled(message.json<Order>()) });
    await nats.flush();
    return {
      address: JSON.stringify({ broker, own }),
      publish: (order, key) => nats.publish(`${own}.placed.${key}`, encode(order)),
    };
  },
  async connect(address) {
    const { broker, own } = JSON.parse(address);
    const nats = await join(broker);
    return {
      call: async (order) => (await nats.request(`${own}.echo`, encode(order), { timeout: 30_000 })).json<Order>(),
      send: (order) => nats.publish(`${own}.audit`, encode(order)),
      async subscribe(key, deliver) {
        nats.subscribe(`${own}.placed.${key}`, { callback: (_, message) => deliver(message.json<Order>()) });
        await nats.flush();
      },
    };
  },
};
