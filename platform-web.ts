import type { Platform } from "./core/platform.ts";

/** Time, timers and randomness of a browser. There is no call in progress to follow, and nothing to keep alive. */
export const webPlatform: Platform = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  schedule(ms, task) {
    const timer = setTimeout(task, Math.min(ms, 2 ** 31 - 1));
    // In Node, a test's say, it would keep the process.
    (timer as { unref?(): void }).unref?.();
    return () => clearTimeout(timer);
  },
  afterTurn: (task) => queueMicrotask(task),
  nextTurn: (task) => void setTimeout(task),
  hold: () => () => {},
  random: Math.random,
};
