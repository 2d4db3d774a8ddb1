import { connected, type Order, Orders, OutOfStock } from "shop-contract";
import { RpcError, serve } from "trunkline";

class Shop extends Orders {
  override async place(placed: Order): Promise<bigint> {
    if (placed.items.length === 0) throw new OutOfStock({ sku: "none" });
    return placed.id;
  }
}

/** The same from CommonJS. */
async function main(): Promise<void> {
  const { order } = await import("./use.js");
  const server = await serve({ services: [new Shop()], listen: ["tcp://127.0.0.1:0"], partial: true });
  const { client, orders } = await connected(server.endpoints[0] as string);
  const id: bigint = await orders.place(order);
  const refused = await orders.place({ ...order, items: [] }).catch((error: unknown) => error instanceof RpcError);
  console.log(JSON.stringify({ id: String(id), refused }));
  await client.close();
  await server.close();
}
void main();
