import type { CodedOperation } from "../../core/call/addressed.ts";
import type { Peer } from "../../core/context.ts";
import { decisionMs, refused, undecided } from "../../core/link/admission.ts";
import type { ServerHost } from "../../core/transport.ts";

/** Operations that one guest has found are kept, so many at the most: their names are the peer's. */
const MAX_FOUND = 256;

/** Who calls over one connection with the same credentials. */
export class Guest {
  readonly peer: Peer;
  readonly #operations = new Map<string, CodedOperation>();

  constructor(peer: Peer) {
    this.peer = peer;
  }

  /** What its calls mean by `asked`, found once. Throws what `find` throws. */
  operation(asked: string, find: () => CodedOperation): CodedOperation {
    let operation = this.#operations.get(asked);
    if (operation === undefined) {
      operation = find();
      if (this.#operations.size >= MAX_FOUND) this.#operations.clear();
      this.#operations.set(asked, operation);
    }
    return operation;
  }
}

export interface Asking {
  readonly host: ServerHost;
  readonly handshakeTimeoutMs: number;
  readonly peer: Peer;
  /** Aborted, with what the peer may know, when there is nothing to come in to any more. */
  readonly signal: AbortSignal;
}

/** Asks `authenticate`, in bounded time. Rejects with what the peer may know. */
export function admitGuest(credentials: unknown, { host, handshakeTimeoutMs, peer, signal }: Asking): Promise<Guest> {
  const { platform, authenticate, onError, instance } = host;
  return new Promise((resolve, reject) => {
    const stop = platform.schedule(decisionMs(handshakeTimeoutMs), () => {
      const late = undecided(handshakeTimeoutMs);
      onError(refused(peer, late), { peer: peer.address, instance });
      reject(late);
    });
    const closed = (): void => {
      done();
      reject(signal.reason);
    };
    const done = (): void => {
      stop();
      signal.removeEventListener("abort", closed);
    };
    signal.addEventListener("abort", closed);
    if (signal.aborted) closed();
    const enter = (identity: unknown): void =>
      resolve(new Guest(Object.freeze({ address: peer.address, identity: identity ?? peer.identity })));
    authenticate(credentials, peer).then(enter, reject).finally(done);
  });
}
