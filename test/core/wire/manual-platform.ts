import type { Platform } from "../../../core/platform.ts";

/** So many tasks in one `advance` are one that schedules itself without end. */
const ENDLESS = 100_000;

interface Scheduled {
  readonly at: number;
  readonly task: () => void;
}

/** A clock that stands still until the test moves it. */
export class ManualPlatform implements Platform {
  #now = 1000;
  readonly #scheduled = new Set<Scheduled>();

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now;
  }

  schedule(ms: number, task: () => void): () => void {
    const one = { at: this.#now + ms, task };
    this.#scheduled.add(one);
    return () => this.#scheduled.delete(one);
  }

  afterTurn(task: () => void): void {
    process.nextTick(task);
  }

  nextTurn(task: () => void): void {
    setImmediate(task);
  }

  hold(): () => void {
    return () => {};
  }

  random(): number {
    return 0.5;
  }

  /** Timers that have neither fired nor been stopped. */
  get timers(): number {
    return this.#scheduled.size;
  }

  /** The process was busy for `ms`: what fell due in it runs only with the next `advance`. */
  block(ms: number): void {
    this.#now += ms;
  }

  /** Lets `ms` pass; what falls due runs at its own time, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let tasks = 0; ; tasks++) {
      if (tasks > ENDLESS) throw new Error(`a task is scheduled again and again, and the clock stays at ${this.#now}`);
      let next: Scheduled | undefined;
      for (const one of this.#scheduled) if (one.at <= until && (next === undefined || one.at < next.at)) next = one;
      if (next === undefined) break;
      this.#scheduled.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
    }
    this.#now = until;
  }
}
