import type { CallContext } from "../context.ts";
import { checkOptions, kinds, type OptionTable } from "../options.ts";
import { type DeclaredParam, toParams } from "../schema/param.ts";
import type { Schema } from "../type/schema.ts";
import type {
  AnyKindType,
  ErrorType,
  Infer,
  InferInput,
  InferInputParams,
  InferInputResult,
  InferParams,
  InferResult,
  OptionalType,
  Type,
} from "../type/type.ts";
import type { HttpRule, PlainRule } from "./http-rule.ts";
import type { Topic } from "./topic.ts";

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
  /**
   * True if it only reads, as Protobuf's `NO_SIDE_EFFECTS`: then it may be asked by a GET, whose answer caches may keep, and
   * it is idempotent. Default `false`.
   */
  readonly noSideEffects?: boolean;
  /** Its paths as REST, beside its own: `{ get: "/v1/users/{id}" }`, as google.api.http has it. Default: none. */
  readonly http?: HttpRule;
  /**
   * How long a caller waits at the most, in milliseconds, where neither the call nor `refer` says. Each side's own policy: it
   * is no part of what the two sides must agree on. Default: the service's, else the client's.
   */
  readonly timeoutMs?: number;
}
export interface OnewayOptions<P extends Params = Params> {
  readonly params?: P;
  /** How long it may wait to leave and to begin, as of `rpc`. */
  readonly timeoutMs?: number;
}
export interface StreamOptions<P extends Params = Params, Y extends Type | Schema = Type | Schema> {
  readonly params?: P;
  readonly yields: Y;
  readonly throws?: Throws;
  /** True if it only reads, as of `rpc`: then a browser's `EventSource` may ask for it. Default `false`. */
  readonly noSideEffects?: boolean;
  /** Its paths as REST, as of `rpc`. Default: none. */
  readonly http?: HttpRule;
  /** How long the whole stream may last, in milliseconds, where the call does not say. Default: as long as both sides live. */
  readonly timeoutMs?: number;
}

const onewayTable: OptionTable<OnewayOptions> = { params: kinds.list, timeoutMs: kinds.milliseconds };
const streamTable: OptionTable<StreamOptions> = {
  params: kinds.list,
  yields: kinds.anything,
  throws: kinds.list,
  noSideEffects: kinds.flag,
  http: kinds.object,
  timeoutMs: kinds.milliseconds,
};
const rpcTable: OptionTable<RpcOptions> = {
  params: kinds.list,
  returns: kinds.anything,
  throws: kinds.list,
  idempotent: kinds.flag,
  noSideEffects: kinds.flag,
  http: kinds.object,
  timeoutMs: kinds.milliseconds,
};

/** What a decorator or a member of `defineService` recorded. */
export type Definition =
  | (Recorded<RpcOptions> & { readonly kind: "rpc"; readonly untyped: boolean })
  | (OnewayOptions & { readonly kind: "oneway"; readonly untyped: boolean })
  | (Recorded<StreamOptions> & { readonly kind: "stream"; readonly untyped: boolean })
  | { readonly kind: "topic"; readonly value: Type | Schema };

/** What is written is exact; what is read from data is checked. */
type Recorded<O> = Omit<O, "http"> & { readonly http?: PlainRule };

/** True where the two types are the same, `any` and optional members included. */
export type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
/** `unknown` where the two agree, else an impossible type that names the expected one. */
type Must<Agree, Expected> = Agree extends true ? unknown : { readonly "the signature must be": Expected };
type Either<G, A, B> = Equal<G, A> extends true ? true : Equal<G, B>;

/**
 * A method of a class is what callers see and what an implementation overrides, so it may say of each parameter, and of
 * the result, either what a caller has to do with (`F`) or what a handler has (`H`), and nothing else.
 */
type Agrees<G, F, H> = G extends (...args: infer A) => infer R
  ? F extends (...args: infer I) => infer Read
    ? H extends (...args: infer O) => infer Written
      ? [Equal<G, (...args: A) => R>, Either<R, Read, Written>, AgreeAll<A, I, O>] extends [true, true, true]
        ? true
        : false
      : false
    : false
  : false;
type AgreeAll<A extends unknown[], I extends unknown[], O extends unknown[]> =
  Equal<Required<A>["length"], O["length"]> extends true
    ? false extends { [K in keyof A]-?: K extends keyof I & keyof O ? AgreesAt<A, I, O, K> : false }[number]
      ? false
      : true
    : false;
type AgreesAt<A, I, O, K extends keyof A & keyof I & keyof O> =
  AgreesOne<A[K], I[K], O[K]> extends true ? (MayMiss<A, K> extends true ? MayMiss<I, K> : true) : false;
/** A callback is called by the handler: what one side writes in it, the other reads. */
type AgreesOne<G, I, O> =
  Either<G, I, O> extends true ? true : O extends (...args: never) => unknown ? Agrees<G, O, I> : false;
type MayMiss<A, K extends keyof A> = Record<never, never> extends Pick<A, K> ? true : false;

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

/** A decorator for methods in both worlds, and a member of `defineService`: `F` for its callers, `H` for its handler. */
export interface MethodDefinition<F, H = F> {
  <G>(value: G & Must<Agrees<G, F, H>, F>, context: InstanceMember<"method">): void;
  <G, T extends Prototype, K extends keyof T & string>(
    target: T,
    key: K,
    descriptor: TypedPropertyDescriptor<G> & Must<Agrees<G, F, H>, F> & MethodOf<T, K>,
  ): void;
  readonly role: "method";
  readonly definition: Definition;
  readonly signature?: F;
  readonly handler?: H;
}
type TopicOf<V> = Topic<Infer<V>, InferInput<V>>;
/** A decorator for the getter of a topic of the type `V` in both worlds, and a member of `defineService`. */
export interface TopicDefinition<V> {
  <G>(
    value: G & Must<Either<G, () => Topic<Infer<V>>, () => TopicOf<V>>, () => Topic<Infer<V>>>,
    context: InstanceMember<"getter">,
  ): void;
  <G, T extends Prototype, K extends keyof T & string>(
    target: T,
    key: K,
    descriptor: TypedPropertyDescriptor<G> &
      Must<Either<G, Topic<Infer<V>>, TopicOf<V>>, Topic<Infer<V>>> &
      GetterOf<T, K>,
  ): void;
  readonly role: "topic";
  readonly definition: Definition;
  readonly topic?: TopicOf<V>;
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
export type RpcDefinition<P extends Params, R> = MethodDefinition<
  (...args: InferInputParams<P>) => Promise<InferResult<R>>,
  (...args: InferParams<P>) => Promise<InferInputResult<R>>
>;
export type OnewayDefinition<P extends Params> = MethodDefinition<
  (...args: InferInputParams<P>) => void,
  (...args: InferParams<P>) => void
>;
export type StreamDefinition<P extends Params, Y> = MethodDefinition<
  (...args: InferInputParams<P>) => AsyncIterable<Infer<Y>>,
  (...args: InferParams<P>) => AsyncIterable<InferInput<Y>>
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
