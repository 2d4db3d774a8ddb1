import { Server } from "node:net";
import { type BrokerOptions, ServiceBroker } from "moleculer";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";

/** Its TCP transporter listens on every interface and takes no host. */
function listenOnLoopback(): void {
  const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server;
  Server.prototype.listen = function (this: Server, options: unknown, ...others: unknown[]) {
    const target = typeof options === "object" ? { ...options, host: "127.0.0.1" } : options;
    return listen.call(this, target, ...others);
  } as typeof Server.prototype.listen;
}

/** All that costs a call something and can be off is off. */
function brokerOptions(nodeID: string, urls: string[] | null): BrokerOptions {
  const options = { udpDiscovery: false, useHostname: false, gossipPeriod: 1, urls };
  return {
    nodeID,
    logger: false,
    metrics: false,
    tracing: false,
    internalServices: false,
    transporter: { type: "TCP", options },
  };
}

interface BoundTransporter {
  readonly opts: { readonly port: number };
}

export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    listenOnLoopback();
    const broker = new ServiceBroker(brokerOptions("server", null));
    broker.createService({ name: "bench", actions: { echo: async ({ params }: { params: Order }) => params } });
    await broker.start();
    const { opts } = (broker as unknown as { transit: { tx: BoundTransporter } }).transit.tx;
    return { address: `127.0.0.1:${opts.port}` };
  },
  async connect(address) {
    listenOnLoopback();
    const broker = new ServiceBroker(brokerOptions("client", [`${address}/server`]));
    await broker.start();
    await broker.waitForServices("bench", 20_000, 50);
    return { call: (value) => broker.call<Order, Order>("bench.echo", value) };
  },
};
