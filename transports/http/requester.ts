import type { RpcError } from "../../core/error.ts";
import type { HttpHeaders } from "./message.ts";

/** Headers being put together; names in small letters. */
export type OutgoingHeaders = Record<string, string | string[]>;

/** One request, as a protocol makes it. */
export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  /** With the query. */
  readonly path: string;
  /** The requester's own from now on. */
  readonly headers: OutgoingHeaders;
  /** All of it; `undefined` where there is none, or it follows by `write`. */
  readonly body: Uint8Array | undefined;
  /** Whether the body follows by `write` and `finish`. */
  readonly streamed: boolean;
}

/** How a request ended without a whole answer. */
export interface Loss {
  readonly error: RpcError;
  /**
   * `unsent`: the server has certainly seen nothing of it. `reset`: the server, or what stands before it, gave up this request
   * alone, by the code of the error. `cut`: the connection ended under it.
   */
  readonly how: "unsent" | "reset" | "cut";
}

/**
 * Told what becomes of one request: a head, any number of times data, and `onEnd`; or `onLost` instead of what is missing. Nothing
 * before `request` has returned, and nothing after the end or after `abort`. Must not throw.
 */
export interface ResponseReader {
  /** All bytes of the request are on their way. Told only of a body that was given whole. */
  readonly onSent?: (() => void) | undefined;
  onHead(status: number, headers: HttpHeaders): void;
  /** The bytes are the reader's: nobody writes into them again. */
  onData(bytes: Uint8Array): void;
  onEnd(trailers: HttpHeaders): void;
  onLost(loss: Loss): void;
}

/** A request under way. What is done to it after its end has no effect. */
export interface Sending {
  /** More of a streamed body. Resolves when there is room for more, or nobody takes it any more; `undefined` if there is room. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** The streamed body is complete. */
  finish(): void;
  /** Gives the request up, and says so to the server as the version of HTTP can. */
  abort(): void;
  /** No more data until `resume`; what is under way in this turn may still come. */
  pause(): void;
  resume(): void;
}

/**
 * Sends requests to one endpoint, whatever carries them: undici, `node:http2` or fetch. Where the whole answer has come before a
 * streamed body was complete, the rest of that is given up.
 */
export interface Requester {
  /** Never throws. */
  request(request: OutgoingRequest, reader: ResponseReader): Sending;
  /** Ends its connections when their last requests have their answers. */
  close(): Promise<void>;
  /** Ends its connections; requests in progress are lost. */
  destroy(): void;
}
