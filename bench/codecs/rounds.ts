import { mkdirSync } from "node:fs";
import { pinningPlan } from "../machine.ts";
import type { Progress } from "../progress.ts";
import { median } from "../statistics.ts";
import type { Worker } from "../worker.ts";
import type { Workers } from "../workers.ts";
import type { Entry } from "./contender.ts";
import type { Options } from "./options.ts";
import type { Payload } from "./payloads.ts";
import { copyType } from "./type-copy.ts";
import type { CodecCommands, Direction, Opened } from "./worker-codec.ts";

/** Of one value. */
export interface Side {
  readonly nanoseconds: number;
  /** From the fastest to the slowest round, as a share of the median: what the machine's noise is worth. */
  readonly spread: number;
  readonly allocatedBytes: number;
}

export interface Measured {
  readonly contender: string;
  readonly payload: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Undefined where only decoding is of interest. */
  readonly encode: Side | undefined;
  readonly decode: Side;
}

export interface Unmeasured {
  readonly contender: string;
  readonly payload: string;
  /** `lost`: the round trip changed the value; `refused`: it cannot carry it; `failed`: its process ended or hung. */
  readonly why: "lost" | "refused" | "failed";
  readonly what: string;
}

export interface Outcome {
  readonly measured: readonly Measured[];
  readonly unmeasured: readonly Unmeasured[];
}

/** The module of a contender, beside the compiled worker. */
export function compiledFile(entry: Entry): string {
  return entry.file === undefined ? `./contenders/${entry.name}.mjs` : `./own/${entry.name}.mjs`;
}

interface Running {
  readonly entry: Entry;
  readonly worker: Worker<CodecCommands>;
  readonly opened: Opened;
  readonly nanoseconds: Readonly<Record<Direction, number[]>>;
}

/**
 * One process for each contender and value, so that neither another library's code nor another value's shape is in it.
 * Every round runs all contenders one after another, each time beginning with another one, so that whatever the machine
 * does meanwhile hits all of them.
 */
export async function measurePayload(
  workers: Workers,
  payload: Payload,
  options: Options,
  progress: Progress,
): Promise<Outcome> {
  const running: Running[] = [];
  const measured: Measured[] = [];
  const unmeasured: Unmeasured[] = [];
  const fail = ({ name }: Entry, why: Unmeasured["why"], what: string) =>
    unmeasured.push({ contender: name, payload: payload.name, why, what });
  const attempt = async (one: Running, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      running.splice(running.indexOf(one), 1);
      fail(one.entry, "failed", (error as Error).message);
      await workers.stop(one.worker);
    }
  };

  for (const entry of options.entries) {
    progress.step(`${payload.name}, round trip: ${entry.name}`);
    const worker = startWorker(workers, entry, payload, options);
    try {
      const opened = await worker.ask("open", compiledFile(entry), copyType(payload.type), payload.value);
      if (opened.refused !== undefined) fail(entry, "refused", opened.refused);
      else if (opened.lost !== undefined) fail(entry, "lost", opened.lost);
      else running.push({ entry, worker, opened, nanoseconds: { encode: [], decode: [] } });
    } catch (error) {
      fail(entry, "failed", (error as Error).message);
    }
    if (running.at(-1)?.worker !== worker) await workers.stop(worker);
  }
  // Round 0 is the warm-up.
  for (let round = 0; round <= options.rounds; round++) {
    const first = round % Math.max(1, running.length);
    for (const one of [...running.slice(first), ...running.slice(0, first)]) {
      progress.step(
        `${payload.name}, ${round === 0 ? "warm-up" : `round ${round} of ${options.rounds}`}: ${one.entry.name}`,
      );
      await attempt(one, async () => {
        for (const direction of directionsOf(one.entry)) {
          const time = await one.worker.ask("time", direction, round === 0 ? options.warmUpSeconds : options.seconds);
          if (round > 0) one.nanoseconds[direction].push(time.nanoseconds);
        }
      });
    }
  }
  for (const one of [...running]) {
    await attempt(one, async () => void measured.push(await summarize(one, payload)));
  }
  await workers.stop(...running.map(({ worker }) => worker));
  return { measured, unmeasured };
}

function directionsOf(entry: Entry): readonly Direction[] {
  return entry.decodeOnly ? ["decode"] : ["encode", "decode"];
}

function startWorker(
  workers: Workers,
  entry: Entry,
  payload: Payload,
  { profileFolder }: Options,
): Worker<CodecCommands> {
  if (profileFolder !== undefined) mkdirSync(profileFolder, { recursive: true });
  return workers.start<CodecCommands>({
    name: entry.name,
    file: "codecs/worker-codec.mjs",
    cpu: pinningPlan()?.client,
    nodeFlags:
      profileFolder === undefined
        ? []
        : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${payload.name}-${entry.name}.cpuprofile`],
  });
}

async function summarize({ entry, worker, opened, nanoseconds }: Running, payload: Payload): Promise<Measured> {
  const side = async (direction: Direction): Promise<Side> => {
    const all = nanoseconds[direction];
    const middle = median(all);
    return {
      nanoseconds: middle,
      spread: (Math.max(...all) - Math.min(...all)) / middle,
      allocatedBytes: await worker.ask("allocation", direction),
    };
  };
  return {
    contender: entry.name,
    payload: payload.name,
    bytes: opened.bytes,
    gzipBytes: opened.gzipBytes,
    encode: entry.decodeOnly ? undefined : await side("encode"),
    decode: await side("decode"),
  };
}
