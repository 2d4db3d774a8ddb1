import type { MethodDescriptor } from "../contract/contract.ts";
import type { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";

/** What is called: a method, or a callback. */
export interface Called {
  readonly name: string;
  readonly idempotent: boolean;
}

/**
 * What a transport holds of a unary or oneway call: one sending of it, to one instance. Whoever takes it must settle it exactly
 * once, by `succeed` or `fail`; what comes after that is ignored. It may be the call itself, which mostly needs no other.
 */
export interface Attempt<M extends Called = MethodDescriptor> {
  readonly method: M;
  readonly args: readonly unknown[];
  readonly metadata: Metadata;
  /** All of its time in milliseconds, while none has passed since `startedAt`; `undefined` once `dueMs` alone says what is left. */
  readonly timeoutMs: number | undefined;
  /** When its clock was started, in milliseconds modulo 2^32. */
  readonly startedAt: number;
  /** When its time is over, by the platform's clock; 0 or Infinity for "never". */
  readonly dueMs: number;
  /** True once it is over, by whatever outcome. */
  readonly settled: boolean;
  /** To be set before any of its bytes may leave: if its connection dies after that, the outcome is unknown. */
  sent: boolean;
  /** Set by the transport that can be told that nobody waits any more. */
  carrier: Carrier<M> | undefined;
  /** For the transport's use: the number of the call on its connection. */
  callId: number;
  /** To be set before `succeed`. */
  replyMetadata: Metadata;
  /** To be set before `succeed`, where there are any. */
  replyTrailers: Metadata;
  succeed(value: unknown): void;
  /** It failed; whether the call is tried again is not the transport's business. */
  fail(error: RpcError): void;
  /** It failed so that no other attempt can mend it. */
  abandon(error: RpcError): void;
}

/** What a transport that holds an attempt can be told. */
export interface Carrier<M extends Called = MethodDescriptor> {
  /** The caller no longer waits, for the reason given: tell the server. The attempt is already settled. */
  cancel(attempt: Attempt<M>, why: RpcError): void;
}
