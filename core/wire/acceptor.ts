import { RpcError } from "../error.ts";
import { shutdown } from "../link/shutdown.ts";
import type { ServerHost } from "../transport.ts";
import type { WireLimits } from "./limits.ts";
import type { Pipe, PipeUser } from "./pipe.ts";
import { ServerSession } from "./server-session.ts";

/** The connections of one listener. */
export class Acceptor {
  readonly #host: ServerHost;
  readonly #limits: WireLimits;
  readonly #sessions = new Set<ServerSession>();
  #closing: (() => void) | undefined;
  #refusing = false;

  constructor(host: ServerHost, limits: WireLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Takes a new pipe, or refuses it: `undefined` when the listener is full or closing. */
  accept(pipe: Pipe): PipeUser | undefined {
    if (this.#refusing) return undefined;
    if (this.#sessions.size >= this.#limits.maxConnections) {
      this.full(pipe.peerAddress);
      return undefined;
    }
    const session = new ServerSession(pipe, {
      host: this.#host,
      limits: this.#limits,
      onLost: (lost) => {
        this.#sessions.delete(lost);
        if (this.#sessions.size === 0) this.#closing?.();
      },
    });
    this.#sessions.add(session);
    return session;
  }

  /** Tells that a connection was refused for want of room, by this or by whoever accepts for it. */
  full(address: string): void {
    this.#host.onError(
      new RpcError({
        code: "RESOURCE_EXHAUSTED",
        message: `a connection from ${address} was refused: maxConnections (${this.#limits.maxConnections}) are open`,
      }),
      { peer: address, instance: this.#host.instance },
    );
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
