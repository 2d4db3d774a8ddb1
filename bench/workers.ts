import { rmSync } from "node:fs";
import { bundle, type Foreign } from "./bundle.ts";
import { type Commands, Worker, type WorkerOptions } from "./worker.ts";

/** All processes of a run, so that nothing outlives it: neither a failure, nor Ctrl-C, nor SIGTERM. */
export class Workers {
  readonly #live = new Set<Worker<Commands>>();
  readonly #folder: string;
  readonly #leave = (signal: NodeJS.Signals) => process.exit(signal === "SIGINT" ? 130 : 143);
  readonly #cleanUp = () => {
    for (const worker of this.#live) worker.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  };

  private constructor(folder: string) {
    this.#folder = folder;
    process.on("exit", this.#cleanUp);
    process.on("SIGINT", this.#leave);
    process.on("SIGTERM", this.#leave);
  }

  /** Compiles the entry files, given relative to `bench/`, into a folder that lives as long as the run. */
  static async build(entries: readonly string[], foreign: readonly Foreign[] = []): Promise<Workers> {
    return new Workers(await bundle(entries, foreign));
  }

  /** `file` is one of the entries, with `.js`. */
  start<C extends Commands>(options: WorkerOptions): Worker<C> {
    const worker = new Worker<C>({ ...options, file: `${this.#folder}/${options.file}` });
    this.#live.add(worker);
    return worker;
  }

  async stop(...workers: readonly (Worker<never> | undefined)[]): Promise<void> {
    await Promise.all(
      workers.map(async (worker) => {
        await worker?.stop();
        this.#live.delete(worker as unknown as Worker<Commands>);
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#live].map((worker) => worker.stop()));
    this.#live.clear();
    this.#cleanUp();
    process.off("exit", this.#cleanUp);
    process.off("SIGINT", this.#leave);
    process.off("SIGTERM", this.#leave);
  }
}
