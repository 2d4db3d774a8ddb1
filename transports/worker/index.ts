import type { Transport } from "../../core/transport.ts";
import { connectLink } from "./client.ts";
import { resolveWorkerOptions, type WorkerOptions } from "./options.ts";
import { listenAt } from "./server.ts";

export type { WorkerOptions } from "./options.ts";
export type { Port } from "./port.ts";

/** The multiplexed protocol between threads, by `postMessage`: `worker://name`. In a browser, too. */
export function worker(options?: WorkerOptions): Transport {
  const resolved = resolveWorkerOptions(options);
  return {
    scheme: "worker",
    connect: (url, environment) => connectLink(url, environment, resolved),
    listen: (url, host) => listenAt(url, host, resolved),
  };
}
