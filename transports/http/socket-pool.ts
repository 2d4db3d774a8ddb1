import type { Socket } from "node:net";
import type { Client, Dispatcher } from "undici";

/** What a pool dispatches. */
export interface PooledRequest extends Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions;
  readonly aborted: boolean;
  /** Set by the pool: the connection that it has to itself. */
  client: Client | undefined;
  /** It ended without a connection. */
  refused(error: Error): void;
}

/** Of an answer's headers, which may be metadata and their framing; bounds what a server can make this side keep. */
const MAX_HEADER_BYTES = 128 * 1024;

export interface SocketPoolOptions {
  readonly undici: typeof import("undici");
  /** `http://host:port` */
  readonly origin: string;
  readonly maxSockets: number;
  /** Opens a connection; calls back once. */
  open(callback: (error: Error | null, socket: Socket | null) => void): void;
  /** No connection is left, by the other side's doing, or none could be opened. */
  onLost(error: Error): void;
}

/** How undici calls what is this side's own doing: rest, a request given up, an answer that ends a connection. */
const OWN = new Set(["UND_ERR_INFO", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"]);

/**
 * Connections of HTTP/1.1 to one endpoint, each with one request at a time. The one that was used last is used next, so that
 * those that are too many come to rest, and end.
 */
export class SocketPool {
  readonly #options: SocketPoolOptions;
  /** Free ones; the last was used last. */
  readonly #free: Client[] = [];
  readonly #all = new Set<Client>();
  readonly #waiting: PooledRequest[] = [];
  #open = 0;
  #destroyed = false;

  constructor(options: SocketPoolOptions) {
    this.#options = options;
  }

  dispatch(sending: PooledRequest): void {
    if (this.#destroyed) return sending.refused(gone());
    const client = this.#free.pop() ?? (this.#all.size < this.#options.maxSockets ? this.#create() : undefined);
    if (client === undefined) this.#waiting.push(sending);
    else this.#send(client, sending);
  }

  #send(client: Client, sending: PooledRequest): void {
    sending.client = client;
    client.dispatch(sending.options, sending);
  }

  /** Its connection is free again, or gone. */
  done(sending: PooledRequest): void {
    const { client } = sending;
    sending.client = undefined;
    if (client === undefined || !this.#all.has(client)) return;
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (!next.aborted) return this.#send(client, next);
    }
    this.#free.push(client);
  }

  /** It was given up before it had a connection. */
  forget(sending: PooledRequest): void {
    if (sending.client !== undefined) return;
    const place = this.#waiting.indexOf(sending);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  #create(): Client {
    const { undici, origin, open, onLost } = this.#options;
    const client = new undici.Client(origin, {
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Time is the engine's matter: each call has its deadline.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_: unknown, callback: (error: Error | null, socket: Socket | null) => void) => open(callback),
    } as never);
    this.#all.add(client);
    client.on("connect", () => {
      this.#open++;
    });
    client.on("disconnect", (_origin, _targets, error) => {
      this.#open--;
      const place = this.#free.indexOf(client);
      if (place >= 0) {
        this.#free.splice(place, 1);
        this.#all.delete(client);
        client.close().catch(() => {});
      }
      const own = OWN.has(String((error as { readonly code?: unknown } | undefined)?.code));
      if (this.#open === 0 && !this.#destroyed && !own) onLost(error);
    });
    client.on("connectionError", (_origin, _targets, error) => {
      if (this.#open === 0 && !this.#destroyed) onLost(error);
    });
    return client;
  }

  /** Takes no more; each connection ends with the request that it has. */
  async close(): Promise<void> {
    this.#destroyed = true;
    await Promise.allSettled([...this.#all].map((client) => client.close()));
  }

  destroy(): void {
    this.#destroyed = true;
    for (const client of this.#all) client.destroy().catch(() => {});
    this.#free.length = 0;
    // Those have none to be destroyed with.
    for (const sending of this.#waiting.splice(0)) sending.refused(gone());
  }
}

function gone(): Error {
  return new Error("the connection was closed");
}
