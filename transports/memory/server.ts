import { RpcError } from "../../core/error.ts";
import { shutdown } from "../../core/link/shutdown.ts";
import type { Listener, ServerHost } from "../../core/transport.ts";
import { type Accepted, addListener, type Listening, removeListener } from "./listeners.ts";
import type { ResolvedMemoryOptions } from "./options.ts";

export async function listenAs(
  url: string,
  name: string,
  host: ServerHost,
  options: ResolvedMemoryOptions,
): Promise<Listener> {
  const listener = new MemoryListener(url, name, host, options);
  if (!addListener(name, listener)) {
    throw new RpcError({
      code: "ALREADY_EXISTS",
      message: `${url}: the name is in use in this process; stop what listens there, or choose another`,
    });
  }
  return listener;
}

/** The serving end: a name, and the connections made to it. */
export class MemoryListener implements Listener, Listening {
  readonly url: string;
  readonly host: ServerHost;
  readonly options: ResolvedMemoryOptions;
  readonly #name: string;
  readonly #connections = new Set<Accepted>();
  #left: (() => void) | undefined;

  constructor(url: string, name: string, host: ServerHost, options: ResolvedMemoryOptions) {
    this.url = url;
    this.#name = name;
    this.host = host;
    this.options = options;
  }

  accept(connection: Accepted): RpcError | undefined {
    const { maxConnections } = this.options.limits;
    if (this.#connections.size >= maxConnections) {
      const error = new RpcError({
        code: "UNAVAILABLE",
        message: `a connection to ${this.url} was refused: maxConnections (${maxConnections}) are open`,
        retryable: true,
      });
      this.host.onError(error, { peer: "memory", endpoint: this.url, instance: this.host.instance });
      return error;
    }
    this.#connections.add(connection);
    return undefined;
  }

  lost(connection: Accepted): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#left?.();
  }

  async close(drainMs: number): Promise<void> {
    removeListener(this.#name, this);
    if (this.#connections.size === 0) return;
    const left = new Promise<void>((resolve) => {
      this.#left = resolve;
    });
    for (const connection of [...this.#connections]) connection.goaway();
    const stop = this.host.platform.schedule(drainMs, () => this.destroy(shutdown()));
    await left;
    stop();
  }

  destroy(error: RpcError): void {
    removeListener(this.#name, this);
    for (const connection of [...this.#connections]) connection.cutByServer(error);
  }
}
