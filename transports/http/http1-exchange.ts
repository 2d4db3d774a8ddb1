import type { IncomingMessage, ServerResponse } from "node:http";
import type { Timed, TimerWheel } from "../../core/call/timer-wheel.ts";
import type { Peer } from "../../core/context.ts";
import { RpcError } from "../../core/error.ts";
import type { HttpConnection, OpenExchange } from "./connection.ts";
import { drained } from "./drained.ts";
import type { BodyReader, HttpHeaders, HttpRequest, HttpResponse } from "./message.ts";

/** How long, and how much, of a body is still read after its answer, so that the peer can send it and read that. */
const LINGER_MS = 5000;
const LINGER_BYTES = 1024 * 1024;

/** Up to here a body is sent together with its head. */
const MAX_JOINED_BYTES = 16 * 1024;
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

export interface ExchangeTimes {
  readonly wheel: TimerWheel;
  /** For all of a request that is no stream. */
  readonly requestTimeoutMs: number;
}

export function requestTooSlow({ requestTimeoutMs }: ExchangeTimes): RpcError {
  const message = `the request was not complete before requestTimeoutMs (${requestTimeoutMs}) was over`;
  return new RpcError({ code: "DEADLINE_EXCEEDED", message });
}

/** A request of `node:http` and its answer. */
export class Http1Exchange implements HttpRequest, HttpResponse, OpenExchange, Timed {
  readonly version = 1;
  readonly path: string;
  readonly query: string;
  place = -1;
  dueMs = 0;
  previous: Timed | undefined = undefined;
  next: Timed | undefined = undefined;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: HttpConnection;
  readonly #times: ExchangeTimes;
  #reader: BodyReader | undefined;
  #onGone: ((reason: RpcError) => void) | undefined;
  #gone: RpcError | undefined;
  #requestOver = false;
  #status = 0;
  #headers: HttpHeaders | undefined;
  #answered = false;
  #lingered = 0;

  constructor(request: IncomingMessage, response: ServerResponse, connection: HttpConnection, times: ExchangeTimes) {
    this.#request = request;
    this.#response = response;
    this.#connection = connection;
    this.#times = times;
    const url = request.url as string;
    const mark = url.indexOf("?");
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? "" : url.slice(mark + 1);
    connection.opened(this);
  }

  get method(): string {
    return this.#request.method as string;
  }

  get headers(): HttpHeaders {
    return this.#request.headers;
  }

  get peer(): Peer {
    return this.#connection.peer;
  }

  read(body: BodyReader): void {
    this.#reader = body;
    const request = this.#request;
    request.on("data", (bytes: Uint8Array) => {
      if (this.#answered) this.#linger(bytes.length);
      else body.onData(bytes);
    });
    request.on("end", () => {
      this.#complete();
      if (!this.#answered) body.onEnd();
    });
    if (body.patient !== true) this.#wait(this.#times.requestTimeoutMs);
  }

  #wait(ms: number): void {
    const { wheel } = this.#times;
    if (this.dueMs !== 0) wheel.remove(this);
    this.dueMs = wheel.platform.now() + ms;
    wheel.add(this);
  }

  #complete(): void {
    this.#requestOver = true;
    if (this.dueMs !== 0) {
      this.#times.wheel.remove(this);
      this.dueMs = 0;
    }
    if (this.#answered) this.#connection.ended(this);
  }

  /** The request takes too long. */
  expire(): void {
    this.dueMs = 0;
    if (this.#answered) return this.cut();
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.onLost(requestTooSlow(this.#times));
    if (this.#answered) return;
    this.head(408, { "content-length": "0", connection: "close" });
    this.end();
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  head(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  #sendHead(): void {
    const headers = this.#headers;
    if (headers === undefined) return;
    this.#headers = undefined;
    this.#response.writeHead(
      this.#status,
      (this.#connection.closing ? { ...headers, connection: "close" } : headers) as Record<string, string | string[]>,
    );
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    const response = this.#response;
    if (this.#unreachable) return undefined;
    this.#sendHead();
    return response.write(bytes) ? undefined : drained(response);
  }

  end(bytes?: Uint8Array, trailers?: HttpHeaders): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#onGone = undefined;
    if (!this.#unreachable) {
      const response = this.#response;
      const alone = this.#headers !== undefined;
      this.#sendHead();
      if (trailers !== undefined) response.addTrailers(trailers as Record<string, string>);
      if (bytes === undefined) response.end();
      // As text, byte for byte, Node joins it to the head, and writes once.
      else if (alone && bytes.length <= MAX_JOINED_BYTES)
        response.end(latin1Slice.call(bytes, 0, bytes.length), "latin1");
      else response.end(bytes);
    }
    if (this.#requestOver || this.#request.complete) this.#connection.ended(this);
    else this.#drain();
  }

  /** Of a request that nobody reads to its end, the rest is dropped; but not for ever. */
  #drain(): void {
    if (this.#reader === undefined) {
      const request = this.#request;
      request.on("data", (bytes: Uint8Array) => this.#linger(bytes.length));
      request.on("end", () => this.#complete());
    }
    this.#wait(LINGER_MS);
    this.#request.resume();
  }

  #linger(bytes: number): void {
    this.#lingered += bytes;
    if (this.#lingered <= LINGER_BYTES || this.#request.isPaused()) return;
    // To cut it off now would take the answer back that is on its way: https://www.rfc-editor.org/rfc/rfc9112#section-9.6
    this.#request.pause();
    this.#request.socket.end();
  }

  /** Writing to what is destroyed would be an error of its own. */
  get #unreachable(): boolean {
    return this.#gone !== undefined || this.#response.destroyed || this.#response.socket?.destroyed === true;
  }

  cut(): void {
    this.#request.socket.destroy();
  }

  onGone(listener: (reason: RpcError) => void): void {
    if (this.#gone !== undefined) listener(this.#gone);
    else if (!this.#answered) this.#onGone = listener;
  }

  gone(reason: RpcError): void {
    this.#gone = reason;
    const over = this.#requestOver;
    this.#complete();
    if (!over && !this.#answered) this.#reader?.onLost(reason);
    this.#onGone?.(reason);
    this.#onGone = undefined;
  }
}
