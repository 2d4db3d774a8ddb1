import type { IncomingMessage, ServerResponse } from "node:http";
import type { Peer } from "../../core/context.ts";
import { RpcError } from "../../core/error.ts";
import type { BodyReader, HttpHeaders, HttpRequest, HttpResponse } from "./message.ts";

/** A request of `node:http`. */
export class NodeRequest implements HttpRequest {
  readonly version = 1;
  readonly peer: Peer;
  readonly path: string;
  readonly query: string;
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, peer: Peer) {
    this.#request = request;
    this.peer = peer;
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? "" : url.slice(mark + 1);
  }

  get method(): string {
    return this.#request.method ?? "";
  }

  get headers(): HttpHeaders {
    return this.#request.headers;
  }

  read(body: BodyReader): void {
    const request = this.#request;
    let over = false;
    request.on("data", (bytes: Uint8Array) => body.onData(bytes));
    request.on("end", () => {
      over = true;
      body.onEnd();
    });
    request.on("close", () => {
      if (!over) body.onLost(new RpcError({ code: "CANCELLED", message: "the request was cut off" }));
    });
    request.on("error", () => {});
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }
}

/** The answer to a request of `node:http`. */
export class NodeResponse implements HttpResponse {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  head(status: number, headers: HttpHeaders): void {
    this.#response.writeHead(status, headers as Record<string, string>);
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    const response = this.#response;
    if (response.write(bytes) || response.destroyed) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        response.off("drain", done);
        response.off("close", done);
        resolve();
      };
      response.on("drain", done);
      response.on("close", done);
    });
  }

  end(bytes?: Uint8Array, trailers?: HttpHeaders): void {
    if (trailers !== undefined) this.#response.addTrailers(trailers as Record<string, string>);
    this.#response.end(bytes);
  }

  cut(): void {
    this.#response.destroy();
  }

  onGone(listener: () => void): void {
    const response = this.#response;
    if (response.destroyed) return listener();
    response.once("close", () => {
      if (!response.writableFinished) listener();
    });
  }
}
