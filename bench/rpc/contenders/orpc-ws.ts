import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { RouterClient } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocket, WebSocketServer } from "ws";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";
import { router } from "./orpc-router.ts";

export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const handler = new RPCHandler(router);
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
    server.on("connection", (socket) => void handler.upgrade(socket));
    await once(server, "listening");
    return { address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
  },
  async connect(address) {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    await once(socket, "open");
    // It takes the WebSocket of browsers, whose types differ from those of ws.
    const websocket = socket as unknown as ConstructorParameters<typeof RPCLink>[0]["websocket"];
    const client = createORPCClient<RouterClient<typeof router>>(new RPCLink({ websocket }));
    return { call: (value) => client.echo(value) };
  },
};
