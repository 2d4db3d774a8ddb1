import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Timed } from "../../core/call/timer-wheel.ts";
import type { Peer } from "../../core/context.ts";
import type { RpcError } from "../../core/error.ts";
import { type HttpConnection, left, type OpenExchange } from "./connection.ts";
import { drained } from "./drained.ts";
import { type ExchangeTimes, requestTooSlow } from "./http1-exchange.ts";
import type { BodyReader, HttpHeaders, HttpRequest, HttpResponse } from "./message.ts";

/** How soon it is looked whether an answer has left: the first few times in the next turn. */
const SOON = 10;
const RELEASE_MS = 20;

const EXCHANGE = Symbol("exchange");
/** By a member of the stream its listeners find the exchange, so that none needs functions of its own. */
type OwnStream = ServerHttp2Stream & { [EXCHANGE]?: Http2Exchange | undefined };

/** A stream of `node:http2`: a request and its answer. */
export class Http2Exchange implements HttpRequest, HttpResponse, OpenExchange, Timed {
  readonly version = 2;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HttpHeaders;
  place = -1;
  dueMs = 0;
  previous: Timed | undefined = undefined;
  next: Timed | undefined = undefined;
  readonly #stream: OwnStream;
  readonly #connection: HttpConnection;
  readonly #times: ExchangeTimes;
  #reader: BodyReader | undefined;
  #onGone: ((reason: RpcError) => void) | undefined;
  #gone: RpcError | undefined;
  #requestOver = false;
  #status = 0;
  #headers: HttpHeaders | undefined;
  #trailers: HttpHeaders | undefined;
  #answered = false;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    connection: HttpConnection,
    times: ExchangeTimes,
  ) {
    this.#stream = stream;
    this.#connection = connection;
    this.#times = times;
    this.headers = headers;
    // Of a GET there is nothing to read.
    this.#requestOver = stream.endAfterHeaders;
    this.method = headers[":method"] ?? "";
    const url = headers[":path"] ?? "/";
    const mark = url.indexOf("?");
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? "" : url.slice(mark + 1);
    connection.opened(this);
    this.#stream[EXCHANGE] = this;
    stream.on("error", ignore);
    stream.on("aborted", onAborted);
    stream.on("close", onClose);
  }

  get peer(): Peer {
    return this.#connection.peer;
  }

  read(body: BodyReader): void {
    this.#reader = body;
    this.#stream.on("data", onData);
    // A body of nothing has ended before anybody reads it, where it was asked first who calls.
    if (this.#stream.readableEnded) process.nextTick(() => this.onEnd());
    else this.#stream.on("end", onEnd);
    if (body.patient === true) return;
    const { wheel, requestTimeoutMs } = this.#times;
    this.dueMs = wheel.platform.now() + requestTimeoutMs;
    wheel.add(this);
  }

  onData(bytes: Uint8Array): void {
    if (!this.#answered) this.#reader?.onData(bytes);
  }

  onEnd(): void {
    // A stream that was reset ends, too.
    if (this.#stream.aborted || this.#gone !== undefined) return;
    this.#complete();
    if (!this.#answered) this.#reader?.onEnd();
  }

  onClose(): void {
    // Mostly all has been said, and an error, which is dear, is for nobody.
    if (!this.#answered || !this.#requestOver) this.gone(left());
    this.#connection.ended(this);
  }

  #complete(): void {
    this.#requestOver = true;
    if (this.dueMs === 0) return;
    this.#times.wheel.remove(this);
    this.dueMs = 0;
  }

  /** The request takes too long. */
  expire(): void {
    this.dueMs = 0;
    if (this.#answered) return this.cut();
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.onLost(requestTooSlow(this.#times));
    if (this.#answered) return;
    this.head(408, { "content-length": "0" });
    this.end();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  head(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  #sendHead(how: { readonly endStream?: boolean; readonly waitForTrailers?: boolean }): void {
    const headers = this.#headers;
    if (headers === undefined) return;
    this.#headers = undefined;
    const stream = this.#stream;
    if (how.waitForTrailers) stream.on("wantTrailers", onWantTrailers);
    stream.respond({ ...headers, ":status": this.#status } as OutgoingHttpHeaders, how);
  }

  sendTrailers(): void {
    if (this.#stream.destroyed) return;
    this.#stream.sendTrailers((this.#trailers ?? {}) as Record<string, string | string[]>);
    // Behind what is written in this turn: a reset would take it along.
    if (!this.#requestOver) setImmediate(() => this.#release());
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    const stream = this.#stream;
    if (this.#unreachable) return undefined;
    this.#sendHead({ waitForTrailers: true });
    return stream.write(bytes) ? undefined : drained(stream);
  }

  end(bytes?: Uint8Array, trailers?: HttpHeaders): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#onGone = undefined;
    if (this.#unreachable) return;
    const stream = this.#stream;
    this.#trailers = trailers;
    if (this.#headers !== undefined) {
      if (trailers !== undefined) this.#sendHead({ waitForTrailers: true });
      else this.#sendHead({ endStream: bytes === undefined });
    }
    if (!stream.writableEnded) {
      if (bytes === undefined) stream.end();
      else stream.end(bytes);
    }
    if (this.#requestOver) return;
    // Whatever of the request is still to come is dropped.
    stream.resume();
    if (trailers === undefined) stream.once("finish", () => this.#release());
  }

  /**
   * The answer is complete before the request is: RST_STREAM of NO_ERROR tells the peer that it need not go on. It would overtake
   * what was not sent yet. https://www.rfc-editor.org/rfc/rfc9113#section-8.1
   */
  #release(tries = 0): void {
    const stream = this.#stream;
    if (this.#requestOver || stream.closed || stream.destroyed) return;
    if (stream.state.localClose === 1) return stream.close(constants.NGHTTP2_NO_ERROR);
    const again = (): void => this.#release(tries + 1);
    if (tries < SOON) setImmediate(again);
    else this.#times.wheel.platform.schedule(RELEASE_MS, again);
  }

  get #unreachable(): boolean {
    return this.#gone !== undefined || this.#stream.destroyed || this.#stream.closed;
  }

  cut(): void {
    if (!this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  onGone(listener: (reason: RpcError) => void): void {
    if (this.#gone !== undefined) listener(this.#gone);
    else if (!this.#answered) this.#onGone = listener;
  }

  gone(reason: RpcError): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    const over = this.#requestOver;
    this.#complete();
    if (!over && !this.#answered) this.#reader?.onLost(reason);
    this.#onGone?.(reason);
    this.#onGone = undefined;
  }
}

/** What ends a stream is told by its `close`. */
function ignore(): void {}

function onAborted(this: OwnStream): void {
  this[EXCHANGE]?.gone(left());
}

function onClose(this: OwnStream): void {
  const exchange = this[EXCHANGE];
  // Nothing comes any more. Node's tables of streams keep those that are over from being collected soon; not what hangs on them.
  this[EXCHANGE] = undefined;
  exchange?.onClose();
}

function onData(this: OwnStream, bytes: Uint8Array): void {
  this[EXCHANGE]?.onData(bytes);
}

function onEnd(this: OwnStream): void {
  this[EXCHANGE]?.onEnd();
}

function onWantTrailers(this: OwnStream): void {
  this[EXCHANGE]?.sendTrailers();
}
