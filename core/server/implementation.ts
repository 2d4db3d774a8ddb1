import type { Topics } from "../client/client-types.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import type { Equal } from "../contract/definition.ts";
import type { ProtobufService } from "../contract/protobuf-service.ts";
import { type Contract, contractOf, type Handlers } from "../contract/service.ts";
import type { Topic } from "../contract/topic.ts";

/** Shared by two copies of the package in one process. */
const IMPLEMENTATION = Symbol.for("trunkline.implementation");

type AnyHandlers = Readonly<Record<string, unknown>>;
type AnyTopics = Readonly<Record<string, Topic<unknown>>>;

/** A contract and what does its work: what `serve` takes besides instances of classes. */
export interface Implementation {
  readonly contract: ContractDescriptor;
  /** Asked once by each server, with the topics that it serves. */
  readonly handlers: (topics: AnyTopics) => AnyHandlers;
}

/**
 * The other half of `defineService`: one handler per method. Handlers that publish are made by a function, which gets the
 * topics when it is served: `implement(Orders, (topics) => ({ place: (order) => topics.placed.publish(order) }))`.
 */
export function implement<C extends Contract | ProtobufService>(
  of: C,
  handlers: Handlers<C> | ((topics: Topics<C>) => Handlers<C>),
): Implementation {
  const contract = contractOf(of);
  const make = handlers as AnyHandlers | Implementation["handlers"];
  if (typeof make !== "function") checkNames(contract, make);
  return Object.freeze({
    [IMPLEMENTATION]: true,
    contract,
    handlers: (topics: AnyTopics) => (typeof make === "function" ? checkNames(contract, make(topics)) : make),
  });
}

function checkNames(contract: ContractDescriptor, handlers: AnyHandlers): AnyHandlers {
  for (const name of Object.keys(handlers)) {
    if (!contract.methods.some((method) => method.name === name)) {
      throw new TypeError(`implement ${contract.name}: the contract has no method ${name}`);
    }
  }
  return handlers;
}

type Instead<What extends string> = { readonly [K in What]: never };
/** `T`, where it may be something that `serve` can serve; else a type that says what to give. */
export type Servable<T> =
  Equal<T, object> extends true
    ? T
    : T extends Implementation
      ? T
      : T extends abstract new (
            ...args: never
          ) => unknown
        ? Instead<"give an instance of the class">
        : T extends ContractDescriptor
          ? Instead<"give implement(contract, handlers)">
          : keyof T extends never
            ? Instead<"give an instance of a contract's class, or implement(contract, handlers)">
            : T;

/** What `serve` was given, taken apart; throws a `TypeError` that says what to give instead. */
export function resolveService(
  service: unknown,
  place: string,
): {
  readonly contract: ContractDescriptor;
  readonly handlers: Implementation["handlers"];
  readonly instance: object | undefined;
} {
  if (typeof service === "function") {
    const name = service.name || "without a name";
    throw new TypeError(`${place} is the class ${name}; give an instance of it: new ${service.name}()`);
  }
  if (typeof service !== "object" || service === null) {
    throw new TypeError(
      `${place} is ${String(service)}; give an instance of a class, or implement(contract, handlers)`,
    );
  }
  if (IMPLEMENTATION in service) return { ...(service as unknown as Implementation), instance: undefined };
  if ("fingerprint" in service && "operations" in service) {
    const { name } = service as unknown as ContractDescriptor;
    throw new TypeError(`${place} is the contract ${name}; give implement(contract, handlers)`);
  }
  const prototype: unknown = Object.getPrototypeOf(service);
  if (prototype === null || prototype === Object.prototype) {
    throw new TypeError(`${place} is a plain object; give an instance of a class, or implement(contract, handlers)`);
  }
  return {
    contract: contractOf(service.constructor as never),
    handlers: () => service as AnyHandlers,
    instance: service,
  };
}
