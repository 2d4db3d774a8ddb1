import type { CodedOperation } from "../../core/call/addressed.ts";
import type { Peer } from "../../core/context.ts";
import { decisionMs, refused, undecided } from "../../core/link/admission.ts";
import type { ServerHost } from "../../core/transport.ts";
import { credentialsOf, credentialsText } from "./headers.ts";
import type { HttpRequest } from "./message.ts";
import type { Target } from "./target.ts";

/** Who calls over one connection with the same credentials. */
export class Guest {
  readonly peer: Peer;
  /** What it calls, found once, by what its requests say. Whoever puts something in bounds it. */
  readonly targets = new Map<string, Target>();
  /** The same for those to whom nothing but the operation matters. */
  readonly operations = new Map<string, CodedOperation>();

  constructor(peer: Peer) {
    this.peer = peer;
  }
}

interface Known {
  /** The text of the headers that it gave its credentials by. */
  readonly text: string;
  /** A promise while it is asked about. */
  guest: Guest | Promise<Guest>;
}

/**
 * Who calls: `authenticate` is asked once for a connection, and again where the credentials in its headers change. Only the last
 * is kept, so that a peer cannot make it grow.
 */
export class Guests {
  readonly #host: ServerHost;
  readonly #handshakeTimeoutMs: number;
  readonly #known = new WeakMap<Peer, Known>();

  constructor(host: ServerHost, { handshakeTimeoutMs }: { readonly handshakeTimeoutMs: number }) {
    this.#host = host;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
  }

  /**
   * The guest with its identity; a promise only where that must be asked for, which rejects with what the peer may know. Throws
   * where the credentials cannot be read.
   */
  of({ peer, headers }: Pick<HttpRequest, "peer" | "headers">): Guest | Promise<Guest> {
    const text = credentialsText(headers);
    const last = this.#known.get(peer);
    if (last?.text === text) return last.guest;
    const guest = this.#ask(peer, credentialsOf(headers));
    const known: Known = { text, guest };
    this.#known.set(peer, known);
    guest.then(
      (admitted) => {
        known.guest = admitted;
      },
      () => {
        // Asked again: what was refused for now need not be the next time.
        if (this.#known.get(peer) === known) this.#known.delete(peer);
      },
    );
    return guest;
  }

  #ask(peer: Peer, credentials: unknown): Promise<Guest> {
    const { platform, authenticate, onError, instance } = this.#host;
    return new Promise((resolve, reject) => {
      const stop = platform.schedule(decisionMs(this.#handshakeTimeoutMs), () => {
        const late = undecided(this.#handshakeTimeoutMs);
        onError(refused(peer, late), { peer: peer.address, instance });
        reject(late);
      });
      const enter = (identity: unknown): void =>
        resolve(new Guest(Object.freeze({ address: peer.address, identity: identity ?? peer.identity })));
      authenticate(credentials, peer).then(enter, reject).finally(stop);
    });
  }
}
