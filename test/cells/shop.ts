import type { CallContext } from "trunkline";
import { type Order, Orders, OutOfStock } from "./contract.ts";

/** Implements the contract; its fields show what field initialisers do to decorated members. */
export class Shop extends Orders {
  readonly audited: string[] = [];
  context: CallContext | undefined;

  override async place(order: Order, ctx?: CallContext): Promise<bigint> {
    this.context = ctx;
    const sku = order.items.find((item) => item.qty > 100)?.sku;
    if (sku !== undefined) throw new OutOfStock({ sku, left: 100 });
    await this.placed.publish(order, { key: "eu.berlin" });
    return order.id;
  }

  override async pack(steps: number, report: (percent: number) => Promise<boolean>): Promise<string> {
    let told = 0;
    while (told < steps && (await report(told))) told++;
    return `packed in ${told}`;
  }

  override async load(orders: AsyncIterable<Order>): Promise<number> {
    let items = 0;
    for await (const order of orders) items += order.items.length;
    return items;
  }

  override audit(line: string): void {
    this.audited.push(line);
  }

  override async *count(from: bigint): AsyncIterable<bigint> {
    for (let n = from; n < from + 3n; n++) yield n;
  }

  override async echo(value: unknown): Promise<unknown> {
    return value;
  }
}
