import type { AcceptedSession, Acceptor } from "../../core/link/acceptor.ts";
import type { ServerHost } from "../../core/transport.ts";
import type { ResolvedMemoryOptions } from "./options.ts";

/** What a connection knows of the server that it leads to. */
export interface Listening {
  readonly url: string;
  readonly host: ServerHost;
  readonly options: ResolvedMemoryOptions;
  readonly acceptor: Acceptor<AcceptedSession>;
}

/**
 * The network of this process: who listens under which name. It is process-wide on purpose, and the only such place:
 * `memory://orders` must mean the same to every client and server, whichever `memory()` they were given. It hangs on
 * `globalThis` because one process may hold two copies of this module.
 */
const NETWORK = Symbol.for("trunkline.memory.listeners");

function network(): Map<string, Listening> {
  const holder = globalThis as { [NETWORK]?: Map<string, Listening> };
  holder[NETWORK] ??= new Map();
  return holder[NETWORK];
}

export function listenerOf(name: string): Listening | undefined {
  return network().get(name);
}

/** False if the name is taken. */
export function addListener(name: string, listener: Listening): boolean {
  if (network().has(name)) return false;
  network().set(name, listener);
  return true;
}

export function removeListener(name: string, listener: Listening): void {
  if (network().get(name) === listener) network().delete(name);
}
