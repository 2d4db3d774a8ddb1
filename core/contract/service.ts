import type { CallContext } from "../context.ts";
import { RpcError } from "../error.ts";
import type { ContractDescriptor } from "./contract.ts";
import { type Definition, definitionOf, type Untyped } from "./definition.ts";
import { describe, type ServiceOptions } from "./describe.ts";
import {
  contractOfProtobuf,
  isProtobufService,
  type ProtobufService,
  type ProtobufSignatures,
} from "./protobuf-service.ts";

/** Where a decorated class keeps its descriptor; shared by two copies of the package in one process. */
const CONTRACT = Symbol.for("trunkline.contract");

/** What `rpc`, `oneway`, `stream` and `topic` return. It says nothing of signatures, which would guide their inference. */
export type Members = Readonly<Record<string, { readonly role: "method" | "topic"; readonly definition: Definition }>>;

/** A contract made by `defineService`. */
export interface Contract<M extends Members = Members> extends ContractDescriptor {
  readonly members?: M;
}
/** A decorated class. */
export type ContractClass<I = object> = abstract new (...args: never) => I;
export type ContractLike = Contract | ContractClass | ProtobufService;

/** Declares a service from its members; what the decorators do, for plain JavaScript or by taste. */
export function defineService<const M extends Members>(name: string, options: ServiceOptions, members: M): Contract<M> {
  const definitions = new Map<string, Definition>();
  for (const [member, value] of Object.entries(members)) {
    const definition = definitionOf(value);
    if (definition === undefined) {
      throw new TypeError(`service ${name}: ${member} is not made by rpc, oneway, stream or topic`);
    }
    definitions.set(member, definition);
  }
  return describe(name, options, definitions) as Contract<M>;
}

type ServiceDecorator = <C extends ContractClass>(target: C, context?: ClassDecoratorContext) => void;

/** Makes a contract of a class whose methods and topic getters are decorated. */
export function service(name: string, options: ServiceOptions = {}): ServiceDecorator {
  return (target) => {
    const definitions = new Map<string, Definition>();
    const prototypes: object[] = [];
    for (
      let p = target.prototype as object | null;
      p !== null && p !== Object.prototype;
      p = Object.getPrototypeOf(p)
    ) {
      prototypes.unshift(p);
    }
    for (const prototype of prototypes) {
      for (const [member, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
        const definition = definitionOf(value) ?? definitionOf(get);
        if (definition !== undefined) definitions.set(member, definition);
      }
    }
    Object.defineProperty(target, CONTRACT, { value: describe(name, options, definitions) });
  };
}

/** The plain, frozen descriptor of a contract; also of a class that extends a decorated one, and of a generated service. */
export function contractOf(contract: ContractLike): ContractDescriptor {
  if (typeof contract !== "function") return isProtobufService(contract) ? contractOfProtobuf(contract) : contract;
  const found = (contract as { [CONTRACT]?: ContractDescriptor })[CONTRACT];
  if (found === undefined) {
    throw new TypeError(`${contract.name || "the class"} is not a contract: decorate it with @service(name)`);
  }
  return found;
}

/** The body of a contract's methods. It takes the arguments so that none of them is unused. */
export function unimplemented(..._args: readonly unknown[]): never {
  throw new RpcError({ code: "UNIMPLEMENTED", message: "this method of the contract has no implementation" });
}

/** True for a method that the contract declared and nobody has overridden. */
export function isUnimplemented(member: unknown): boolean {
  return member === undefined || definitionOf(member) !== undefined;
}

/** What does the work of a method of the signature `F`. */
export type Handler<F> = F extends (...args: infer A) => infer R
  ? (...args: [...A, ctx: CallContext]) => R | Resolved<R>
  : never;
/** A handler may also return its value without a promise; a oneway's may be async. */
type Resolved<R> = R extends Promise<infer V> ? V : R extends void ? Promise<void> : never;

type MemberHandler<D> = D extends { readonly signature?: Untyped<infer R> }
  ? // biome-ignore lint/suspicious/noExplicitAny: the contract says nothing about these arguments, the handler does
    (...args: any[]) => R | Resolved<R>
  : D extends { readonly handler?: infer H }
    ? Handler<H>
    : never;

/** The handlers that a contract made by `defineService`, or generated, needs: one per method. */
export type Handlers<C extends Contract | ProtobufService> =
  C extends Contract<infer M>
    ? { readonly [K in keyof M as M[K] extends { readonly role: "method" } ? K : never]: MemberHandler<M[K]> }
    : C extends ProtobufService
      ? { readonly [K in keyof ProtobufSignatures<C>]: Handler<ProtobufSignatures<C>[K]> }
      : never;
