import type { Candidate } from "./balancer.ts";
import type { RpcError } from "./error.ts";
import type { Platform } from "./platform.ts";
import type { RoutedCall } from "./router.ts";

/** One attempt at a call, and to whom it went. */
export interface BegunAttempt {
  readonly call: RoutedCall;
  readonly candidate: Candidate;
  /** From 1. What attaches a subscription to an instance is always its first, and so is a part of a multicast. */
  readonly number: number;
}

/** What came of an attempt. */
export interface EndedAttempt extends BegunAttempt {
  /** Why it failed; `undefined` where it did not. Of what the caller or its deadline gave up, that. */
  readonly error: RpcError | undefined;
  /** How long it took, in milliseconds; of a stream or subscription, how long it was open. */
  readonly tookMs: number;
}

/** An attempt that failed while the call still has time. */
export interface FailedAttempt extends BegunAttempt {
  readonly error: RpcError;
  /** False where certainly nothing of it has left. */
  readonly sent: boolean;
  /** How many attempts at the call were sent and failed, this one included. */
  readonly sentTimes: number;
  /** What is left to the call, in milliseconds; Infinity for "no deadline". */
  readonly timeLeftMs: number;
}

/** What becomes of a call after a failure. */
export type Decision =
  /** It fails: with the attempt's error, or with another. */
  | { readonly do: "fail"; readonly error?: RpcError }
  /** It succeeds after all, with a value that stands in for the reply. A stream or subscription ends. */
  | { readonly do: "answer"; readonly value: unknown }
  /**
   * One more attempt, as long as there is time: not before `afterMs` milliseconds have passed, by default in the next turn of
   * the event loop. `other`, the default: where it has not been tried, as long as there is such; `same`: there again, if that
   * is still ready.
   */
  | { readonly do: "again"; readonly afterMs?: number; readonly at?: "other" | "same" | "any" };

/**
 * The cluster port: decides about a call after each of its attempts, and hears of them. One is made for each reference, so it
 * may count; it must be quick and must not throw.
 *
 * Whatever it decides, a method that is not `idempotent` is never sent twice, nor is a publish or one part of a multicast, and
 * a stream not once it is open: such a call fails. `failFast` holds as well.
 */
export interface Cluster {
  /** An attempt has failed. Not asked where the caller gave up or the call's time is over. */
  decide(failure: FailedAttempt): Decision;
  /** Hears of every attempt that is over, each once, by whatever outcome. Without it, nothing is done for it. */
  ended?(outcome: EndedAttempt): void;
  /**
   * Asked as each attempt at an idempotent unary call begins: after how many milliseconds, if it has no reply by then, another
   * is to begin beside it, at another instance; `undefined` for never. The first reply wins, the others are cancelled,
   * and only when all have failed is `decide` asked.
   */
  beside?(begun: BegunAttempt): number | undefined;
}

/** Makes the cluster of one reference. */
export type ClusterFactory = (platform: Platform) => Cluster;
