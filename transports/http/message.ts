import type { Peer } from "../../core/context.ts";
import type { RpcError } from "../../core/error.ts";

/** Names in small letters, as Node gives them. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One request, whoever owns the socket: `node:http`, `node:http2` or fetch. */
export interface HttpRequest {
  readonly method: string;
  /** Of the URL, as it came, without the query. */
  readonly path: string;
  /** Behind "?", or "". */
  readonly query: string;
  readonly headers: HttpHeaders;
  /** HTTP/1.x cannot carry full duplex. */
  readonly version: 1 | 2;
  /**
   * The same object for every request of one connection, which is how what is known of a connection is found again. Its identity
   * is the subject of the client's certificate, if there is any.
   */
  readonly peer: Peer;
  /** Called once, or never: then the body is dropped. Before it nothing is told. */
  read(body: BodyReader): void;
  /** No `onData` until `resume`; what is under way in this turn may still come. */
  pause(): void;
  resume(): void;
}

/** Told of a body: `onData` any number of times, then `onEnd` or `onLost`, and nothing after that. */
export interface BodyReader {
  /** True where a body may take as long as its sender likes: a stream. Others have `requestTimeoutMs`. */
  readonly patient?: boolean;
  /** The bytes are the reader's: nobody writes into them again. */
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  /** The body will not end: it was cut off, or came too slowly. */
  onLost(error: RpcError): void;
}

export interface HttpResponse {
  /** Once, before anything else; not where a status of 1xx. May be held back until the first bytes or the end. */
  head(status: number, headers: HttpHeaders): void;
  /** Resolves when there is room; `undefined` if there is. Nothing happens where the peer is gone. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /**
   * The answer is complete, whether or not the request is: what of its body comes later is dropped, and the peer is told that
   * it need not send it. `trailers` only where the version has them, and the head did not say how long the body is.
   */
  end(bytes?: Uint8Array, trailers?: HttpHeaders): void;
  /** Reset: the peer sees an error, never success. */
  cut(): void;
  /** One listener: the peer left before the end of the answer, or was cut off. Called at once if it has. */
  onGone(listener: (reason: RpcError) => void): void;
}

/** Who answers some requests: a protocol, REST, a page, Hessian. They are asked in order. */
export interface Responder {
  /** True if it took the request: then it answers, in its own time. Must not throw. */
  take(request: HttpRequest, response: HttpResponse): boolean;
}
