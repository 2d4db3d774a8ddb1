import { fastify } from "fastify";
import { Pool } from "undici";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";

/** A bare echo over HTTP/1.1, without schemas; as many connections as there are calls under way. */
export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const server = fastify();
    server.post("/echo", async ({ body }) => body);
    return { address: await server.listen({ port: 0, host: "127.0.0.1" }) };
  },
  async connect(address) {
    const pool = new Pool(address);
    const headers = { "content-type": "application/json" };
    return {
      async call(value) {
        const reply = await pool.request({ path: "/echo", method: "POST", headers, body: JSON.stringify(value) });
        return (await reply.body.json()) as Order;
      },
    };
  },
};
