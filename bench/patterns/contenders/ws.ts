import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { Contender } from "../contender.ts";
import { Handlers, Listeners } from "./subscribers.ts";

/** Bare WebSocket: text frames with JSON, encoded once per message, one frame per connection, handed out there. */
export const contender: Contender = {
  async startServer() {
    const listeners = new Listeners<WebSocket>();
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", backlog: 1024 });
    server.on("connection", (socket) =>
      socket.on("message", (text) => {
        listeners.add(String(text), socket);
        socket.send(`{"subscribed":${JSON.stringify(String(text))}}`);
      }),
    );
    await once(server, "listening");
    return {
      address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
      publish(order, key) {
        const text = Buffer.from(JSON.stringify({ key, order }));
        for (const socket of listeners.of(key)) socket.send(text, { binary: false });
      },
    };
  },
  async connect(address) {
    const socket = new WebSocket(address);
    const handlers = new Handlers();
    const waiting = new Map<string, () => void>();
    socket.on("message", (text) => {
      const { key, order, subscribed } = JSON.parse(String(text));
      if (subscribed === undefined) handlers.handOut(key, order);
      else waiting.get(subscribed)?.();
    });
    await once(socket, "open");
    return {
      async subscribe(key, deliver) {
        if (!handlers.add(key, deliver)) return;
        const confirmed = new Promise<void>((resolve) => waiting.set(key, resolve));
        socket.send(key);
        await confirmed;
      },
    };
  },
};
