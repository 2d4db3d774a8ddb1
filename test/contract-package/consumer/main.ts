import { connected, Orders, OutOfStock } from "shop-contract";
import { serve } from "trunkline";
import { order } from "./use.js";

class Shop extends Orders {
  override async place(placed: typeof order): Promise<bigint> {
    if (placed.items.length === 0) throw new OutOfStock({ sku: "none" });
    return placed.id;
  }
}
const server = await serve({ services: [new Shop()], listen: ["tcp://127.0.0.1:0"], partial: true });
const { client, orders } = await connected(server.endpoints[0] as string).catch(async (error: unknown) => {
  await server.close();
  throw error;
});
const id = await orders.place(order);
const refused = await orders.place({ ...order, items: [] }).catch((error: unknown) => error instanceof OutOfStock);
console.log(JSON.stringify({ id: String(id), refused }));
await client.close();
await server.close();
