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

const definition = fromJSON(
  {
    nested: {
      Item: {
        fields: { sku: { type: "string", id: 1 }, qty: { type: "int32", id: 2 }, price: { type: "double", id: 3 } },
      },
      Order: {
        fields: {
          id: { type: "int64", id: 1 },
          customer: { type: "string", id: 2 },
          currency: { type: "string", id: 3 },
          express: { type: "bool", id: 4 },
          items: { rule: "repeated", type: "Item", id: 5 },
          note: { type: "string", id: 6 },
        },
      },
      Echo: { methods: { echo: { requestType: "Order", responseType: "Order", comment: "" } } },
    },
  },
  { keepCase: true, longs: Number, defaults: true },
);
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
