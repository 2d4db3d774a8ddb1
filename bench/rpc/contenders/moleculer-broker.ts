import { Server } from "node:net";
import { type BrokerOptions, ServiceBroker } from "moleculer";

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

/** A node of the name `server`, not started yet. */
export function serverBroker(): ServiceBroker {
  listenOnLoopback();
  return new ServiceBroker(brokerOptions("server", null));
}

/** A node that knows the one of the name `server`, not started yet. */
export function clientBroker(address: string): ServiceBroker {
  listenOnLoopback();
  return new ServiceBroker(brokerOptions("client", [`${address}/server`]));
}

/** Where it listens, once it was started. */
export function addressOf(broker: ServiceBroker): string {
  const { opts } = (broker as unknown as { transit: { tx: BoundTransporter } }).transit.tx;
  return `127.0.0.1:${opts.port}`;
}
