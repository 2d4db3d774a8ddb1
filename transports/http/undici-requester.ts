import type { Client, Dispatcher } from "undici";
import { RpcError } from "../../core/error.ts";
import type { HttpHeaders } from "./message.ts";
import type { Loss, OutgoingRequest, Requester, ResponseReader, Sending } from "./requester.ts";
import { type PooledRequest, SocketPool, type SocketPoolOptions } from "./socket-pool.ts";
import { StreamedBody } from "./streamed-body.ts";

/** HTTP/1.1 by undici: a connection for each request in progress. */
export class UndiciRequester implements Requester {
  readonly #pool: SocketPool;

  constructor(options: SocketPoolOptions) {
    this.#pool = new SocketPool(options);
  }

  request(request: OutgoingRequest, reader: ResponseReader): Sending {
    const sending = new UndiciSending(request, reader, this.#pool);
    this.#pool.dispatch(sending);
    return sending;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  destroy(): void {
    this.#pool.destroy();
  }
}

class UndiciSending implements Sending, PooledRequest {
  readonly options: Dispatcher.DispatchOptions;
  readonly #reader: ResponseReader;
  readonly #pool: SocketPool;
  readonly #body: StreamedBody | undefined;
  client: Client | undefined = undefined;
  #controller: Dispatcher.DispatchController | undefined = undefined;
  #aborted = false;
  #paused = false;

  constructor({ method, path, headers, body, streamed }: OutgoingRequest, reader: ResponseReader, pool: SocketPool) {
    this.#reader = reader;
    this.#pool = pool;
    this.#body = streamed ? new StreamedBody() : undefined;
    this.options = { method, path, headers, body: (this.#body as never) ?? body ?? null };
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) return controller.abort(given);
    if (this.#reader.onSent !== undefined) setImmediate(() => this.#aborted || this.#reader.onSent?.());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (status < 200 || this.#aborted) return;
    this.#reader.onHead(status, headers);
    if (this.#paused) controller.pause();
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Uint8Array): void {
    if (!this.#aborted) this.#reader.onData(bytes);
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: HttpHeaders): void {
    this.#done();
    if (!this.#aborted) this.#reader.onEnd(trailers);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.refused(error);
  }

  refused(error: Error): void {
    this.#done();
    if (this.#aborted) return;
    // A client that is destroyed refuses at once, before `request` has returned.
    queueMicrotask(() => {
      if (!this.#aborted) this.#reader.onLost(this.#lossOf(error));
    });
  }

  #done(): void {
    this.#body?.close();
    this.#pool.done(this);
  }

  #lossOf(error: Error & { readonly code?: unknown }): Loss {
    const { message } = error;
    if (this.#controller === undefined) {
      const why = `the request was not sent: ${message}`;
      const unsent = new RpcError({ code: "UNAVAILABLE", message: why, cause: error, retryable: true });
      return { how: "unsent", error: unsent };
    }
    if (String(error.code).startsWith("HPE_") || error.code === "UND_ERR_HEADERS_OVERFLOW") {
      return { how: "reset", error: new RpcError({ code: "INTERNAL", message: `the answer is no HTTP: ${message}` }) };
    }
    const cut = new RpcError({ code: "UNAVAILABLE", message: `the connection ended: ${message}`, cause: error });
    return { how: "cut", error: cut };
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    return this.#body?.write(bytes);
  }

  finish(): void {
    this.#body?.finish();
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#body?.close();
    if (this.#controller !== undefined) this.#controller.abort(given);
    else this.#pool.forget(this);
  }

  pause(): void {
    this.#paused = true;
    this.#controller?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#controller?.resume();
  }
}

/** One for all: nobody sees it, and a stack for each would cost more than the rest. */
const given = new Error("the request was given up");
