import { arg, type CallContext, oneway, rpc, type Topic, t, unimplemented } from "trunkline";
import { type Item, Order, OutOfStock } from "./shop.ts";

/** Every signature that disagrees with `(order: Order) => Promise<bigint>`. */
export abstract class WrongParameters {
  // @ts-expect-error no parameters
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  none(): Promise<bigint> {
    return unimplemented();
  }

  // @ts-expect-error a parameter of type any
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  any(order: any): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error a parameter of type unknown
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  unknown(order: unknown): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error one parameter more, optional
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  optional(order: Order, note?: string): Promise<bigint> {
    return unimplemented(order, note);
  }

  // @ts-expect-error one parameter more
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  more(order: Order, note: string): Promise<bigint> {
    return unimplemented(order, note);
  }

  // @ts-expect-error the rest of the arguments
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  rest(...orders: Order[]): Promise<bigint> {
    return unimplemented(orders);
  }

  // @ts-expect-error the declared parameter made optional
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  mayMiss(order?: Order): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error another struct
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  other(order: Item): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error a wider struct
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  wider(order: Pick<Order, "id">): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error a number where the type is a bigint
  @rpc({ params: [t.int64] })
  scalar(id: number): Promise<void> {
    return unimplemented(id);
  }

  // @ts-expect-error two parameters in the wrong order
  @rpc({ params: [t.int64, t.string] })
  swapped(text: string, id: bigint): Promise<void> {
    return unimplemented(text, id);
  }

  // @ts-expect-error a parameter that no type describes
  @rpc({ returns: t.int64 })
  undeclared(order: Order): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error an optional parameter must say undefined
  @rpc({ params: [t.optional(t.string)] })
  absent(note: string): Promise<void> {
    return unimplemented(note);
  }

  // @ts-expect-error a type parameter of its own
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  generic<T extends Order>(order: T): Promise<bigint> {
    return unimplemented(order);
  }
}

export abstract class WrongResults {
  // @ts-expect-error a promise of any
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  any(order: Order): Promise<any> {
    return unimplemented(order);
  }

  // @ts-expect-error a promise of unknown
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  unknown(order: Order): Promise<unknown> {
    return unimplemented(order);
  }

  // @ts-expect-error no promise
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  direct(order: Order): bigint {
    return unimplemented(order);
  }

  // @ts-expect-error any
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  bare(order: Order): any {
    return unimplemented(order);
  }

  // @ts-expect-error never, which `unimplemented` is
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  never(order: Order): never {
    return unimplemented(order);
  }

  // @ts-expect-error another result
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  other(order: Order): Promise<number> {
    return unimplemented(order);
  }

  // @ts-expect-error a result that no type describes
  @rpc({ params: [arg("order", Order)] })
  undeclared(order: Order): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error a declared result that nothing returns
  @rpc({ params: [arg("order", Order)], returns: t.int64 })
  nothing(order: Order): Promise<void> {
    return unimplemented(order);
  }

  // @ts-expect-error an optional result must say undefined
  @rpc({ returns: t.optional(Order) })
  absent(): Promise<Order> {
    return unimplemented();
  }

  // @ts-expect-error a stream
  @rpc({ returns: Order })
  stream(): AsyncIterable<Order> {
    return unimplemented();
  }
}

export abstract class WrongArguments {
  // @ts-expect-error a callback of the wrong parameters
  @rpc({ params: [t.callback([t.int32], t.bool)] })
  callbackParams(report: (percent: string) => Promise<boolean>): Promise<void> {
    return unimplemented(report);
  }

  // @ts-expect-error a callback without its parameter
  @rpc({ params: [t.callback([t.int32], t.bool)] })
  callbackNone(report: () => Promise<boolean>): Promise<void> {
    return unimplemented(report);
  }

  // @ts-expect-error a callback that returns no promise
  @rpc({ params: [t.callback([t.int32], t.bool)] })
  callbackDirect(report: (percent: number) => boolean): Promise<void> {
    return unimplemented(report);
  }

  // @ts-expect-error a callback of any
  @rpc({ params: [t.callback([t.int32], t.bool)] })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  callbackAny(report: (percent: any) => Promise<boolean>): Promise<void> {
    return unimplemented(report);
  }

  // @ts-expect-error a stream of the wrong items
  @rpc({ params: [t.stream(Order)] })
  streamItems(orders: AsyncIterable<Item>): Promise<void> {
    return unimplemented(orders);
  }

  // @ts-expect-error a stream of any
  @rpc({ params: [t.stream(Order)] })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  streamAny(orders: AsyncIterable<any>): Promise<void> {
    return unimplemented(orders);
  }

  // @ts-expect-error a list where the type is a stream
  @rpc({ params: [t.stream(Order)] })
  streamList(orders: Order[]): Promise<void> {
    return unimplemented(orders);
  }
}

export abstract class WrongPlaces {
  // @ts-expect-error a static method
  @rpc({ params: [t.int32] })
  static still(n: number): Promise<void> {
    return unimplemented(n);
  }

  // @ts-expect-error a field
  @rpc({ params: [t.int32] })
  field: (n: number) => Promise<void> = async () => {};

  // @ts-expect-error a getter that returns the function
  @rpc({ params: [t.int32] })
  get getter(): (n: number) => Promise<void> {
    return unimplemented();
  }

  // @ts-expect-error a topic
  @rpc({ returns: Order })
  get topic(): Topic<Order> {
    return unimplemented();
  }

  // @ts-expect-error a name that is no text
  @rpc({ params: [t.int32] })
  [Symbol.match](n: number): Promise<void> {
    return unimplemented(n);
  }
}

export abstract class WrongUntyped {
  // @ts-expect-error an untyped method returns a promise
  @rpc() direct(n: number): number {
    return unimplemented(n);
  }

  // @ts-expect-error any is not a promise
  @rpc()
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  any(): any {
    return unimplemented();
  }

  // @ts-expect-error an untyped method has no context
  @rpc() context(n: number, ctx: CallContext): Promise<number> {
    return unimplemented(n, ctx);
  }

  // @ts-expect-error an untyped method has no context
  @rpc() mayHaveContext(n: number, ctx?: CallContext): Promise<number> {
    return unimplemented(n, ctx);
  }

  // @ts-expect-error a static method
  @rpc() static still(): Promise<void> {
    return unimplemented();
  }

  // @ts-expect-error a getter
  @rpc() get getter(): () => Promise<void> {
    return unimplemented();
  }
}

/** Options that describe nothing. */
export function wrongOptions(): void {
  // @ts-expect-error a parameter is a type, not a constructor
  rpc({ params: [String] });
  // @ts-expect-error a result is a type
  rpc({ returns: "string" });
  // @ts-expect-error a result is no callback
  rpc({ returns: t.callback() });
  // @ts-expect-error a result is no stream: use @stream
  rpc({ returns: t.stream(Order) });
  // @ts-expect-error what is thrown is made by t.error
  rpc({ throws: [Error] });
  // @ts-expect-error a struct is not thrown
  rpc({ throws: [Order] });
  // @ts-expect-error an error stands in throws, not among the parameters
  rpc({ params: [OutOfStock] });
  // @ts-expect-error a word that is no option
  rpc({ yields: Order });
  // @ts-expect-error arg takes the name first
  rpc({ params: [arg(Order, "order")] });
  rpc({ http: { get: "/v1" } });
  rpc({ http: { custom: { kind: "HEAD", path: "/v1" }, additionalBindings: [{ post: "/v1", body: "*" }] } });
  // @ts-expect-error a path without a method
  rpc({ http: { body: "*" } });
  // @ts-expect-error a path of two methods
  rpc({ http: { get: "/v1", put: "/v1" } });
  // @ts-expect-error a GET has no body
  rpc({ http: { get: "/v1", body: "*" } });
  // @ts-expect-error a word that is no method
  rpc({ http: { fetch: "/v1" } });
  // @ts-expect-error bindings do not nest
  rpc({ http: { get: "/v1", additionalBindings: [{ get: "/v2", additionalBindings: [] }] } });
  // @ts-expect-error nobody waits for the answer of a oneway
  oneway({ http: { get: "/v1" } });
}
