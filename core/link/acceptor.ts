import { RpcError } from "../error.ts";
import type { Listener, ServerHost } from "../transport.ts";
import { shutdown } from "./shutdown.ts";

/** One connection of a client, as its listener sees it. */
export interface AcceptedSession {
  /** Asks the client for no new calls; it ends with the last one in progress. */
  goaway(reason: string): void;
  /** Ends at once: what is at work is aborted with the error. */
  cut(error: RpcError): void;
}

/** The connections of one listener, whatever carries them: how many there may be, and how they end. */
export class Acceptor<S extends AcceptedSession> {
  readonly #host: ServerHost;
  readonly #maxConnections: number;
  readonly #sessions = new Set<S>();
  #closing: (() => void) | undefined;
  #refusing = false;

  constructor(host: ServerHost, maxConnections: number) {
    this.#host = host;
    this.#maxConnections = maxConnections;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Takes the connection that `open` makes, which calls `onLost` when it has ended; or refuses it: `undefined` when the
   * listener is full or closing.
   */
  admit(address: string, open: (onLost: (session: S) => void) => S): S | undefined {
    if (this.#refusing) return undefined;
    if (this.#sessions.size >= this.#maxConnections) {
      this.full(address);
      return undefined;
    }
    const session = open((lost) => {
      this.#sessions.delete(lost);
      if (this.#sessions.size === 0) this.#closing?.();
    });
    this.#sessions.add(session);
    return session;
  }

  /** Tells that a connection was refused for want of room, by this or by whoever accepts for it. */
  full(address: string): RpcError {
    const error = new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `a connection from ${address} was refused: maxConnections (${this.#maxConnections}) are open`,
    });
    this.#host.onError(error, { peer: address, instance: this.#host.instance });
    return error;
  }

  /** The listener at `url`, which `stop` keeps from taking more. */
  listener(url: string, stop: () => void): Listener {
    return {
      url,
      close: (drainMs) => {
        stop();
        return this.close(drainMs);
      },
      destroy: (error) => {
        stop();
        this.destroy(error);
      },
    };
  }

  /** Says goodbye to every client and waits until they have left, or cuts them when `drainMs` is over. */
  async close(drainMs: number): Promise<void> {
    this.#refusing = true;
    if (this.#sessions.size === 0) return;
    const left = new Promise<void>((resolve) => {
      this.#closing = resolve;
    });
    for (const session of [...this.#sessions]) session.goaway("the server is closing");
    const stop = this.#host.platform.schedule(drainMs, () => this.destroy(shutdown()));
    await left;
    stop();
  }

  destroy(error: RpcError): void {
    this.#refusing = true;
    for (const session of [...this.#sessions]) session.cut(error);
  }
}
