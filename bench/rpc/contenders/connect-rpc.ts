import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, type Message } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { connectNodeAdapter, createConnectTransport } from "@connectrpc/connect-node";
import type { Contender } from "../contender.ts";
import { order } from "../order.ts";
import { echo } from "../order-descriptor.ts";

/** The Connect protocol with JSON. */
export function connectNode(httpVersion: "1.1" | "2"): Contender<Message> {
  return {
    payload: create(echo.input, { ...order }),
    async startServer() {
      const handler = connectNodeAdapter({
        routes: (router) => router.rpc(echo, async (value) => value),
      });
      const server = httpVersion === "2" ? createHttp2Server(handler) : createServer(handler);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    },
    async connect(baseUrl) {
      const transport: Transport = createConnectTransport({ httpVersion, baseUrl, useBinaryFormat: false });
      return {
        call: async (value) => (await transport.unary(echo, undefined, undefined, undefined, value)).message,
      };
    },
  };
}
