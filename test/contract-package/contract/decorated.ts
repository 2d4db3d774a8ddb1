import { arg, oneway, rpc, service, stream, type Topic, t, topic, unimplemented } from "trunkline";
import { type Item, Item as ItemType, Order, OutOfStock, Payment, Text, Tree } from "./types.js";

@service("shop.Orders", { version: "1.0.0" })
export abstract class Orders {
  @rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock] })
  place(order: Order): Promise<bigint> {
    return unimplemented(order);
  }

  @rpc({ params: [arg("payment", Payment), arg("progress", t.callback([arg("percent", t.int32)], t.bool))] })
  pay(payment: Payment, progress: (percent: number) => Promise<boolean>): Promise<void> {
    return unimplemented(payment, progress);
  }

  @rpc({ params: [t.stream(ItemType)], returns: t.int32 })
  load(items: AsyncIterable<Item>): Promise<number> {
    return unimplemented(items);
  }

  @rpc({ params: [arg("tree", Tree), arg("text", Text)], returns: t.optional(Tree) })
  plant(tree: Tree, text: Text): Promise<Tree | undefined> {
    return unimplemented(tree, text);
  }

  @oneway({ params: [arg("line", t.string)] })
  audit(line: string): void {
    unimplemented(line);
  }

  @stream({ params: [arg("since", t.int64)], yields: Order })
  watch(since: bigint): AsyncIterable<Order> {
    return unimplemented(since);
  }

  @topic(Order)
  get placed(): Topic<Order> {
    return unimplemented();
  }
}
