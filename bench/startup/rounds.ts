import type { Progress } from "../progress.ts";
import type { ServerCommands } from "../rpc/worker-server.ts";
import { median } from "../statistics.ts";
import type { Workers } from "../workers.ts";
import type { Entry } from "./contender.ts";
import type { Options } from "./options.ts";
import type { ProgramCommands, Sources, Times } from "./worker-program.ts";

/** The medians of a contender's rounds. */
export interface Series {
  readonly name: string;
  readonly loadMs: number;
  readonly connectMs: number;
  readonly callMs: number;
  readonly totalMs: number;
  readonly cpuMs: number;
  /** What the process grew by. */
  readonly rssBytes: number;
  readonly sources: Sources;
  /** From the fastest to the slowest round, as a share of the median of the total. */
  readonly spread: number;
}

export interface Failure {
  readonly name: string;
  readonly what: string;
}

interface Program {
  readonly entry: Entry;
  readonly address: string;
  readonly sources: Sources;
  readonly times: Times[];
}

const totalOf = ({ loadMs, connectMs, callMs }: Times) => loadMs + connectMs + callMs;

function summarize({ entry, sources, times }: Program): Series {
  const of = (pick: (one: Times) => number) => median(times.map(pick));
  const totals = times.map(totalOf);
  return {
    name: entry.name,
    loadMs: of(({ loadMs }) => loadMs),
    connectMs: of(({ connectMs }) => connectMs),
    callMs: of(({ callMs }) => callMs),
    totalMs: median(totals),
    cpuMs: of(({ cpuMs }) => cpuMs),
    rssBytes: of(({ rssBytes, rssBeforeBytes }) => rssBytes - rssBeforeBytes),
    sources,
    spread: (Math.max(...totals) - Math.min(...totals)) / median(totals),
  };
}

export interface RoundsOptions {
  readonly options: Options;
  readonly dist: string;
  readonly cpus: { readonly server: number; readonly client: number } | undefined;
  readonly progress: Progress;
}

export async function measureRounds(workers: Workers, { options, dist, cpus, progress }: RoundsOptions) {
  const failures: Failure[] = [];
  const programs: Program[] = [];
  const once = async <T>(
    run: (worker: ReturnType<typeof workers.start<ProgramCommands>>) => Promise<T>,
    name: string,
  ) => {
    const worker = workers.start<ProgramCommands>({ name, file: "startup/worker-program.mjs", cpu: cpus?.client });
    try {
      return await run(worker);
    } finally {
      await workers.stop(worker);
    }
  };
  for (const entry of options.entries) {
    progress.step(`start: ${entry.name}`);
    try {
      const server = workers.start<ServerCommands>({
        name: `${entry.name} server`,
        file: "rpc/worker-server.mjs",
        cpu: cpus?.server,
      });
      const address = await server.ask("start", entry.server);
      const sources = await once((worker) => worker.ask("sources", { name: entry.name, address, dist }), entry.name);
      programs.push({ entry, address, sources, times: [] });
    } catch (error) {
      failures.push({ name: entry.name, what: (error as Error).message });
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < programs.length; turn++) {
      const program = programs[(turn + round) % programs.length];
      if (program === undefined) continue;
      const { name } = program.entry;
      progress.step(`round ${round + 1} of ${options.rounds}: ${name}`);
      try {
        const times = await once((worker) => worker.ask("time", { name, address: program.address, dist }), name);
        program.times.push(times);
      } catch (error) {
        failures.push({ name, what: (error as Error).message });
      }
    }
  }
  return { series: programs.filter(({ times }) => times.length > 0).map(summarize), failures };
}
