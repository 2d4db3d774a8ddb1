import type { Progress } from "../progress.ts";
import { median } from "../statistics.ts";
import type { Workers } from "../workers.ts";
import type { Options } from "./options.ts";
import { Pair, type PairOptions, type Sample } from "./pair.ts";
import type { Pattern, PatternName } from "./pattern.ts";

/** The medians of a contender's rounds with one pattern. */
export interface Series extends Sample {
  readonly name: string;
  readonly pattern: PatternName;
  /** From the slowest to the fastest round, as a share of the median: what the machine's noise is worth. */
  readonly spread: number;
}

export interface Failure {
  readonly name: string;
  readonly what: string;
}

export interface Measured {
  readonly series: readonly Series[];
  readonly failures: readonly Failure[];
}

function summarize(name: string, pattern: PatternName, samples: readonly Sample[]): Series {
  const of = (pick: (sample: Sample) => number) => median(samples.map(pick));
  const rates = samples.map(({ perSecond }) => perSecond);
  return {
    name,
    pattern,
    perSecond: median(rates),
    ownPerSecond: samples[0]?.ownPerSecond === undefined ? undefined : of(({ ownPerSecond = 0 }) => ownPerSecond),
    serverCpu: of(({ serverCpu }) => serverCpu),
    clientCpu: of(({ clientCpu }) => clientCpu),
    spread: (Math.max(...rates) - Math.min(...rates)) / median(rates),
  };
}

/**
 * Every round runs all contenders that have the pattern one after another, each time beginning with another one, so that
 * whatever the machine does meanwhile hits all of them. Who fails is left out of this pattern from there on.
 */
export async function measurePattern(
  workers: Workers,
  pattern: Pattern,
  { options, pairs, progress }: { options: Options; pairs: PairOptions; progress: Progress },
): Promise<Measured> {
  const failures: Failure[] = [];
  const samples = new Map<Pair, Sample[]>();
  const attempt = async (name: string, what: string, run: () => Promise<void>): Promise<boolean> => {
    progress.step(`${pattern.name}, ${what}: ${name}`);
    try {
      await run();
      return true;
    } catch (error) {
      failures.push({ name, what: `${pattern.name}: ${(error as Error).message}` });
      return false;
    }
  };
  for (const entry of options.entries.filter((one) => one.patterns.includes(pattern.name))) {
    await attempt(entry.name, "start", async () => {
      samples.set(await Pair.start(workers, entry, pattern, pairs), []);
    });
  }
  const all = [...samples.keys()];
  // Round 0 is the warm-up.
  for (let round = 0; round <= options.rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const pair = all[(turn + round) % all.length];
      if (pair === undefined || !samples.has(pair)) continue;
      const what = round === 0 ? "warm-up" : `round ${round} of ${options.rounds}`;
      const sound = await attempt(pair.entry.name, what, async () => {
        const sample = await pair.measure(round === 0 ? options.warmUpSeconds : options.seconds);
        if (round > 0) samples.get(pair)?.push(sample);
      });
      if (!sound) samples.delete(pair);
    }
  }
  await Promise.all(all.map((pair) => pair.stop()));
  return {
    series: [...samples].map(([pair, taken]) => summarize(pair.entry.name, pattern.name, taken)),
    failures,
  };
}
