import type { Metadata, MetadataInput } from "./metadata.ts";

/** Who is at the other end of a connection. */
export interface Peer {
  /** Where it is: `tcp://10.0.0.7:51002`, `memory`. */
  readonly address: string;
  /** What `authenticate` returned, or the subject of its certificate; `undefined` if nobody asked. */
  readonly identity: unknown;
}

/**
 * What a handler may know of the call that it serves: its argument after the last one that the contract declares. Handlers of
 * untyped methods, whose arguments are the caller's to count, get it from `currentCall()`.
 */
export interface CallContext {
  readonly service: string;
  readonly method: string;
  /** The identifier of the instance that serves the call. */
  readonly instance: string;
  readonly peer: Peer;
  readonly metadata: Metadata;
  /** When the caller stops waiting, in milliseconds since the epoch, as `Date.now()` counts; `undefined` for "never". */
  readonly deadline: number | undefined;
  /** How long the caller still waits, in milliseconds; 0 once it does not, `Infinity` without a deadline. */
  timeLeft(): number;
  /** Aborted when the caller cancels, its deadline passes or its connection dies. Made on first use. */
  readonly signal: AbortSignal;
  /**
   * Sends metadata back with the reply; of a stream with its first item what is set before, with its end what is set later.
   * Keys as in `Metadata`; what is set again replaces what was. A wire whose head has left may send it among the trailers.
   */
  setReplyMetadata(entries: MetadataInput): void;
  /**
   * Sends metadata back behind the reply or the last item; where the handler fails, as metadata of the error, whose own keys
   * win. What is set again replaces what was.
   */
  setTrailers(entries: MetadataInput): void;
}

/** A call being served, as a transport hands it to the framework; the same object is the handler's context. */
export interface IncomingCall extends CallContext {
  /** What the handler has set so far. */
  readonly replyMetadata: Metadata | undefined;
  readonly replyTrailers: Metadata | undefined;
  /**
   * True once its own outcome is on its way. Until then, calls made on its behalf are bound by what `timeLeft()` says; work
   * that goes on after the answer is not. One that the caller gave up was not answered.
   */
  readonly answered: boolean;
}
