import { arg, type Infer, oneway, rpc, service, stream, type Topic, t, topic, unimplemented } from "../../index.ts";

export const Item = t.struct("shop.Item", { sku: t.string, qty: t.int32, price: t.float64 });
export type Item = Infer<typeof Item>;

export const Order = t.struct("shop.Order", {
  id: t.int64,
  customer: t.string,
  region: t.string,
  items: t.list(Item),
  note: t.optional(t.string),
});
export type Order = Infer<typeof Order>;

export const Receipt = t.struct("shop.Receipt", { order: t.int64, total: t.float64, provider: t.string });
export type Receipt = Infer<typeof Receipt>;

export const Stage = t.enums("shop.Stage", ["accepted", "packed", "shipped"]);
export type Stage = Infer<typeof Stage>;

/** What a line of an order costs. */
export const Priced = t.struct("shop.Priced", { sku: t.string, amount: t.float64 });
export type Priced = Infer<typeof Priced>;

export const Status = t.struct("shop.Status", { pid: t.int32, executed: t.int53 });
export type Status = Infer<typeof Status>;

/** Called by the provider while it works on an order. */
const Report = t.callback([arg("stage", Stage), arg("percent", t.int32)]);

/** The one contract of the demo: what differs from pattern to pattern is how it is called, not what it says. */
@service("shop.Orders", { version: "1.0.0" })
export abstract class Orders {
  @rpc({ params: [arg("order", Order)], returns: Receipt })
  place(order: Order): Promise<Receipt> {
    return unimplemented(order);
  }

  /** Asking twice for a price changes nothing, so a call whose connection died is sent again. */
  @rpc({ params: [arg("order", Order)], returns: t.float64, idempotent: true })
  quote(order: Order): Promise<number> {
    return unimplemented(order);
  }

  @oneway({ params: [arg("order", t.int64), arg("line", t.string)] })
  audit(order: bigint, line: string): void {
    unimplemented(order, line);
  }

  @rpc({ params: [arg("order", Order), arg("report", Report)], returns: Receipt })
  placeReporting(order: Order, report: (stage: Stage, percent: number) => Promise<void>): Promise<Receipt> {
    return unimplemented(order, report);
  }

  @stream({ params: [arg("order", Order)], yields: Stage })
  track(order: Order): AsyncIterable<Stage> {
    return unimplemented(order);
  }

  @rpc({ params: [arg("order", t.int64), arg("items", t.stream(Item))], returns: Receipt })
  upload(order: bigint, items: AsyncIterable<Item>): Promise<Receipt> {
    return unimplemented(order, items);
  }

  @stream({ params: [arg("order", t.int64), arg("items", t.stream(Item))], yields: Priced })
  price(order: bigint, items: AsyncIterable<Item>): AsyncIterable<Priced> {
    return unimplemented(order, items);
  }

  @topic(Order)
  get placed(): Topic<Order> {
    return unimplemented();
  }

  /** Who is there: answered without a trace in the journal. */
  @rpc({ returns: Status, idempotent: true })
  status(): Promise<Status> {
    return unimplemented();
  }
}

export function amount(item: Item): number {
  return item.qty * item.price;
}

export function total(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
