import { Acceptor } from "../link/acceptor.ts";
import type { ServerHost } from "../transport.ts";
import type { WireLimits } from "./limits.ts";
import type { Pipe, PipeUser } from "./pipe.ts";
import { ServerSession } from "./server-session.ts";

/** The connections of one listener, over pipes. */
export class WireAcceptor extends Acceptor<ServerSession> {
  readonly #host: ServerHost;
  readonly #limits: WireLimits;

  constructor(host: ServerHost, limits: WireLimits) {
    super(host, limits.maxConnections);
    this.#host = host;
    this.#limits = limits;
  }

  /** Takes a new pipe, or refuses it: `undefined` when the listener is full or closing. */
  accept(pipe: Pipe): PipeUser | undefined {
    return this.admit(
      pipe.peerAddress,
      (onLost) => new ServerSession(pipe, { host: this.#host, limits: this.#limits, onLost }),
    );
  }
}
