import type { Progress } from "../progress.ts";
import { median } from "../statistics.ts";
import type { Options } from "./options.ts";
import type { Pair, Sample } from "./pair.ts";

/** The medians of a contender's rounds at one concurrency. */
export interface Series extends Sample {
  readonly name: string;
  readonly concurrency: number;
  /** From the slowest to the fastest round, as a share of the median: what the machine's noise is worth. */
  readonly spread: number;
}

export interface Failure {
  readonly name: string;
  readonly what: string;
}

function summarize(name: string, concurrency: number, samples: readonly Sample[]): Series {
  const of = (pick: (sample: Sample) => number) => median(samples.map(pick));
  const rates = samples.map(({ callsPerSecond }) => callsPerSecond);
  return {
    name,
    concurrency,
    callsPerSecond: median(rates),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    serverCpu: samples[0]?.serverCpu === undefined ? undefined : of(({ serverCpu = 0 }) => serverCpu),
    clientCpu: of(({ clientCpu }) => clientCpu),
    spread: (Math.max(...rates) - Math.min(...rates)) / median(rates),
  };
}

/**
 * Every round runs all contenders one after another, each time beginning with another one, so that whatever the machine
 * does meanwhile hits all of them. Who fails is left out from there on.
 */
export async function measureRounds(pairs: readonly Pair[], options: Options, progress: Progress) {
  const series: Series[] = [];
  const failures: Failure[] = [];
  const failed = new Set<Pair>();

  for (const concurrency of options.concurrencies) {
    const taking = pairs.filter(({ entry }) => entry.concurrencies?.includes(concurrency) ?? true);
    const samples = new Map<Pair, Sample[]>(taking.map((pair) => [pair, []]));
    // Round 0 is the warm-up.
    for (let round = 0; round <= options.rounds; round++) {
      for (let turn = 0; turn < taking.length; turn++) {
        const pair = taking[(turn + round) % taking.length];
        if (pair === undefined || failed.has(pair)) continue;
        const { name } = pair.entry;
        const what = round === 0 ? "warm-up" : `round ${round} of ${options.rounds}`;
        progress.step(`concurrency ${concurrency}, ${what}: ${name}`);
        try {
          const sample = await pair.measure(concurrency, round === 0 ? options.warmUpSeconds : options.seconds);
          if (round > 0) samples.get(pair)?.push(sample);
        } catch (error) {
          failed.add(pair);
          failures.push({ name, what: `concurrency ${concurrency}: ${(error as Error).message}` });
        }
      }
    }
    for (const [pair, taken] of samples) {
      if (!failed.has(pair)) series.push(summarize(pair.entry.name, concurrency, taken));
    }
  }
  return { series, failures };
}
