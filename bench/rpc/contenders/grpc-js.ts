import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";
import { echoProto } from "../order-proto.ts";

const definition = fromJSON(echoProto, { keepCase: true, longs: Number, defaults: true });
const Echo = loadPackageDefinition(definition).Echo as ServiceClientConstructor;

type Callback = (error: Error | null, value?: Order) => void;

export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const server = new Server();
    server.addService(Echo.service, {
      echo: async ({ request }: { request: Order }, callback: Callback) => callback(null, request),
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    return { address: `127.0.0.1:${port}` };
  },
  async connect(address) {
    const client = new Echo(address, credentials.createInsecure());
    const echo = client.echo?.bind(client) as (value: Order, callback: Callback) => void;
    return {
      call: (value) =>
        new Promise((resolve, reject) =>
          echo(value, (error, reply) => (error === null ? resolve(reply as Order) : reject(error))),
        ),
    };
  },
};
