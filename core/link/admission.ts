import type { Peer } from "../context.ts";
import { RpcError } from "../error.ts";

/** The peer may come in. */
export interface Accepted {
  /** What handlers find in `ctx.peer.identity`; `undefined` for the subject of the peer's certificate. */
  readonly identity: unknown;
}

/**
 * Decides about a new connection: `accept(identity)` lets the peer in, `refuse(message)` keeps it out, and whatever else it
 * returns does, too. An `RpcError` that it returns or throws is the refusal, with its own code: `UNAVAILABLE` makes clients
 * try again, `UNAUTHENTICATED` and `PERMISSION_DENIED` fail their calls at once. Of anything else that it throws the
 * peer hears nothing but `UNAVAILABLE`. It has nine tenths of `handshakeTimeoutMs` to decide. Refusals and failures reach `onError`.
 */
export type Authenticate = (credentials: unknown, peer: Peer) => Admission | PromiseLike<Admission>;

/** An identity, or why there is none. */
export type Admission = Accepted | RpcError;

/** Lets a peer in, as `identity`. */
export function accept(identity: unknown): Accepted {
  return { identity };
}

/** Keeps a peer out, which is told the message: `UNAUTHENTICATED`. */
export function refuse(message: string): RpcError {
  return new RpcError({ code: "UNAUTHENTICATED", message });
}

export interface Door {
  readonly authenticate: Authenticate;
  readonly onError: (error: unknown) => void;
}

/** Resolves to the identity of the peer; rejects with what it may know of why it is refused. */
export async function admit(credentials: unknown, peer: Peer, { authenticate, onError }: Door): Promise<unknown> {
  let decided: unknown;
  try {
    decided = await authenticate(credentials, peer);
  } catch (thrown) {
    if (!RpcError.is(thrown)) {
      onError(thrown);
      const message = "the server could not check the credentials; its log says why";
      throw new RpcError({ code: "UNAVAILABLE", message, retryable: true });
    }
    decided = thrown;
  }
  if (RpcError.is(decided)) {
    onError(refused(peer, decided));
    throw decided;
  }
  if (typeof decided === "object" && decided !== null && "identity" in decided) return decided.identity;
  // Not the value itself, which may be the credentials.
  const what = typeof decided === "boolean" ? String(decided) : `something else (${typeof decided})`;
  onError(
    new TypeError(
      `authenticate returned ${what}, so the connection from ${peer.address} was refused; return accept(identity) to let a peer in, or refuse(message)`,
    ),
  );
  throw refuse("the server refused the credentials");
}

/** The part of `handshakeTimeoutMs` that `authenticate` has: its client, which waits as long, is to hear the reason. */
const PATIENCE = 0.9;

export function decisionMs(handshakeTimeoutMs: number): number {
  return PATIENCE * handshakeTimeoutMs;
}

/** `authenticate` took too long. */
export function undecided(handshakeTimeoutMs: number): RpcError {
  const message = `the server could not check the credentials before handshakeTimeoutMs (${handshakeTimeoutMs}) was over`;
  return new RpcError({ code: "UNAVAILABLE", message, retryable: true });
}

/** What the server's own side is told of a refusal. */
export function refused({ address }: Peer, { code, message }: RpcError): RpcError {
  return new RpcError({ code, message: `the connection from ${address} was refused: ${message}` });
}

/** Whether a server that says so will say the same next time: to wait for it is in vain. */
export function isFinal(reason: RpcError | undefined): boolean {
  return reason?.code === "UNAUTHENTICATED" || reason?.code === "PERMISSION_DENIED";
}
