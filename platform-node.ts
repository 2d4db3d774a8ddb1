import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { performance } from "node:perf_hooks";
import type { CallContext } from "./core/context.ts";
import type { Platform } from "./core/platform.ts";
import { currentCalls } from "./current-call.ts";

/** The context of the call that is being served, wherever in its handler's asynchronous work; `undefined` outside. */
export function currentCall(): CallContext | undefined {
  return currentCalls.getStore();
}

/** Node's time, timers and randomness. Without `inherit` the call in progress is not followed. */
export function createNodePlatform(inherit: boolean): Platform {
  const platform: Platform = {
    now: () => performance.now(),
    wallNow: () => Date.now(),
    schedule(ms, task) {
      const timer = setTimeout(task, Math.min(ms, 2 ** 31 - 1));
      timer.unref();
      return () => clearTimeout(timer);
    },
    afterTurn: (task) => process.nextTick(task),
    nextTurn: (task) => void setImmediate(task),
    hold() {
      const timer = setInterval(() => {}, 2 ** 31 - 1);
      return () => clearInterval(timer);
    },
    random: Math.random,
  };
  return inherit ? { ...platform, current: currentCalls } : platform;
}

/** The URL with an address that others can reach, where it names every address of this machine. */
export function reachable(url: string): string {
  return url.replace(/^([^/]+:\/\/)(?:0\.0\.0\.0|\[::\])(?=[:/]|$)/, (_, scheme: string) => {
    return `${scheme}${hostAddress(networkInterfaces())}`;
  });
}

/** The first address that is not internal, of IPv4 if there is one; that of the loopback where there is no other. */
export function hostAddress(interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>): string {
  const all = Object.values(interfaces).flatMap((addresses = []) => addresses);
  // One that is local to its link means nothing without the name of the interface.
  const usable = all.filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address));
  const chosen = usable.find(({ family }) => family === "IPv4") ?? usable[0];
  if (chosen === undefined) return "127.0.0.1";
  return chosen.family === "IPv4" ? chosen.address : `[${chosen.address}]`;
}
