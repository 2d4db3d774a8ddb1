import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";
import type { FromConsumer, FromProvider, ToConsumer, ToProvider } from "./messages.ts";

export type Provider = Child<ToProvider, FromProvider>;
export type Consumer = Child<ToConsumer, FromConsumer>;

/** The processes of the demo and the folder of their journals: nothing of it outlives this process. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "trunkline-orders-"));
  readonly #children = new Set<Child<never, never>>();
  readonly #onLine: (text: string) => void;
  #closed = false;
  readonly #cleanUp = (): void => {
    this.#closed = true;
    for (const child of this.#children) child.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  };

  /** `onLine` is told of what the processes write to their standard error. */
  constructor(onLine: (text: string) => void) {
    this.#onLine = onLine;
    process.on("exit", this.#cleanUp);
  }

  journalOf(name: string): string {
    return join(this.folder, `${name}.journal`);
  }

  startProvider(name: string, url: string): Provider {
    return this.#start(name, "provider.ts", ["--name", name, "--listen", url, "--journal", this.journalOf(name)]);
  }

  startConsumer(onMessage: (message: FromConsumer) => void): Consumer {
    return this.#start("consumer", "consumer.ts", [], onMessage);
  }

  #start<C extends Provider | Consumer>(
    name: string,
    file: string,
    args: readonly string[],
    onMessage?: (message: never) => void,
  ): C {
    if (this.#closed) throw new Error(`${name} is not started: the run is over`);
    const child = new Child<never, never>(name, file, args, {
      line: (line) => this.#onLine(`  ${name}: ${line}`),
      ...(onMessage && { message: onMessage }),
    });
    this.#children.add(child);
    void child.exited.then(() => this.#children.delete(child));
    return child as unknown as C;
  }

  [Symbol.dispose](): void {
    this.#cleanUp();
    process.off("exit", this.#cleanUp);
  }
}
