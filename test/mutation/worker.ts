import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

/** A test as the run without a mutant saw it. */
export interface Seen {
  readonly title: string;
  readonly durationMs: number;
  /** The ids of the mutants that it passed. */
  readonly covers: readonly string[];
}

export interface DryRun {
  /** Those that do not pass without a mutant, in sources that are slowed down by all of them; they are not asked. */
  readonly failed: readonly string[];
  readonly tests: readonly Seen[];
  /** Mutants that are passed when a file is loaded. */
  readonly onLoad: readonly string[];
}

/** Without a mutant: run everything, and tell what each test covers. */
export interface Question {
  readonly mutant?: string;
  readonly tests: readonly Pick<Seen, "title" | "durationMs">[];
}

export interface Answer {
  readonly ready?: true;
  readonly dry?: DryRun;
  /** The first test that failed. */
  readonly failed?: string | undefined;
  /** True if sockets or timers are left that were not there before. */
  readonly dirty?: boolean;
}

export type Verdict =
  | { readonly outcome: "killed"; readonly by: string }
  | { readonly outcome: "timeout" }
  | { readonly outcome: "survived" };

/** What a mutant may take beside its tests before its process is killed. */
const HANG_MS = 15_000;
/** A process is renewed after so many mutants: each may leave something behind. */
const MUTANTS_PER_PROCESS = 40;

export interface WorkerOptions {
  readonly sandbox: string;
  readonly specs: readonly string[];
  /** Titles that are not run. */
  readonly skip: RegExp;
}

/** A process that tries mutants, replaced by a new one when a mutant hung it or changed it. */
export class Worker implements Disposable {
  readonly #options: WorkerOptions;
  #child: ChildProcess | undefined;
  #tried = 0;
  /** The end of what the process complained of. */
  #complaint = "";

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async dryRun(): Promise<DryRun> {
    const { dry } = (await this.#ask({ tests: [] }, 600_000)) ?? {};
    if (dry === undefined) throw new Error("the tests did not end without a mutant");
    this.#kill();
    return dry;
  }

  async try(mutant: string, tests: readonly Seen[]): Promise<Verdict> {
    const timeMs = tests.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const asked = tests.map(({ title, durationMs }) => ({ title, durationMs }));
    const answer = await this.#ask({ mutant, tests: asked }, HANG_MS + 3 * timeMs);
    if (answer === undefined) return { outcome: "timeout" };
    if (answer.dirty || ++this.#tried >= MUTANTS_PER_PROCESS) this.#kill();
    return answer.failed === undefined ? { outcome: "survived" } : { outcome: "killed", by: answer.failed };
  }

  /** Undefined if the process did not answer in time, or died. */
  async #ask(question: Question, timeoutMs: number): Promise<Answer | undefined> {
    if (this.#child === undefined && (await this.#start()) === undefined) {
      throw new Error(`the specs cannot be loaded: ${this.#complaint}`);
    }
    const child = this.#child as ChildProcess;
    const answer = this.#answer(child, timeoutMs);
    child.send(question);
    const given = await answer;
    if (given === undefined) this.#kill();
    return given;
  }

  async #start(): Promise<Answer | undefined> {
    const { sandbox, specs, skip } = this.#options;
    const child = fork(join(sandbox, "test/mutation/child.ts"), [skip.source, ...specs], {
      cwd: sandbox,
      execArgv: ["--import=tsx"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk).slice(-2000);
    });
    this.#child = child;
    this.#tried = 0;
    return this.#answer(child, 120_000);
  }

  #answer(child: ChildProcess, timeoutMs: number): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined): void => {
        clearTimeout(timer);
        child.off("message", done);
        child.off("exit", gone);
        resolve(answer);
      };
      const gone = (): void => done(undefined);
      const timer = setTimeout(gone, timeoutMs);
      child.once("message", done);
      child.once("exit", gone);
    });
  }

  #kill(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  [Symbol.dispose](): void {
    this.#kill();
  }
}
