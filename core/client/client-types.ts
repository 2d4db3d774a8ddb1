import type { Future } from "../call/future.ts";
import type { Equal } from "../contract/definition.ts";
import type { ProtobufService, ProtobufSignatures } from "../contract/protobuf-service.ts";
import type { Contract, ContractLike, Members } from "../contract/service.ts";
import type { Topic } from "../contract/topic.ts";
import type { RpcError } from "../error.ts";
import type { Metadata, MetadataInput } from "../metadata.ts";
import { kinds, type OptionTable } from "../options.ts";

/** Options of one call, given by `orders.place.with({ … })(order)`. */
export interface CallOptions {
  /** How long the caller waits at the most; never longer than the call that it is made from. */
  readonly timeoutMs?: number;
  /** Travels to the handler: a text or, under a name that ends in `-bin`, bytes for each name, or a list of them. */
  readonly metadata?: MetadataInput;
  readonly signal?: AbortSignal;
  /** Another codec for this one call; one that both sides have. */
  readonly codec?: string;
  /** What calls of the same key have in common, for balancers that keep them together. */
  readonly key?: string;
  /** As the option of `connect`, for this one call. Default: the reference's. */
  readonly failFast?: boolean;
  /**
   * Told of the metadata that came with the reply. Of a stream: before its first item of what was set by then, and at its end of
   * all, if more was set.
   */
  readonly onReplyMetadata?: (metadata: Metadata) => void;
  /** Told of the trailers, where there are any: behind the reply, or behind the last item. Those of an error are its metadata. */
  readonly onTrailers?: (trailers: Metadata) => void;
}

export const callOptions: OptionTable<CallOptions> = {
  // How little time a call may have, each call decides: what it inherits counts as well.
  timeoutMs: kinds.number,
  metadata: kinds.object,
  signal: kinds.signal,
  codec: kinds.text,
  key: kinds.text,
  failFast: kinds.flag,
  onReplyMetadata: kinds.function,
  onTrailers: kinds.function,
};

/** One instance's answer to a multicast. */
export type MulticastReply<T> =
  | { readonly instance: string; readonly endpoint: string; readonly ok: true; readonly value: T }
  | { readonly instance: string; readonly endpoint: string; readonly ok: false; readonly error: RpcError };

/** A unary method of a proxy. */
export interface UnaryMethod<A extends unknown[], R> {
  (...args: A): Promise<R>;
  /** The same method with options. */
  with(options: CallOptions): UnaryMethod<A, R>;
  /** Calls, and leaves the result to be asked for. */
  future(...args: A): Future<R>;
  /** Calls, and delivers the result to the function, which comes after all arguments, those that may be left out too. */
  callback(...args: [...A, done: (error: RpcError | undefined, value: R | undefined) => void]): void;
  /** Calls every live instance; the replies come as they arrive. */
  multicast(...args: A): AsyncIterable<MulticastReply<R>>;
}
/** A oneway method of a proxy: returns at once, throws only where the arguments do not fit. */
export interface OnewayMethod<A extends unknown[]> {
  (...args: A): void;
  with(options: CallOptions): OnewayMethod<A>;
  /** Resolves when the bytes have left this process. */
  sent(...args: A): Promise<void>;
}
/** A streaming method of a proxy. */
export interface StreamMethod<A extends unknown[], R> {
  (...args: A): AsyncIterable<R>;
  with(options: CallOptions): StreamMethod<A, R>;
}

/** `never` for what no decorator could stand on: no proxy has it. */
type ClientMember<F> =
  F extends Topic<infer V, infer I>
    ? Topic<V, I>
    : F extends (...args: infer A) => infer R
      ? ClientMethod<A, R>
      : never;
type ClientMethod<A extends unknown[], R> =
  R extends Promise<infer V>
    ? UnaryMethod<A, V>
    : R extends AsyncIterable<infer Y>
      ? StreamMethod<A, Y>
      : Equal<R, void> extends true
        ? OnewayMethod<A>
        : never;

type MemberOf<D> = D extends { readonly role: "topic"; readonly topic?: infer T }
  ? T
  : D extends { readonly role: "method"; readonly signature?: infer F }
    ? ClientMember<F>
    : never;

/** What `refer` gives for a contract: one function per method, one `Topic` per topic. */
export type Client<C extends ContractLike> =
  C extends Contract<infer M>
    ? Members extends M
      ? Record<string, never>
      : { readonly [K in keyof M]: MemberOf<M[K]> }
    : C extends abstract new (
          ...args: never
        ) => infer I
      ? { readonly [K in keyof I as [ClientMember<I[K]>] extends [never] ? never : K]: ClientMember<I[K]> }
      : C extends ProtobufService
        ? { readonly [K in keyof ProtobufSignatures<C>]: ClientMember<ProtobufSignatures<C>[K]> }
        : never;

/** The topics of a contract, by name. */
export type Topics<C extends ContractLike> = {
  readonly [K in keyof Client<C> as Client<C>[K] extends { readonly subscribe: unknown } ? K : never]: Client<C>[K];
};
