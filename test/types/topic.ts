import { type Topic, t, topic, unimplemented } from "trunkline";
import { type Item, Order } from "./shop.ts";

export abstract class WrongTopics {
  // @ts-expect-error a topic of any
  @topic(Order) // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  get any(): Topic<any> {
    return unimplemented();
  }

  // @ts-expect-error a topic of unknown
  @topic(Order)
  get unknown(): Topic<unknown> {
    return unimplemented();
  }

  // @ts-expect-error a topic of something else
  @topic(Order)
  get other(): Topic<Item> {
    return unimplemented();
  }

  // @ts-expect-error a topic of a wider type
  @topic(t.string)
  get wider(): Topic<string | undefined> {
    return unimplemented();
  }

  // @ts-expect-error any
  @topic(Order) // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  get bare(): any {
    return unimplemented();
  }

  // @ts-expect-error the value itself
  @topic(Order)
  get value(): Order {
    return unimplemented();
  }

  // @ts-expect-error a method
  @topic(Order)
  method(): Topic<Order> {
    return unimplemented();
  }

  // @ts-expect-error a static getter
  @topic(Order)
  static get still(): Topic<Order> {
    return unimplemented();
  }

  // @ts-expect-error a field, which the constructor would overwrite
  @topic(Order)
  field!: Topic<Order>;

  // @ts-expect-error a setter
  @topic(Order)
  set setter(value: Topic<Order>) {
    unimplemented(value);
  }

  // @ts-expect-error a name that is no text
  @topic(Order)
  get [Symbol.match](): Topic<Order> {
    return unimplemented();
  }
}

export function wrongValues(): void {
  // @ts-expect-error a topic carries values of a type
  topic("shop.Order");
  // @ts-expect-error a value is never absent
  topic(t.optional(Order));
  // @ts-expect-error a function is no message
  topic(t.callback());
  // @ts-expect-error the type is missing
  topic();
}
