import type { Defined, Item, Order, Orders, OutOfStock, Payment, Text, Tree, Unnamed } from "shop-contract";
import type { Client, Infer, InferInput } from "trunkline";

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
function same<A, B>(..._equal: Equal<A, B> extends true ? [] : [never]): void {}

const item: Item = { sku: "a", qty: 2, size: "small" };
const text: Text = {
  kind: "words",
  value: [
    { kind: "word", value: "x" },
    { kind: "words", value: [] },
  ],
};
const tree: Tree = {
  label: "a",
  left: { label: "b", kids: [] },
  kids: [{ label: "c", kids: [{ label: "d", kids: [] }] }],
};
export const order: Order = {
  id: 7n,
  items: [item],
  payments: { first: { kind: "cash", value: 5 }, second: { kind: "item", value: item } },
  tree,
  text,
  at: new Date(0),
  cache: [],
  extra: { mail: "a@b" },
  thumbnail: new Uint8Array(1),
  total: "12.50",
  paid: true,
  count: 1,
  weight: 0.5,
  share: 0.25,
};

type ItemInput = InferInput<typeof Item>;

/** What the declarations say is what the contract said. */
export function exact(orders: Client<typeof Orders>, defined: Client<typeof Defined>): void {
  same<Item, { sku: string; qty: number; color?: "red" | "green" | undefined; size: "small" | "large" }>();
  same<Payment["kind"], "card" | "cash" | "item">();
  same<Parameters<typeof orders.place>, [Order]>();
  same<Parameters<typeof defined.place>, [InferInput<typeof Order>]>();
  same<ItemInput, { sku: string; qty?: number | undefined; color?: "red" | "green" | undefined; size: Item["size"] }>();
  same<InferInput<typeof Order>["items"], ItemInput[]>();
  same<InferInput<typeof Order>["tree"], Tree>();
  same<ReturnType<typeof defined.place>, Promise<bigint>>();
  same<ReturnType<typeof defined.plant>, Promise<Tree | undefined>>();
  same<Parameters<typeof defined.plant>, [Tree, Text]>();
  same<ReturnType<typeof defined.watch>, AsyncIterable<Order>>();
  same<Parameters<typeof defined.pay>, [InferInput<typeof Payment>, (percent: number) => Promise<boolean>]>();
  same<Parameters<typeof defined.load>, [AsyncIterable<ItemInput>]>();
  same<Parameters<typeof defined.audit>, [string]>();
  same<Parameters<typeof defined.check>, [{ mail: string }]>();
  same<Parameters<Parameters<typeof defined.placed.subscribe>[0]>[0], Order>();
  same<InstanceType<typeof OutOfStock>["sku"], string>();
  same<InstanceType<typeof OutOfStock>["left"], number | undefined>();
}

export async function wrong(orders: Client<typeof Orders>, defined: Client<typeof Defined>): Promise<void> {
  // @ts-expect-error an order has items
  await orders.place({ id: 1n });
  // @ts-expect-error an order has items
  await defined.place({ id: 1n });
  // @ts-expect-error deep in a tree is a tree
  await defined.plant({ label: "a", kids: [{ label: "b", kids: [{ label: 5, kids: [] }] }] }, text);
  // @ts-expect-error deep in a text is a text
  await defined.plant(tree, { kind: "words", value: [{ kind: "words", value: [{ kind: "word", value: 5 }] }] });
  // @ts-expect-error a oneway answers nothing
  await defined.audit("line").then();
  // @ts-expect-error another message
  await defined.placed.publish("order");
  // @ts-expect-error no member of the enum
  same<Item["size"], "tiny">();
  // @ts-expect-error what the declarations lost is refused, and the error says how to keep it
  const unnamed: Infer<typeof Unnamed> = { label: "a", kids: [{ label: "b", kids: [] }] };
  void unnamed;
}
