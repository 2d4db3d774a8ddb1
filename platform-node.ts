import { AsyncLocalStorage } from "node:async_hooks";
import type { CallContext } from "./core/context.ts";
import type { CurrentStore, Platform } from "./core/platform.ts";

/** The call in progress, for every client and server of this process: a handler's call may leave by any client. */
const current = new AsyncLocalStorage<object>();

/** The context of the call that is being served, wherever in its handler's asynchronous work; `undefined` outside. */
export function currentCall(): CallContext | undefined {
  return current.getStore() as CallContext | undefined;
}

/** Node's time, timers and randomness. Without `inherit` the call in progress is not followed. */
export function createNodePlatform(inherit: boolean): Platform {
  const platform: Platform = {
    now: () => performance.now(),
    schedule(ms, task) {
      const timer = setTimeout(task, Math.min(ms, 2 ** 31 - 1));
      timer.unref();
      return () => clearTimeout(timer);
    },
    afterTurn: (task) => process.nextTick(task),
    random: Math.random,
  };
  return inherit ? { ...platform, current: current as CurrentStore } : platform;
}
