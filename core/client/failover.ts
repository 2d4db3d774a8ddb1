import type { Cluster, ClusterFactory, Decision, FailedAttempt } from "../cluster.ts";
import { backoffMs, defaultBackoff } from "../link/backoff.ts";
import { checkOptions, kinds, type OptionTable } from "../options.ts";
import type { Platform } from "../platform.ts";

export interface FailoverOptions {
  /**
   * How often a call of an idempotent method is sent in all: one that ends whatever server it reaches must not end them all.
   * @default 5
   */
  readonly maxSent?: number;
}

const table: OptionTable<FailoverOptions> = { maxSent: kinds.count };
const fail: Decision = Object.freeze({ do: "fail" });
const again: Decision = Object.freeze({ do: "again" });

/**
 * The cluster that clients have by default. What was never sent, and calls of idempotent methods whose connection was lost, go to
 * another instance, or wait for one: the second time at once, then after a pause that grows. All else fails.
 */
export function failover(given: FailoverOptions = {}): ClusterFactory {
  const { maxSent = 5 } = checkOptions("failover", given, table);
  return (platform) => new Failover(maxSent, platform);
}

class Failover implements Cluster {
  readonly #maxSent: number;
  readonly #platform: Platform;

  constructor(maxSent: number, platform: Platform) {
    this.#maxSent = maxSent;
    this.#platform = platform;
  }

  decide({ call, error, sent, sentTimes }: FailedAttempt): Decision {
    // A subscription is there for whoever comes; one that the subscriber was too slow for would only be so again.
    if (call.kind === "subscribe") return error.code === "RESOURCE_EXHAUSTED" ? fail : again;
    if (error.code !== "UNAVAILABLE") return fail;
    // The word of a server does not count: its handler may have passed on the error of a call of its own.
    if (sent ? !call.method.idempotent || sentTimes >= this.#maxSent : !error.retryable) return fail;
    // Not at once when the second has failed as well: a server that is overburdened says so of every call, and would have it
    // five times over.
    if (sentTimes < 2) return again;
    return { do: "again", afterMs: backoffMs(sentTimes - 2, defaultBackoff, this.#platform) };
  }
}
