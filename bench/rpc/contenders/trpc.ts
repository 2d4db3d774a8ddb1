import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createTRPCClient, httpLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";

const { router, procedure } = initTRPC.create();
const echoes = router({
  echo: procedure.input((value) => value as Order).mutation(({ input }) => input),
});

/** A request for each call, as for all others: no batches. */
export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const server = createHTTPServer({ router: echoes });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  },
  async connect(address) {
    const client = createTRPCClient<typeof echoes>({ links: [httpLink({ url: address })] });
    return { call: (value) => client.echo.mutate(value) };
  },
};
