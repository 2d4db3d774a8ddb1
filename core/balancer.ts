import type { Platform } from "./platform.ts";

/** What routers and balancers may know of an instance. */
export interface Candidate {
  readonly url: string;
  /** The identifier of the instance. */
  readonly instance: string;
  /** Calls in progress from here. */
  readonly pending: number;
  /** Its share among its peers, as it was registered; 100 for a fixed endpoint. Above 0, unless all have 0. */
  readonly weight: number;
  /** As they were registered. */
  readonly tags: Readonly<Record<string, string>>;
  /** As they were registered; of a fixed endpoint, those of the caller's contract. */
  readonly version: string;
  readonly group: string;
  /**
   * When the instance started, in milliseconds since the epoch by its own clock, for those who give a young one less;
   * `undefined` if nobody says.
   */
  readonly startedAt: number | undefined;
  /** False where it was registered as one to which calls should not go; they do while there is no other. */
  readonly serving: boolean;
}

/**
 * Picks one of at least two candidates, of those that the routers left. Made once per reference, so it may keep a position;
 * the array is the same one as long as the candidates and what is known of them are. `key` is that of `with({ key })`: calls
 * of the same key may be kept together.
 */
export type Balancer = <C extends Candidate>(candidates: readonly C[], key: string | undefined) => C;
export type BalancerFactory = (platform: Platform) => Balancer;

/** Each in turn, as often as its weight says; one of a large weight is spread among the others. */
export const roundRobin: BalancerFactory = () => {
  const turns = new WeakMap<readonly Candidate[], Turns>();
  let known: readonly Candidate[] | undefined;
  let sharing: Turns | undefined;
  let turn = 0;
  return (candidates) => {
    if (candidates !== known) {
      known = candidates;
      sharing = turnsOf(candidates, turns);
    }
    if (sharing !== undefined) return candidates[sharing.next()] as (typeof candidates)[number];
    turn = turn + 1 >= candidates.length ? 0 : turn + 1;
    return candidates[turn] as (typeof candidates)[number];
  };
};

/** `undefined` where all weigh the same. */
function turnsOf(candidates: readonly Candidate[], kept: WeakMap<readonly Candidate[], Turns>): Turns | undefined {
  if (equal(candidates)) return undefined;
  let turns = kept.get(candidates);
  if (turns === undefined) {
    turns = new Turns(candidates.map(({ weight }) => weight));
    kept.set(candidates, turns);
  }
  return turns;
}

/** Smooth weighted turns: each gains its weight, who has most is next and pays what all gained. */
class Turns {
  readonly #weights: readonly number[];
  readonly #sum: number;
  readonly #gained: number[];

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#sum = sumOf(weights);
    this.#gained = weights.map(() => 0);
  }

  next(): number {
    const gained = this.#gained;
    let most = 0;
    for (let i = 0; i < gained.length; i++) {
      gained[i] = (gained[i] as number) + (this.#weights[i] as number);
      if ((gained[i] as number) > (gained[most] as number)) most = i;
    }
    gained[most] = (gained[most] as number) - this.#sum;
    return most;
  }
}

/** The less busy for its weight of two picked at random: close to the least busy of all, without looking at all. */
export const powerOfTwoChoices: BalancerFactory = (platform) => {
  let known: readonly Candidate[] | undefined;
  /** Of the weights, where they differ. */
  let sum = 0;
  return (candidates) => {
    if (candidates !== known) {
      known = candidates;
      sum = equal(candidates) ? 0 : sumOf(candidates.map(({ weight }) => weight));
    }
    const first =
      sum > 0 ? heavier(candidates, platform.random() * sum) : Math.floor(platform.random() * candidates.length);
    const step = 1 + Math.floor(platform.random() * (candidates.length - 1));
    const a = candidates[first] as (typeof candidates)[number];
    const b = candidates[(first + step) % candidates.length] as (typeof candidates)[number];
    return b.pending * a.weight < a.pending * b.weight ? b : a;
  };
};

/** Whose share of the line from 0 to the sum of the weights `point` lies in. */
function heavier(candidates: readonly Candidate[], point: number): number {
  let left = point;
  for (let i = 0; i < candidates.length; i++) {
    left -= (candidates[i] as Candidate).weight;
    if (left < 0) return i;
  }
  return candidates.length - 1;
}

function equal(candidates: readonly Candidate[]): boolean {
  return candidates.every(({ weight }) => weight === candidates[0]?.weight);
}

function sumOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
