import type { Candidate } from "./balancer.ts";
import type { MethodDescriptor } from "./contract/contract.ts";
import type { Metadata } from "./metadata.ts";
import type { Platform } from "./platform.ts";

/** What is looked for instances for: a call, one publish, one subscription, or one multicast as a whole. */
export type RoutedKind = "unary" | "oneway" | "stream" | "publish" | "subscribe" | "multicast";

/** A call, as routers and clusters see it. */
export interface RoutedCall {
  readonly service: string;
  /** Of a topic, its operation `placed.publish` or `placed.subscribe`. */
  readonly method: MethodDescriptor;
  readonly kind: RoutedKind;
  /** That of `with({ key })` or of the message; of a subscription the pattern. */
  readonly key: string | undefined;
  readonly metadata: Metadata;
  readonly args: readonly unknown[];
}

/**
 * Leaves some of the candidates to a call, in an order of its own: those of its zone, of the version that its tags ask for, none
 * that failed lately. Returns the array that it was given, or one made of its members; what it leaves the next router
 * gets, and the balancer picks from the rest. A call to which nothing is left waits, as without a connection.
 *
 * It is asked for every call and attempt, so it must be quick and must not wait. It is given the same array as long as the
 * candidates and what is known of them are the same, and may keep by it (in a `WeakMap`) what it made of it.
 */
export type Router = <C extends Candidate>(call: RoutedCall, candidates: readonly C[]) => readonly C[];

/** Makes the router of one reference. */
export type RouterFactory = (platform: Platform) => Router;
