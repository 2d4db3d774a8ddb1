import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { RouterClient } from "@orpc/server";
import { RPCHandler } from "@orpc/server/node";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";
import { router } from "./orpc-router.ts";

export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const handler = new RPCHandler(router);
    const server = createServer(async (request, response) => {
      const { matched } = await handler.handle(request, response);
      if (!matched) response.writeHead(404).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  },
  async connect(address) {
    const client = createORPCClient<RouterClient<typeof router>>(new RPCLink({ url: address }));
    return { call: (value) => client.echo(value) };
  },
};
