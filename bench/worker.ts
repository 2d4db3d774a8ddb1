import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** What a worker process can be asked; `answer.ts` is the other end. */
// biome-ignore lint/suspicious/noExplicitAny: a command's own argument type is recovered by Parameters<>
export type Commands = Record<string, (...args: any[]) => unknown>;

export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface WorkerOptions {
  /** For messages. */
  readonly name: string;
  readonly file: string;
  /** The only CPU it may run on; unpinned when absent. */
  readonly cpu?: number | undefined;
  readonly nodeFlags?: readonly string[];
}

/** Longer than any one command takes; a contender that hangs must not hang the run. */
const answerWithinMs = 60_000;
const exitWithinMs = 5_000;

/** A child process that is asked one thing after another over IPC. */
export class Worker<C extends Commands> {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  constructor({ name, file, cpu, nodeFlags = [] }: WorkerOptions) {
    this.name = name;
    const command = [process.execPath, "--expose-gc", ...nodeFlags, file];
    if (cpu !== undefined) command.unshift("taskset", "-c", String(cpu));
    const [program = "", ...args] = command;
    this.#child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" });
    this.#child.on("message", (reply: Reply) => this.#waiting.get(reply.id)?.(reply));
    const lost = (why: string) => {
      for (const [id, settle] of this.#waiting) settle({ id, error: why });
    };
    this.#child.on("error", (error) => lost(`could not start: ${error.message}`));
    this.#child.on("exit", (code, signal) => lost(`ended with ${signal ?? `exit code ${code}`}`));
  }

  async ask<K extends keyof C & string>(command: K, ...args: Parameters<C[K]>): Promise<Awaited<ReturnType<C[K]>>> {
    if (!this.#child.connected) throw new Error(`${this.name}: has ended, cannot "${command}"`);
    const id = ++this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply>((settle) => {
      this.#waiting.set(id, settle);
      timer = setTimeout(() => settle({ id, error: `no answer within ${answerWithinMs} ms` }), answerWithinMs);
      this.#child.send({ id, command, args });
    });
    clearTimeout(timer);
    this.#waiting.delete(id);
    if (reply.error !== undefined) throw new Error(`${this.name}: "${command}": ${reply.error}`);
    return reply.value as Awaited<ReturnType<C[K]>>;
  }

  /** A worker leaves by itself when its channel closes; one that does not is killed. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const gone = once(this.#child, "exit");
    const timer = setTimeout(() => this.kill(), exitWithinMs);
    if (this.#child.connected) this.#child.disconnect();
    await gone;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
