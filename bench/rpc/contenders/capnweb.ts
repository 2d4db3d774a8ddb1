import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { newWebSocketRpcSession, RpcTarget } from "capnweb";
import { WebSocket, WebSocketServer } from "ws";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";

// Its states are read from the global, which Node 20 lacks.
(globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;

class Echo extends RpcTarget {
  echo(value: Order): Order {
    return value;
  }
}

/** It takes the WebSocket of browsers, whose types differ from those of ws. */
const standard = (socket: WebSocket) => socket as unknown as Parameters<typeof newWebSocketRpcSession>[0];

export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
    server.on("connection", (socket) => newWebSocketRpcSession(standard(socket), new Echo()));
    await once(server, "listening");
    return { address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
  },
  async connect(address) {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    await once(socket, "open");
    const remote = newWebSocketRpcSession<Echo>(standard(socket));
    return { call: async (value) => (await remote.echo(value)) as Order };
  },
};
