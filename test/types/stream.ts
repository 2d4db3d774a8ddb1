import { stream, t, unimplemented } from "trunkline";
import { type Item, Order } from "./shop.ts";

export abstract class WrongStreams {
  // @ts-expect-error other items
  @stream({ params: [t.int64], yields: Order })
  items(since: bigint): AsyncIterable<Item> {
    return unimplemented(since);
  }

  // @ts-expect-error items of any
  @stream({ params: [t.int64], yields: Order })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  any(since: bigint): AsyncIterable<any> {
    return unimplemented(since);
  }

  // @ts-expect-error items of unknown
  @stream({ params: [t.int64], yields: Order })
  unknown(since: bigint): AsyncIterable<unknown> {
    return unimplemented(since);
  }

  // @ts-expect-error a synchronous iterable
  @stream({ params: [t.int64], yields: Order })
  sync(since: bigint): Iterable<Order> {
    return unimplemented(since);
  }

  // @ts-expect-error a promise of a stream
  @stream({ params: [t.int64], yields: Order })
  promise(since: bigint): Promise<AsyncIterable<Order>> {
    return unimplemented(since);
  }

  // @ts-expect-error one item
  @stream({ params: [t.int64], yields: Order })
  one(since: bigint): Promise<Order> {
    return unimplemented(since);
  }

  // @ts-expect-error items that may be absent
  @stream({ params: [t.int64], yields: Order })
  absent(since: bigint): AsyncIterable<Order | undefined> {
    return unimplemented(since);
  }

  // @ts-expect-error no parameters
  @stream({ params: [t.int64], yields: Order })
  none(): AsyncIterable<Order> {
    return unimplemented();
  }

  // @ts-expect-error a parameter of type any
  @stream({ params: [t.int64], yields: Order })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  anything(since: any): AsyncIterable<Order> {
    return unimplemented(since);
  }

  // @ts-expect-error one parameter more, optional
  @stream({ params: [t.int64], yields: Order })
  optional(since: bigint, limit?: number): AsyncIterable<Order> {
    return unimplemented(since, limit);
  }

  // @ts-expect-error a list of what comes up as a stream
  @stream({ params: [t.stream(t.string)], yields: Order })
  up(lines: string[]): AsyncIterable<Order> {
    return unimplemented(lines);
  }

  // @ts-expect-error a stream of other items comes up
  @stream({ params: [t.stream(t.string)], yields: Order })
  upItems(lines: AsyncIterable<number>): AsyncIterable<Order> {
    return unimplemented(lines);
  }

  // @ts-expect-error a static method
  @stream({ params: [t.int64], yields: Order })
  static still(since: bigint): AsyncIterable<Order> {
    return unimplemented(since);
  }

  // @ts-expect-error a field
  @stream({ params: [t.int64], yields: Order })
  field: (since: bigint) => AsyncIterable<Order> = unimplemented;

  // @ts-expect-error a getter that returns the function
  @stream({ params: [t.int64], yields: Order })
  get getter(): (since: bigint) => AsyncIterable<Order> {
    return unimplemented();
  }

  // @ts-expect-error untyped, and yet a stream
  @stream() untyped(since: bigint): Promise<void> {
    return unimplemented(since);
  }
}

export function wrongOptions(): void {
  // @ts-expect-error the type of the items is missing
  stream({ params: [t.int64] });
  // @ts-expect-error an item is never absent
  stream({ yields: t.optional(Order) });
  // @ts-expect-error a stream has items, no result
  stream({ yields: Order, returns: Order });
  // @ts-expect-error a stream is not opened again
  stream({ yields: Order, idempotent: true });
}
