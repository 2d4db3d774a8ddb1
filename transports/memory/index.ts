import type { Transport } from "../../core/transport.ts";
import { connectLink } from "./client.ts";
import { type MemoryOptions, resolveMemoryOptions } from "./options.ts";
import { listenAs } from "./server.ts";

export type { MemoryLimits, MemoryOptions } from "./options.ts";

/** Calls within one process, without bytes but with the semantics of a remote call: `memory://name`. */
export function memory(options?: MemoryOptions): Transport {
  const resolved = resolveMemoryOptions(options);
  return {
    scheme: "memory",
    connect: (url, environment) => connectLink(url, environment, resolved),
    listen: (url, host) => listenAs(url, host, resolved),
  };
}
