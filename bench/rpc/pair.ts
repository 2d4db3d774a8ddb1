import type { Worker } from "../worker.ts";
import type { Workers } from "../workers.ts";
import type { Entry } from "./contender.ts";
import type { LoadOptions } from "./load.ts";
import type { ClientCommands } from "./worker-client.ts";
import type { ServerCommands } from "./worker-server.ts";

export interface Sample {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU seconds per 100,000 calls. In process there is only the client's, which is both. */
  readonly serverCpu: number | undefined;
  readonly clientCpu: number;
}

export interface PairOptions {
  readonly cpus: { readonly server: number; readonly client: number } | undefined;
  readonly profileFolder?: string | undefined;
}

/** In process: a call is too short for two looks at the clock. */
const clockEveryInProcess = 16;

/** One server process and one client process with one open connection (one process for both where `inProcess`). */
export class Pair {
  readonly entry: Entry;
  readonly server: Worker<ServerCommands> | undefined;
  readonly client: Worker<ClientCommands>;
  readonly #workers: Workers;

  private constructor(workers: Workers, entry: Entry, { cpus, profileFolder }: PairOptions) {
    this.#workers = workers;
    this.entry = entry;
    const start = (role: "server" | "client") => ({
      name: `${entry.name} ${role}`,
      file: `rpc/worker-${role}.mjs`,
      cpu: cpus?.[role],
      nodeFlags:
        profileFolder === undefined
          ? []
          : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${entry.name}-${role}.cpuprofile`],
    });
    this.server = entry.inProcess ? undefined : workers.start<ServerCommands>(start("server"));
    this.client = workers.start<ClientCommands>(start("client"));
  }

  static async start(workers: Workers, entry: Entry, options: PairOptions): Promise<Pair> {
    const pair = new Pair(workers, entry, options);
    try {
      await pair.client.ask("open", entry.name, await pair.server?.ask("start", entry.name));
      return pair;
    } catch (error) {
      await pair.stop();
      throw error;
    }
  }

  async measure(concurrency: number, seconds: number): Promise<Sample> {
    const options: LoadOptions = { concurrency, seconds, clockEvery: this.entry.inProcess ? clockEveryInProcess : 1 };
    const before = await this.server?.ask("cpuSeconds");
    const load = await this.client.ask("load", options);
    const after = await this.server?.ask("cpuSeconds");
    const per100k = 100_000 / load.calls;
    return {
      callsPerSecond: load.calls / load.seconds,
      p50Ms: load.p50Ms,
      p99Ms: load.p99Ms,
      serverCpu: before === undefined || after === undefined ? undefined : (after - before) * per100k,
      clientCpu: load.clientCpuSeconds * per100k,
    };
  }

  stop(): Promise<void> {
    return this.#workers.stop(this.client, this.server);
  }
}
