import type { CallContext } from "./context.ts";
import { checkOptions, kinds, type OptionTable } from "./options.ts";
import { type DeclaredParam, toParams } from "./param.ts";
import type { Schema } from "./schema/schema.ts";
import type { Topic } from "./topic.ts";
import type { AnyKindType, ErrorType, Infer, InferParams, InferResult, OptionalType, Type } from "./type.ts";

/** Where a definition hangs on what it decorates; shared by two copies of the package in one process. */
const DEFINITION = Symbol.for("trunkline.definition");

export type Params = readonly DeclaredParam[];
export type Returns = Type | OptionalType | Schema | undefined;
export type Throws = readonly { readonly type: ErrorType }[];

export interface RpcOptions<P extends Params = Params, R extends Returns = Returns> {
  readonly params?: P;
  /** Nothing, if left out. */
  readonly returns?: R;
  /** The exceptions that arrive at the caller as their own class. */
  readonly throws?: Throws;
  /** True if doing it twice is the same as doing it once: then a call whose connection dies is sent again. Default `false`. */
  readonly idempotent?: boolean;
}
export interface OnewayOptions<P extends Params = Params> {
  readonly params?: P;
}
export interface StreamOptions<P extends Params = Params, Y extends Type | Schema = Type | Schema> {
  readonly params?: P;
  readonly yields: Y;
  readonly throws?: Throws;
}

const onewayTable: OptionTable<OnewayOptions> = { params: kinds.list };
const streamTable: OptionTable<StreamOptions> = { params: kinds.list, yields: kinds.anything, throws: kinds.list };
const rpcTable: OptionTable<RpcOptions> = {
  params: kinds.list,
  returns: kinds.anything,
  throws: kinds.list,
  idempotent: kinds.flag,
};

/** What a decorator or a member of `defineService` recorded. */
export type Definition =
  | (RpcOptions & { readonly kind: "rpc"; readonly untyped: boolean })
  | (OnewayOptions & { readonly kind: "oneway"; readonly untyped: boolean })
  | (StreamOptions & { readonly kind: "stream"; readonly untyped: boolean })
  | { readonly kind: "topic"; readonly value: Type | Schema };

/** True where the two types are the same, `any` and optional members included. */
export type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
/** `unknown` where the signatures are the same, else an impossible type that names the expected one. */
type Exact<F, Expected> = Equal<F, Expected> extends true ? unknown : { readonly "the signature must be": Expected };

/** What the context of a standard decorator must say; its generic parts would only narrow inference. */
interface InstanceMember<K extends string> {
  readonly kind: K;
  readonly name: string;
  readonly static: false;
  readonly private: false;
}
/** What the first argument of an experimental decorator must be: a prototype, not the class of a static member. */
interface Prototype {
  readonly constructor: unknown;
  readonly prototype?: never;
}

/** To an experimental decorator a getter looks like a method, but that nobody may assign to it. */
type IsGetter<T, K extends keyof T> = Equal<{ [P in K]: T[P] }, { readonly [P in K]: T[P] }>;
type MethodOf<T, K extends keyof T> = IsGetter<T, K> extends true ? { readonly "it must be a method": K } : unknown;
type GetterOf<T, K extends keyof T> = IsGetter<T, K> extends true ? unknown : { readonly "it must be a getter": K };

/** A decorator for methods in both worlds, and a member of `defineService`. */
export interface MethodDefinition<F> {
  <G>(value: G & Exact<G, F>, context: InstanceMember<"method">): void;
  <G, T extends Prototype, K extends keyof T & string>(
    target: T,
    key: K,
    descriptor: TypedPropertyDescriptor<G> & Exact<G, F> & MethodOf<T, K>,
  ): void;
  readonly role: "method";
  readonly definition: Definition;
  readonly signature?: F;
}
/** A decorator for the getter of a topic of the type `V` in both worlds, and a member of `defineService`. */
export interface TopicDefinition<V> {
  <G>(value: G & Exact<G, () => Topic<Infer<V>>>, context: InstanceMember<"getter">): void;
  <G, T extends Prototype, K extends keyof T & string>(
    target: T,
    key: K,
    descriptor: TypedPropertyDescriptor<G> & Exact<G, Topic<Infer<V>>> & GetterOf<T, K>,
  ): void;
  readonly role: "topic";
  readonly definition: Definition;
  readonly topic?: Infer<V>;
}
type Contextual<P> = P extends unknown ? Equal<P, CallContext> : never;
/** `unknown` where a function without declared types returns what its kind of method returns, else an impossible type. */
type Returning<G, R> = G extends (...args: infer A) => infer Actual
  ? true extends Contextual<A[number]>
    ? { readonly "an untyped method has no context, use": "currentCall()" }
    : Equal<Actual, void> extends Equal<R, void>
      ? 0 extends 1 & Actual
        ? { readonly "the result must be": R }
        : Actual extends R
          ? unknown
          : { readonly "the result must be": R }
      : { readonly "the result must be": R }
  : { readonly "it must be a method that returns": R };

/** What an untyped method of `defineService` is to its callers. Its handler gets what they pass, and no context. */
export interface Untyped<R> {
  (...args: unknown[]): R;
  readonly untyped: true;
}

/** Declares a method without types, for the self-describing codecs. `R` is what its kind of method returns. */
export interface UntypedDefinition<R> {
  <G>(value: G & Returning<G, R>, context: InstanceMember<"method">): void;
  <G, T extends Prototype, K extends keyof T & string>(
    target: T,
    key: K,
    descriptor: TypedPropertyDescriptor<G> & Returning<G, R> & MethodOf<T, K>,
  ): void;
  readonly role: "method";
  readonly definition: Definition;
  readonly signature?: Untyped<R>;
}

// By the declared types, not by their values: so a declaration file keeps recursion, which it could not write out.
export type RpcDefinition<P extends Params, R> = MethodDefinition<(...args: InferParams<P>) => Promise<InferResult<R>>>;
export type OnewayDefinition<P extends Params> = MethodDefinition<(...args: InferParams<P>) => void>;
export type StreamDefinition<P extends Params, Y> = MethodDefinition<
  (...args: InferParams<P>) => AsyncIterable<Infer<Y>>
>;

/** Request and response. Without options: an untyped method. */
export function rpc(): UntypedDefinition<Promise<unknown>>;
export function rpc<const P extends Params = [], R extends Returns = undefined>(
  options: RpcOptions<P, R>,
): RpcDefinition<P, R>;
export function rpc(options?: RpcOptions): unknown {
  const checked = options && checkOptions("rpc", options, rpcTable);
  return define({ ...checked, kind: "rpc", untyped: options === undefined });
}

/** A call that nothing answers: at most once. */
export function oneway(): UntypedDefinition<void>;
export function oneway<const P extends Params = []>(options: OnewayOptions<P>): OnewayDefinition<P>;
export function oneway(options?: OnewayOptions): unknown {
  const checked = options && checkOptions("oneway", options, onewayTable);
  return define({ ...checked, kind: "oneway", untyped: options === undefined });
}

/** A stream of values from the server. With a `t.stream` parameter: in both directions. */
export function stream<Y extends Type | Schema, const P extends Params = []>(
  options: StreamOptions<P, Y>,
): StreamDefinition<P, Y>;
export function stream(): UntypedDefinition<AsyncIterable<unknown>>;
export function stream(options?: StreamOptions): unknown {
  const any: AnyKindType = ANY;
  const checked = options && checkOptions("stream", options, streamTable);
  return define({ ...checked, yields: checked?.yields ?? any, kind: "stream", untyped: options === undefined });
}

/** Publish and subscribe: decorate a getter that returns `Topic<V>`. */
export function topic<T extends Type | Schema>(value: T): TopicDefinition<T> {
  return define({ kind: "topic", value }) as unknown as TopicDefinition<T>;
}

const ANY = Object.freeze({ kind: "any" }) as AnyKindType;

/** The decorated function itself carries its definition: no metadata of the class is needed, in either world. */
function define(definition: Definition): unknown {
  const checked = "params" in definition ? { ...definition, params: toParams(definition.params ?? []) } : definition;
  const role = definition.kind === "topic" ? "topic" : "method";
  const decorate = (target: unknown, _context: unknown, descriptor?: PropertyDescriptor): void => {
    const member = descriptor === undefined ? target : role === "topic" ? descriptor.get : descriptor.value;
    if (typeof member !== "function") {
      throw new TypeError(`${definition.kind}: decorates a ${role === "topic" ? "getter" : "method"}, nothing else`);
    }
    Object.defineProperty(member, DEFINITION, { value: checked, configurable: true });
  };
  return Object.freeze(Object.assign(decorate, { role, definition: Object.freeze(checked) }));
}

/** The definition that a method, a getter or a member of `defineService` carries. */
export function definitionOf(member: unknown): Definition | undefined {
  if (typeof member !== "function") return undefined;
  const own = Object.getOwnPropertyDescriptor(member, DEFINITION) as { value: Definition } | undefined;
  return (
    own?.value ?? (Object.hasOwn(member, "definition") ? (member as { definition?: Definition }).definition : undefined)
  );
}
