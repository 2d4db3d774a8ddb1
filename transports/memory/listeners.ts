import type { MemoryListener } from "./server.ts";

/**
 * The network of this process: who listens under which name. It is process-wide on purpose, and the only such place:
 * `memory://orders` must mean the same to every client and server, whichever `memory()` they were given.
 */
const listeners = new Map<string, MemoryListener>();

export function listenerOf(name: string): MemoryListener | undefined {
  return listeners.get(name);
}

/** False if the name is taken. */
export function addListener(name: string, listener: MemoryListener): boolean {
  if (listeners.has(name)) return false;
  listeners.set(name, listener);
  return true;
}

export function removeListener(name: string, listener: MemoryListener): void {
  if (listeners.get(name) === listener) listeners.delete(name);
}
