import { type Client, connect, contractOf, serve } from "trunkline";
import { type Order, Orders, OutOfStock } from "./contract.ts";
import { Defined } from "./defined.ts";
import { Shop } from "./shop.ts";
import { world } from "./world.ts";

const order: Order = {
  id: 2n ** 60n,
  items: [{ sku: "a", qty: 1, color: "green", category: { name: "tools", parts: [{ name: "saws", parts: [] }] } }],
  payment: { kind: "cash", value: 5 },
  tags: { gift: "yes" },
};

async function* two(): AsyncIterable<Order> {
  yield order;
  yield order;
}

/** One call of every kind, and what came of it. */
async function callEverything(orders: Client<typeof Orders>, shop: Shop): Promise<Record<string, unknown>> {
  let hear: (order: Order) => void = () => {};
  const heard = new Promise<Order>((resolve) => {
    hear = resolve;
  });
  const subscription = await orders.placed.subscribe((value) => hear(value), { key: "eu.*" });
  const id = await orders.place(order);
  const published = await heard;
  await subscription.unsubscribe();
  const refused = await orders.place({ ...order, items: [{ sku: "b", qty: 101 }] }).catch((error: unknown) => error);
  await orders.audit.sent("checked");
  const counted: string[] = [];
  for await (const n of orders.count(7n)) counted.push(String(n));
  const reported: number[] = [];
  const packed = await orders.pack(3, async (percent) => reported.push(percent) < 3);
  const later = orders.place.future(order);
  return {
    id: String(id),
    published: published.items[0]?.category?.parts[0]?.name,
    refused: refused instanceof OutOfStock ? [refused.sku, refused.left] : String(refused),
    counted,
    packed,
    reported,
    loaded: await orders.load(two()),
    echoed: await orders.echo({ any: ["thing", 1] }),
    future: String(await later),
    audited: shop.audited,
    context: shop.context?.method,
  };
}

const shop = new Shop();
await using server = await serve({ services: [shop], listen: ["tcp://127.0.0.1:0"] });
await using client = await connect({ endpoints: server.endpoints, codec: "json" });
const orders = await client.refer(Orders);
const defined = await client.refer(Defined);

console.log(
  JSON.stringify({
    world,
    fingerprint: contractOf(Orders).fingerprint,
    ofImplementation: contractOf(Shop).fingerprint,
    defined: contractOf(Defined).fingerprint,
    frozen: Object.isFrozen(contractOf(Orders)) && Object.isFrozen(contractOf(Orders).methods),
    calls: await callEverything(orders, shop),
    byDefined: String(await defined.place(order)),
  }),
);
