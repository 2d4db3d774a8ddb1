import { nameIn } from "../../core/link/name.ts";
import { checkOptions, kinds } from "../../core/options.ts";
import { resolveWireOptions, type WireOptions, wireOptions } from "../../core/wire/options.ts";
import type { Port } from "./port.ts";

export interface WorkerOptions extends WireOptions {
  /**
   * What each name in `worker://name` is on this side, or what gives it at each attempt to connect. Default: a worker's parent.
   */
  readonly ports?: Readonly<Record<string, Port | (() => Port)>>;
}

export type ResolvedWorkerOptions = ReturnType<typeof resolveWorkerOptions>;

export function resolveWorkerOptions(given: WorkerOptions = {}) {
  const options = checkOptions("worker", given, { ...wireOptions, ports: kinds.object });
  return { ...resolveWireOptions(options), ports: options.ports };
}

export function portOf(url: string, { ports }: ResolvedWorkerOptions): Port {
  const name = nameIn(url);
  const port = ports === undefined ? parent() : Object.hasOwn(ports, name) ? ports[name] : undefined;
  if (port) return typeof port === "function" ? port() : port;
  throw new TypeError(`${url}: no port is known by this name; give transports: [worker({ ports: { "${name}": … } })]`);
}

function parent(): Port | null | undefined {
  if ("DedicatedWorkerGlobalScope" in globalThis) return globalThis as unknown as Port;
  return globalThis.process?.getBuiltinModule?.("node:worker_threads")?.parentPort;
}
