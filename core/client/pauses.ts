import type { Platform } from "../platform.ts";

/** What timers can count; nothing that is tried again has as much time. */
const MAX_MS = 2 ** 31 - 1;

/** Runs `task` after `ms`, at the earliest in a turn of the event loop of its own. Returns what stops it. */
export function after(ms: number, task: () => void, platform: Platform): () => void {
  if (ms > 0) return platform.schedule(Math.min(ms, MAX_MS), task);
  let stopped = false;
  platform.nextTurn(() => {
    if (!stopped) task();
  });
  return () => {
    stopped = true;
  };
}

/** Calls that pause before they are sent again. While there are any, the process lives. */
export class Pauses<C extends object> {
  readonly #platform: Platform;
  readonly #stops = new Map<C, () => void>();
  #release: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  add(call: C, ms: number, go: (call: C) => void): void {
    this.#release ??= this.#platform.hold();
    const end = (): void => {
      this.#forget(call);
      go(call);
    };
    this.#stops.set(call, after(ms, end, this.#platform));
  }

  delete(call: C): void {
    const stop = this.#stops.get(call);
    if (stop === undefined) return;
    stop();
    this.#forget(call);
  }

  #forget(call: C): void {
    this.#stops.delete(call);
    if (this.#stops.size > 0) return;
    this.#release?.();
    this.#release = undefined;
  }
}
