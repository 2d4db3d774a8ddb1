import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import type { Contender } from "../contender.ts";

/** A room for each key; the client's own emitter hands out. */
export const contender: Contender = {
  async startServer() {
    const http = createServer();
    const server = new Server(http, { transports: ["websocket"] });
    server.on("connection", (socket) =>
      socket.on("subscribe", async (key: string, confirm: () => void) => {
        await socket.join(key);
        confirm();
      }),
    );
    http.listen({ port: 0, host: "127.0.0.1", backlog: 1024 });
    await once(http, "listening");
    return {
      address: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      publish: (order, key) => void server.to(key).emit(`placed:${key}`, order),
    };
  },
  async connect(address) {
    const socket = io(address, { transports: ["websocket"], forceNew: true });
    await new Promise<void>((resolve, reject) => {
      socket.on("connect", resolve);
      socket.on("connect_error", reject);
    });
    const asked = new Set<string>();
    return {
      async subscribe(key, deliver) {
        socket.on(`placed:${key}`, deliver);
        if (asked.has(key)) return;
        asked.add(key);
        await socket.emitWithAck("subscribe", key);
      },
    };
  },
};
