import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

interface Waiting<M> {
  readonly take: (message: M) => boolean;
  readonly fail: (error: Error) => void;
}

/** Every message says what kind it is; the two sides share `messages.ts`. */
interface Message {
  readonly kind: string;
}

/** A process of the demo, in TypeScript like the demo itself. */
export class Child<To extends Message, From extends Message> {
  readonly name: string;
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  readonly #waiting = new Set<Waiting<From>>();
  #ended = false;

  /** `onLine` is told of each line that it writes to its standard error, `onMessage` of what nobody waits for. */
  constructor(
    name: string,
    file: string,
    args: readonly string[],
    on: { readonly message?: (message: From) => void; readonly line: (line: string) => void },
  ) {
    this.name = name;
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    if (this.#process.stderr) createInterface({ input: this.#process.stderr }).on("line", on.line);
    this.#process.on("message", (message) => this.#deliver(message as From, on.message));
    this.exited = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#ended = true;
        for (const { fail } of [...this.#waiting]) fail(new Error(`${name} ${why}`));
        resolve();
      };
      this.#process.on("error", (error) => end(`could not be started: ${error.message}`));
      this.#process.on("exit", (code, signal) => end(`ended unexpectedly (${signal ?? `exit code ${code}`})`));
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  send(message: To): void {
    if (!this.#ended && this.#process.connected) this.#process.send(message, () => {});
  }

  /** The next message of a kind; rejects if the process reports a failure, ends, or takes longer. */
  next<K extends From["kind"]>(kind: K, timeoutMs: number): Promise<Extract<From, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
      };
      const fail = (error: Error): void => {
        stop();
        reject(error);
      };
      const take = (message: From): boolean => {
        if (message.kind === "failed") fail(new Error(`${this.name}: ${(message as { reason?: string }).reason}`));
        if (message.kind !== kind) return false;
        stop();
        resolve(message as Extract<From, { kind: K }>);
        return true;
      };
      const waiting: Waiting<From> = { take, fail };
      const timer = setTimeout(() => fail(new Error(`${this.name}: not ${kind} after ${timeoutMs} ms`)), timeoutMs);
      this.#waiting.add(waiting);
      if (this.#ended) fail(new Error(`${this.name} has ended`));
    });
  }

  #deliver(message: From, otherwise: ((message: From) => void) | undefined): void {
    const taken = [...this.#waiting].some(({ take }) => take(message));
    if (!taken) otherwise?.(message);
  }

  kill(): void {
    if (!this.#ended) this.#process.kill("SIGKILL");
  }
}
