import type { Peer } from "../../../core/context.ts";
import { RpcError } from "../../../core/error.ts";
import type { BodyReader, HttpHeaders, HttpRequest, HttpResponse } from "../message.ts";

/** Bytes of an answer that may wait for their reader. */
const WINDOW_BYTES = 65_536;
/** Answers that have no body, whatever stands in it. */
const EMPTY = new Set([204, 205, 304]);

/** A request of fetch and its answer. `answer` resolves when its head is known. */
export class FetchExchange implements HttpRequest, HttpResponse {
  /** Nobody says which it is, nor that an answer may begin before its request has ended. */
  readonly version = 1;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HttpHeaders;
  readonly peer: Peer;
  readonly answer: Promise<Response>;
  readonly #request: Request;
  #resolve: (response: Response) => void = () => {};
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #body: BodyReader | undefined;
  #paused: Promise<void> | undefined;
  #resume: () => void = () => {};
  #head: ResponseInit | undefined;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  #room: () => void = () => {};
  #over = false;
  #gone: RpcError | undefined;
  #onGone: ((reason: RpcError) => void) | undefined;
  /** Told when nothing more comes of it. */
  onOver: () => void = () => {};

  /** `path` is that of the request, without what the handler is mounted under. */
  constructor(request: Request, { path, query, peer }: Pick<HttpRequest, "path" | "query" | "peer">) {
    this.#request = request;
    this.method = request.method;
    this.path = path;
    this.query = query;
    this.peer = peer;
    this.headers = Object.fromEntries(request.headers);
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    request.signal.addEventListener("abort", this.#left, { once: true });
  }

  read(body: BodyReader): void {
    this.#body = body;
    if (this.#request.body === null) return body.onEnd();
    this.#reader = this.#request.body.getReader();
    void this.#pump(body, this.#reader);
  }

  async #pump(body: BodyReader, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        await this.#paused;
        if (this.#over || this.#gone !== undefined) return;
        if (done) {
          this.#body = undefined;
          return body.onEnd();
        }
        body.onData(value);
      }
    } catch {
      // A request that breaks off is of somebody who has left.
      this.#left();
    }
  }

  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume();
    this.#paused = undefined;
  }

  head(status: number, given: HttpHeaders): void {
    const headers = new Headers();
    for (const [name, value] of Object.entries(given)) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
    }
    this.#head = { status, headers };
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#over || this.#gone !== undefined) return undefined;
    const stream = this.#opened();
    stream.enqueue(bytes);
    if ((stream.desiredSize ?? 0) > 0) return undefined;
    return new Promise((resolve) => {
      this.#room = resolve;
    });
  }

  #opened(): ReadableStreamDefaultController<Uint8Array> {
    if (this.#stream !== undefined) return this.#stream;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#stream = controller;
        },
        pull: () => this.#room(),
        cancel: () => this.#left(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: WINDOW_BYTES }),
    );
    this.#resolve(new Response(body, this.#head));
    return this.#stream as unknown as ReadableStreamDefaultController<Uint8Array>;
  }

  /** Trailers have no place in an answer of fetch; the protocols that need them are not served by it. */
  end(bytes?: Uint8Array): void {
    if (this.#over) return;
    if (this.#gone !== undefined) return this.#finish();
    const stream = this.#stream;
    if (stream === undefined) {
      const empty = EMPTY.has(this.#head?.status ?? 200) || this.method === "HEAD";
      this.#resolve(new Response(empty ? null : (bytes as Uint8Array<ArrayBuffer> | undefined), this.#head));
    } else {
      if (bytes !== undefined) stream.enqueue(bytes);
      stream.close();
    }
    this.#finish();
  }

  cut(): void {
    if (this.#over) return;
    if (this.#stream === undefined) this.#resolve(new Response(null, { status: 500 }));
    else this.#stream.error(new Error("the answer was cut off"));
    this.#finish();
  }

  onGone(listener: (reason: RpcError) => void): void {
    if (this.#gone !== undefined) listener(this.#gone);
    else if (!this.#over) this.#onGone = listener;
  }

  readonly #left = (): void => {
    if (this.#over || this.#gone !== undefined) return;
    const reason = new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
    this.#gone = reason;
    this.#room();
    this.#body?.onLost(reason);
    this.#onGone?.(reason);
    // Nobody reads it, but who called the handler waits for one.
    if (this.#stream === undefined) this.#resolve(new Response(null, { status: 499 }));
    else this.#stream.error(new Error("the request was cut off"));
    this.#finish();
  };

  /** What is left of the request is not wanted. */
  #finish(): void {
    this.#over = true;
    this.#body = undefined;
    this.#onGone = undefined;
    this.#request.signal.removeEventListener("abort", this.#left);
    this.resume();
    this.#reader?.cancel().catch(() => {});
    this.onOver();
  }
}
