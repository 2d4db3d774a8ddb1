import { addressOf, clientBroker, serverBroker } from "../../rpc/contenders/moleculer-broker.ts";
import type { Order } from "../../rpc/order.ts";
import type { Check, Contender } from "../contender.ts";

interface Params {
  readonly params: Order;
}

/** By default it guesses from the name of the parameter what a listener wants. */
const listener = (take: Check) => ({ context: true, handler: ({ params }: Params) => take(params) });

/** A client is a node; each of its subscriptions is a service of that node, as nothing else can listen. */
export const contender: Contender = {
  async startServer({ handled }) {
    const broker = serverBroker();
    broker.createService({
      name: "bench",
      actions: { echo: async ({ params }: Params) => params },
      events: { audit: listener(handled) },
    });
    await broker.start();
    return {
      address: addressOf(broker),
      publish: (order, key) => broker.broadcast(`placed.${key}`, order),
    };
  },
  async connect(address) {
    const broker = clientBroker(address);
    await broker.start();
    await broker.waitForServices("bench", 20_000, 50);
    let subscriptions = 0;
    return {
      call: (order) => broker.call<Order, Order>("bench.echo", order),
      send: (order) => void broker.emit("audit", order),
      async subscribe(key, deliver) {
        const name = `subscriber-${++subscriptions}`;
        broker.createService({ name, events: { [`placed.${key}`]: listener(deliver) } });
      },
    };
  },
};
