import type { Candidate } from "../balancer.ts";
import type { CallContext } from "../context.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import type { Metadata } from "../metadata.ts";

/** One invocation, as interceptors see it on either side. */
export interface Call {
  readonly service: string;
  readonly method: MethodDescriptor;
  readonly args: readonly unknown[];
  readonly metadata: Metadata;
  /** What is left of its time, in milliseconds; `undefined` for "no deadline". */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** On the client: that of `with({ key })` or of the message published, for balancers. */
  readonly key?: string | undefined;
  /** On the client: that of `with({ failFast })`. */
  readonly failFast?: boolean | undefined;
  /**
   * On the client: to whom it goes, where that is decided ahead: of each part of a multicast, and of a subscription at each
   * instance. A changed copy of the call keeps it.
   */
  readonly candidate?: Candidate | undefined;
  /** On the client, of a stream: that of `with({ onReplyMetadata })`. */
  readonly onReplyMetadata?: ((metadata: Metadata) => void) | undefined;
  /** On the client, of a stream: that of `with({ onTrailers })`. */
  readonly onTrailers?: ((trailers: Metadata) => void) | undefined;
  /** On the server: what the handler gets, the peer and its identity among it. A changed copy of the call keeps it. */
  readonly context?: CallContext;
}

/** Its outcome: the value, or for a stream an `AsyncIterable` of the items. */
export interface Reply {
  readonly value: unknown;
  readonly metadata: Metadata;
  /** Metadata behind the reply, where there are any. Those of a stream reach `onTrailers`. */
  readonly trailers?: Metadata | undefined;
}

export type Next = (call: Call) => Promise<Reply>;

/** Wraps a call, on client and server alike: `(next) => async (call) => { …; return next(call); }`. */
export type Interceptor = (next: Next) => Next;

/** Which attempt at a call it is, and to whom it goes. */
export interface AttemptInfo {
  /** From 1. */
  readonly number: number;
  readonly candidate: Candidate;
}

/**
 * One attempt at a call. Its `timeoutMs` is what is left to the call: an interceptor may give an attempt less, or a `signal` of its
 * own, and leaves it to the cluster what comes next.
 */
export interface AttemptCall extends Call {
  /** A changed copy of the call keeps it. */
  readonly attempt: AttemptInfo;
}

export type AttemptNext = (call: AttemptCall) => Promise<Reply>;

/** Wraps each attempt of a client's calls, behind the interceptors of the call: `(next) => async (call) => { …; return next(call); }`. */
export type AttemptInterceptor = (next: AttemptNext) => AttemptNext;

/** The first interceptor is the outermost. */
export function compose<N>(interceptors: readonly ((next: N) => N)[], innermost: N): N {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), innermost);
}
