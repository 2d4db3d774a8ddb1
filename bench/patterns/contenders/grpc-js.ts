import {
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { type Order, order } from "../../rpc/order.ts";
import { orderMessages } from "../../rpc/order-proto.ts";
import type { Contender } from "../contender.ts";

interface Count {
  readonly count: number;
}

const definition = fromJSON(
  {
    nested: {
      ...orderMessages,
      Count: { fields: { count: { type: "int32", id: 1 } } },
      Patterns: {
        methods: {
          echo: { requestType: "Order", responseType: "Order", comment: "" },
          watch: { requestType: "Count", responseType: "Order", responseStream: true, comment: "" },
          collect: { requestType: "Order", requestStream: true, responseType: "Count", comment: "" },
          exchange: {
            requestType: "Order",
            requestStream: true,
            responseType: "Order",
            responseStream: true,
            comment: "",
          },
        },
      },
    },
  },
  { keepCase: true, longs: Number, defaults: true },
);
const Patterns = loadPackageDefinition(definition).Patterns as ServiceClientConstructor;

type Done<T> = (error: Error | null, value?: T) => void;

/** What is used of the client that is made at run time. */
interface Remote {
  echo(order: Order, done: Done<Order>): void;
  watch(count: Count): ClientReadableStream<Order>;
  collect(done: Done<Count>): ClientWritableStream<Order>;
  exchange(): ClientDuplexStream<Order, Order>;
}

/** As fast as the stream takes them. */
function sendItems(to: {
  write(order: Order): boolean;
  once(event: "drain", go: () => void): unknown;
  end(): unknown;
}) {
  return (count: number): void => {
    let sent = 0;
    const go = () => {
      while (sent < count) {
        sent++;
        if (!to.write(order)) {
          to.once("drain", go);
          return;
        }
      }
      to.end();
    };
    go();
  };
}

export const contender: Contender = {
  async startServer() {
    const server = new Server();
    server.addService(Patterns.service, {
      echo: ({ request }: { request: Order }, done: Done<Order>) => done(null, request),
      watch: (call: ServerWritableStream<Count, Order>) => sendItems(call)(call.request.count),
      collect(call: ServerReadableStream<Order, Count>, done: Done<Count>) {
        let count = 0;
        call.on("data", ({ id, items }: Order) => {
          if (id === order.id && items.length === order.items.length) count++;
        });
        call.on("end", () => done(null, { count }));
      },
      exchange(call: ServerDuplexStream<Order, Order>) {
        call.on("data", (value: Order) => call.write(value));
        call.on("end", () => call.end());
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    return { address: `127.0.0.1:${port}` };
  },
  async connect(address) {
    const remote = new Patterns(address, credentials.createInsecure()) as unknown as Remote;
    return {
      call: (value) =>
        new Promise((resolve, reject) =>
          remote.echo(value, (error, reply) => (error === null ? resolve(reply as Order) : reject(error))),
        ),
      serverStream: (count, check) =>
        new Promise((resolve, reject) => {
          let came = 0;
          const call = remote.watch({ count });
          call.on("data", (value: Order) => {
            check(value);
            came++;
          });
          call.on("end", () => resolve(came));
          call.on("error", reject);
        }),
      clientStream: (count) =>
        new Promise((resolve, reject) => {
          const call = remote.collect((error, reply) => (error === null ? resolve(reply?.count ?? 0) : reject(error)));
          sendItems(call)(count);
        }),
      bidirectional: (count, window, check) =>
        new Promise((resolve, reject) => {
          let sent = 0;
          let came = 0;
          const call = remote.exchange();
          const next = () => {
            sent++;
            call.write(order);
          };
          call.on("data", (value: Order) => {
            check(value);
            came++;
            if (sent < count) next();
            else if (came === count) call.end();
          });
          call.on("end", () => resolve(came));
          call.on("error", reject);
          while (sent < Math.min(window, count)) next();
        }),
    };
  },
};
