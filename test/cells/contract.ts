import { arg, type Infer, oneway, rpc, service, stream, type Topic, t, topic, unimplemented } from "trunkline";

export const Color = t.enums("cells.Color", ["red", "green"]);
export const Payment = t.union("cells.Payment", { card: t.string, cash: t.int32 });
export const Category = t.struct("cells.Category", {
  name: t.string,
  get parts() {
    return t.list(Category);
  },
});
export type Category = Infer<typeof Category>;
export const Item = t.struct("cells.Item", {
  sku: t.field(9, t.string),
  qty: t.default(t.int32, 1),
  color: t.optional(Color),
  category: t.optional(Category),
});
export const Order = t.struct("cells.Order", {
  id: t.int64,
  items: t.list(Item),
  payment: Payment,
  tags: t.map(t.string),
});
export type Order = Infer<typeof Order>;
export const OutOfStock = t.error("cells.OutOfStock", { sku: t.string, left: t.int32 });

/** Every kind of member and of argument; compiled and run in each cell. */
@service("cells.Orders", { version: "1.2.3", group: "cells" })
export abstract class Orders {
  @rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock], idempotent: true })
  place(order: Order): Promise<bigint> {
    return unimplemented(order);
  }

  @rpc({ params: [t.int32, arg("report", t.callback([arg("percent", t.int32)], t.bool))], returns: t.string })
  pack(steps: number, report: (percent: number) => Promise<boolean>): Promise<string> {
    return unimplemented(steps, report);
  }

  @rpc({ params: [arg("orders", t.stream(Order))], returns: t.int32 })
  load(orders: AsyncIterable<Order>): Promise<number> {
    return unimplemented(orders);
  }

  @oneway({ params: [arg("line", t.string)] })
  audit(line: string): void {
    unimplemented(line);
  }

  @stream({ params: [arg("from", t.int64)], yields: t.int64 })
  count(from: bigint): AsyncIterable<bigint> {
    return unimplemented(from);
  }

  @topic(Order) get placed(): Topic<Order> {
    return unimplemented();
  }

  @rpc() echo(value: unknown): Promise<unknown> {
    return unimplemented(value);
  }
}
