import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "../worker.ts";
import type { Workers } from "../workers.ts";
import type { Entry } from "./contender.ts";
import { type FanOut, keysOf, type Pattern } from "./pattern.ts";
import type { ClientCommands } from "./worker-client.ts";
import type { ServerCommands } from "./worker-server.ts";

export interface Sample {
  /** Calls handled, items received, or deliveries. */
  readonly perSecond: number;
  /** Oneways: how many the caller could hand over, counting its own time alone. */
  readonly ownPerSecond: number | undefined;
  /** CPU seconds per 100,000 of them. */
  readonly serverCpu: number;
  readonly clientCpu: number;
}

export interface PairOptions {
  readonly cpus: { readonly server: number; readonly client: number } | undefined;
  readonly subscribers: number;
  readonly broker: string | undefined;
  readonly profileFolder: string | undefined;
}

const subscribedWithinMs = 20_000;

/** One server process and one client process, for one pattern: what another left behind is in nobody's way. */
export class Pair {
  readonly entry: Entry;
  readonly #pattern: Pattern;
  readonly #subscribers: number;
  readonly #server: Worker<ServerCommands>;
  readonly #client: Worker<ClientCommands>;
  readonly #workers: Workers;

  private constructor(workers: Workers, entry: Entry, pattern: Pattern, { cpus, ...options }: PairOptions) {
    this.#workers = workers;
    this.entry = entry;
    this.#pattern = pattern;
    this.#subscribers = options.subscribers;
    const folder = options.profileFolder;
    const start = (role: "server" | "client") => ({
      name: `${entry.name} ${role}`,
      file: `patterns/worker-${role}.mjs`,
      cpu: cpus?.[role],
      nodeFlags:
        folder === undefined
          ? []
          : [
              "--cpu-prof",
              `--cpu-prof-dir=${folder}`,
              `--cpu-prof-name=${entry.name}-${pattern.name}-${role}.cpuprofile`,
            ],
    });
    this.#server = workers.start<ServerCommands>(start("server"));
    this.#client = workers.start<ClientCommands>(start("client"));
  }

  static async start(workers: Workers, entry: Entry, pattern: Pattern, options: PairOptions): Promise<Pair> {
    const pair = new Pair(workers, entry, pattern, options);
    try {
      await pair.#client.ask("open", entry.name, await pair.#server.ask("start", entry.name, options.broker));
      if (pattern.fanOut !== undefined) await pair.#subscribe(pattern.fanOut);
      return pair;
    } catch (error) {
      await pair.stop();
      throw error;
    }
  }

  /** Until a message for each key reaches exactly those who asked for it: some tell the publisher of them later. */
  async #subscribe(fanOut: FanOut): Promise<void> {
    await this.#client.ask("subscribe", fanOut, this.#subscribers);
    const expected = (fanOut.matching ?? this.#subscribers) * keysOf(fanOut, this.#subscribers).length;
    const end = performance.now() + subscribedWithinMs;
    for (;;) {
      await this.#server.ask("probe", fanOut, this.#subscribers);
      const delivered = await this.#client.ask("delivered", expected);
      if (delivered === expected) return;
      if (performance.now() > end) throw new Error(`${delivered} of ${expected} deliveries of the probe`);
      await sleep(100);
    }
  }

  async measure(seconds: number): Promise<Sample> {
    const both = () => Promise.all([this.#server.ask("cpuSeconds"), this.#client.ask("cpuSeconds")]);
    const [serverBefore, clientBefore] = await both();
    const done = await this.#run(seconds);
    const [serverAfter, clientAfter] = await both();
    const per100k = 100_000 / done.count;
    return {
      perSecond: done.count / done.seconds,
      ownPerSecond: done.ownPerSecond,
      serverCpu: (serverAfter - serverBefore) * per100k,
      clientCpu: (clientAfter - clientBefore) * per100k,
    };
  }

  async #run(seconds: number): Promise<{ count: number; seconds: number; ownPerSecond?: number }> {
    const { name, fanOut } = this.#pattern;
    if (fanOut === undefined) return this.#client.ask("run", name, seconds);
    const published = await this.#server.ask("fanOut", { ...fanOut, subscribers: this.#subscribers, seconds });
    const expected = published.messages * (fanOut.matching ?? this.#subscribers);
    const count = await this.#client.ask("delivered", expected);
    if (count !== expected) throw new Error(`${count} of ${expected} deliveries`);
    return { count, seconds: published.seconds };
  }

  stop(): Promise<void> {
    return this.#workers.stop(this.#client, this.#server);
  }
}
