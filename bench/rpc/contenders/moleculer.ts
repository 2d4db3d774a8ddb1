import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";
import { addressOf, clientBroker, serverBroker } from "./moleculer-broker.ts";

export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const broker = serverBroker();
    broker.createService({ name: "bench", actions: { echo: async ({ params }: { params: Order }) => params } });
    await broker.start();
    return { address: addressOf(broker) };
  },
  async connect(address) {
    const broker = clientBroker(address);
    await broker.start();
    await broker.waitForServices("bench", 20_000, 50);
    return { call: (value) => broker.call<Order, Order>("bench.echo", value) };
  },
};
