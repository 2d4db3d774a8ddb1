import type { ServiceClientConstructor } from "@grpc/grpc-js";
import type { Order } from "../../rpc/order.ts";
import { echoProto } from "../../rpc/order-proto.ts";
import type { Client } from "../contender.ts";

type Done = (error: Error | null, value?: Order) => void;

export const client: Client = {
  async load() {
    const { credentials, loadPackageDefinition } = await import("@grpc/grpc-js");
    const { fromJSON } = await import("@grpc/proto-loader");
    return {
      async connect(address) {
        const definition = fromJSON(echoProto, { keepCase: true, longs: Number, defaults: true });
        const Echo = loadPackageDefinition(definition).Echo as ServiceClientConstructor;
        const remote = new Echo(address, credentials.createInsecure());
        await new Promise<void>((resolve, reject) =>
          remote.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve())),
        );
        const echo = remote.echo?.bind(remote) as (value: Order, done: Done) => void;
        return {
          call: (order) =>
            new Promise((resolve, reject) =>
              echo(order, (error, reply) => (error === null ? resolve(reply as Order) : reject(error))),
            ),
        };
      },
    };
  },
};
