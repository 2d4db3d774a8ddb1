import type { Client } from "../contender.ts";

/** Only its types are of the sources. */
type Trunkline = typeof import("../../../index.ts");

/** The contract of the server of the question of calls. */
export const client: Client = {
  async load(dist) {
    const { arg, connect, defineService, rpc, t }: Trunkline = await import(`${dist}/index.js`);
    return {
      async connect(address) {
        const Item = t.struct("bench.Item", { sku: t.string, qty: t.int32, price: t.float64 });
        const Order = t.struct("bench.Order", {
          id: t.int53,
          customer: t.string,
          currency: t.string,
          express: t.bool,
          items: t.list(Item),
          note: t.string,
        });
        const Echo = defineService(
          "bench.Echo",
          { version: "1.0.0" },
          { echo: rpc({ params: [arg("order", Order)], returns: Order }) },
        );
        const remote = await (await connect({ endpoints: [address] })).refer(Echo);
        return { call: (order) => remote.echo(order) };
      },
    };
  },
};
