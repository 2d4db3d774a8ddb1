import { type ContractClass, contractOf, defineService, rpc, service, t, topic, unimplemented } from "trunkline";
import { some } from "./exact.ts";
import { Order, Orders } from "./shop.ts";

export abstract class WrongPlaces {
  // @ts-expect-error a service is a class
  @service("types.Method")
  method(): void {
    unimplemented();
  }

  // @ts-expect-error a service is a class
  @service("types.Getter")
  get getter(): string {
    return unimplemented();
  }

  // @ts-expect-error a service is a class
  @service("types.Static")
  static still(): void {
    unimplemented();
  }

  // @ts-expect-error a service is a class
  @service("types.Field")
  field = 1;
}

// @ts-expect-error a service has a name
@service()
export abstract class Nameless {}

// @ts-expect-error the version is text
@service("types.Version", { version: 1 })
export abstract class Versioned {}

// @ts-expect-error methods are not classes
@rpc({ returns: t.string })
export abstract class Method {}

// @ts-expect-error topics are not classes
@topic(Order)
export abstract class Topical {}

// @ts-expect-error the decorator is made by a call
@service
export abstract class Uncalled {}

export function wrongDefinitions(): void {
  // @ts-expect-error a member is made by rpc, oneway, stream or topic
  defineService("types.Plain", {}, { place: (order: Order) => order.id });
  // @ts-expect-error a member is made by rpc, not described by its options
  defineService("types.Options", {}, { place: { params: [Order], returns: t.int64 } });
  // @ts-expect-error a type alone is no member
  defineService("types.Type", {}, { placed: Order });
  // @ts-expect-error the name comes first
  defineService({}, { ping: rpc() });
  // @ts-expect-error a group is text
  defineService("types.Group", { group: 7 }, { ping: rpc() });
  // @ts-expect-error no such option
  defineService("types.Option", { vesion: "1.0.0" }, { ping: rpc() });
  // @ts-expect-error an instance is not a contract
  contractOf(some<Orders>());
  contractOf(Orders);
}

export const takesClasses: ContractClass = Orders;
