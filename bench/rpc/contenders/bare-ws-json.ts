import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";

interface Message {
  readonly id: number;
  readonly order: Order;
}

/** A text message for each call and each reply, and a number that tells them apart. */
export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
    server.on("connection", (socket) =>
      socket.on("message", (text) => {
        const { id, order: value }: Message = JSON.parse(String(text));
        socket.send(JSON.stringify({ id, order: value }));
      }),
    );
    await once(server, "listening");
    return { address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
  },
  async connect(address) {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    await once(socket, "open");
    const waiting = new Map<number, (value: Order) => void>();
    let last = 0;
    socket.on("message", (text) => {
      const { id, order: value }: Message = JSON.parse(String(text));
      waiting.get(id)?.(value);
      waiting.delete(id);
    });
    return {
      call: (value) =>
        new Promise((resolve) => {
          const id = ++last;
          waiting.set(id, resolve);
          socket.send(JSON.stringify({ id, order: value }));
        }),
    };
  },
};
