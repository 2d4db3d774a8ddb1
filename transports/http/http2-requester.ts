import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import type { Code } from "../../core/code.ts";
import { RpcError } from "../../core/error.ts";
import { drained } from "./drained.ts";
import type { HttpHeaders } from "./message.ts";
import type { Loss, OutgoingHeaders, OutgoingRequest, Requester, ResponseReader, Sending } from "./requester.ts";
import { separated } from "./separated.ts";

export interface Http2RequesterOptions {
  readonly session: ClientHttp2Session;
  /** `http` or `https`. */
  readonly scheme: string;
  readonly authority: string;
}

/** HTTP/2 by `node:http2`: all requests on one connection. Who opened the session listens to how it fares. */
export class Http2Requester implements Requester {
  readonly #session: ClientHttp2Session;
  readonly #scheme: string;
  readonly #authority: string;

  constructor({ session, scheme, authority }: Http2RequesterOptions) {
    this.#session = session;
    this.#scheme = scheme;
    this.#authority = authority;
  }

  request({ method, path, headers, body, streamed }: OutgoingRequest, reader: ResponseReader): Sending {
    const all = headers as OutgoingHeaders & { [pseudo: `:${string}`]: string };
    all[":method"] = method;
    all[":scheme"] = this.#scheme;
    all[":authority"] = this.#authority;
    all[":path"] = path;
    let stream: CallStream;
    try {
      stream = this.#session.request(all, { endStream: body === undefined && !streamed });
    } catch (cause) {
      return unsent(reader, cause as Error);
    }
    const sending = new Http2Sending(stream, this.#session, reader);
    if (body !== undefined) {
      if (reader.onSent === undefined) stream.end(body);
      else stream.end(body, () => sending.sent());
    }
    return sending;
  }

  close(): Promise<void> {
    const session = this.#session;
    return new Promise((resolve) => {
      if (session.closed || session.destroyed) resolve();
      else session.close(resolve);
    });
  }

  destroy(): void {
    this.#session.destroy();
  }
}

/** The session ended or was asked to leave, and nobody has noticed yet. */
function unsent(reader: ResponseReader, cause: Error): Sending {
  const message = `the request was not sent: ${cause.message}`;
  let wanted = true;
  queueMicrotask(() => {
    const error = new RpcError({ code: "UNAVAILABLE", message, cause, retryable: true });
    if (wanted) reader.onLost({ how: "unsent", error });
  });
  const nothing = (): undefined => {};
  const abort = (): void => {
    wanted = false;
  };
  return { write: nothing, finish: nothing, abort, pause: nothing, resume: nothing };
}

const SENDING = Symbol("sending");
/** By a member of the stream its listeners find the request, so that none needs functions of its own. */
type CallStream = ClientHttp2Stream & { [SENDING]?: Http2Sending | undefined };

class Http2Sending implements Sending {
  readonly #stream: CallStream;
  readonly #session: ClientHttp2Session;
  readonly #reader: ResponseReader;
  #trailers: HttpHeaders = none;
  #error: Error | undefined = undefined;
  #headed = false;
  #over = false;

  constructor(stream: CallStream, session: ClientHttp2Session, reader: ResponseReader) {
    this.#stream = stream;
    this.#session = session;
    this.#reader = reader;
    stream[SENDING] = this;
    stream.on("response", onResponse);
    stream.on("data", onData);
    stream.on("trailers", onTrailers);
    stream.on("end", onEnd);
    stream.on("error", onError);
    stream.on("close", onClose);
  }

  sent(): void {
    if (!this.#over) this.#reader.onSent?.();
  }

  onResponse(headers: HttpHeaders): void {
    if (this.#over) return;
    this.#headed = true;
    this.#reader.onHead(Number((headers as { readonly ":status"?: number })[":status"]), headers);
  }

  onData(bytes: Uint8Array): void {
    if (!this.#over) this.#reader.onData(bytes);
  }

  onTrailers(headers: HttpHeaders): void {
    this.#trailers = headers;
  }

  onEnd(): void {
    const stream = this.#stream;
    // A stream that was reset ends, too, as far as its readers are told.
    if (this.#over || !this.#headed || stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted) return;
    this.#over = true;
    this.#reader.onEnd(this.#trailers);
    // The answer came before all of the request: the rest is for nobody.
    if (stream.writableEnded || stream.destroyed) return;
    stream._final = final;
    stream.close(constants.NGHTTP2_CANCEL);
  }

  onError(error: Error): void {
    this.#error = error;
  }

  onClose(): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.onLost(this.#loss());
  }

  #loss(): Loss {
    const { rstCode = constants.NGHTTP2_NO_ERROR } = this.#stream;
    const why = this.#error?.message ?? (rstCode === 0 ? "the answer is not complete" : `code ${rstCode}`);
    if (rstCode === constants.NGHTTP2_REFUSED_STREAM) {
      const message = `the request was refused unseen: ${why}`;
      return { how: "unsent", error: new RpcError({ code: "UNAVAILABLE", message, retryable: true }) };
    }
    // Its streams have a code of their own then, which nobody sent.
    if (this.#session.destroyed || rstCode === constants.NGHTTP2_NO_ERROR) {
      return { how: "cut", error: new RpcError({ code: "UNAVAILABLE", message: `the connection ended: ${why}` }) };
    }
    const message = `the request was reset: ${why}`;
    return { how: "reset", error: new RpcError({ code: codeOfReset(rstCode), message }) };
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    const stream = this.#stream;
    if (this.#over || stream.destroyed || stream.writableEnded) return undefined;
    return stream.write(bytes) ? undefined : drained(stream);
  }

  finish(): void {
    const stream = this.#stream;
    if (!this.#over && !stream.destroyed && !stream.writableEnded) stream.end();
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    const stream = this.#stream;
    // Node would first end what was not ended: to the server an upload that was given up would be complete.
    if (!stream.writableEnded) stream._final = final;
    stream.close(constants.NGHTTP2_CANCEL);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#stream.destroyed) this.#stream.resume();
  }
}

function final(done: () => void): void {
  done();
}

const none: HttpHeaders = Object.freeze({});

function onResponse(this: CallStream, headers: IncomingHttpHeaders, _flags: number, raw: readonly string[]): void {
  this[SENDING]?.onResponse(separated(headers, raw));
}

function onData(this: CallStream, bytes: Uint8Array): void {
  this[SENDING]?.onData(bytes);
}

function onTrailers(this: CallStream, headers: IncomingHttpHeaders, _flags: number, raw: readonly string[]): void {
  this[SENDING]?.onTrailers(separated(headers, raw));
}

function onEnd(this: CallStream): void {
  this[SENDING]?.onEnd();
}

function onError(this: CallStream, error: Error): void {
  this[SENDING]?.onError(error);
}

function onClose(this: CallStream): void {
  const sending = this[SENDING];
  // Nothing comes any more. Node's tables of streams keep those that are over from being collected soon; not what hangs on them.
  this[SENDING] = undefined;
  sending?.onClose();
}

/** https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html, "Errors"; Connect has the same. */
function codeOfReset(rstCode: number): Code {
  switch (rstCode) {
    case constants.NGHTTP2_CANCEL:
      return "CANCELLED";
    case constants.NGHTTP2_ENHANCE_YOUR_CALM:
      return "RESOURCE_EXHAUSTED";
    case constants.NGHTTP2_INADEQUATE_SECURITY:
      return "PERMISSION_DENIED";
    default:
      return "INTERNAL";
  }
}
