import type { Platform } from "./platform.ts";

/** What a balancer may know of an instance. */
export interface Candidate {
  readonly url: string;
  /** The identifier of the instance. */
  readonly instance: string;
  /** Calls in progress from here. */
  readonly pending: number;
}

/**
 * Picks one of at least two candidates. Made once per reference, so it may keep a position. `key` is that of
 * `with({ key })`: calls of the same key may be kept together.
 */
export type Balancer = <C extends Candidate>(candidates: readonly C[], key: string | undefined) => C;
export type BalancerFactory = (platform: Platform) => Balancer;

/** Each in turn. */
export const roundRobin: BalancerFactory = () => {
  let turn = 0;
  return (candidates) => {
    turn = turn + 1 >= candidates.length ? 0 : turn + 1;
    return candidates[turn] as (typeof candidates)[number];
  };
};

/** The less busy of two picked at random: close to the least busy of all, without looking at all. */
export const powerOfTwoChoices: BalancerFactory = (platform) => (candidates) => {
  const first = Math.floor(platform.random() * candidates.length);
  const step = 1 + Math.floor(platform.random() * (candidates.length - 1));
  const a = candidates[first] as (typeof candidates)[number];
  const b = candidates[(first + step) % candidates.length] as (typeof candidates)[number];
  return b.pending < a.pending ? b : a;
};
