import { quantile } from "../statistics.ts";
import type { Connection } from "./contender.ts";

export interface LoadOptions {
  /** Calls under way at any time, each by a loop of its own. */
  readonly concurrency: number;
  readonly seconds: number;
  /** The clock costs 50 ns: nothing beside a wire, a tenth of a call in process, where fewer calls are timed. */
  readonly clockEvery: number;
}

export interface Load {
  readonly calls: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly clientCpuSeconds: number;
}

/** A power of two. The latest ones are kept where there are more. */
const capacity = 1 << 22;
const latenciesMs = new Float64Array(capacity);

export async function load<T>(connection: Connection<T>, payload: T, options: LoadOptions): Promise<Load> {
  const { concurrency, seconds, clockEvery } = options;
  let timed = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1000;
  const loop = async () => {
    let from = performance.now();
    while (from < end) {
      if (clockEvery > 1) {
        for (let left = clockEvery; left > 1; left--) await connection.call(payload);
        from = performance.now();
      }
      await connection.call(payload);
      const now = performance.now();
      latenciesMs[timed++ & (capacity - 1)] = now - from;
      from = now;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  const elapsed = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = latenciesMs.subarray(0, Math.min(timed, capacity)).sort();
  return {
    calls: timed * clockEvery,
    seconds: elapsed,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    clientCpuSeconds: (user + system) / 1e6,
  };
}
