import { RpcError } from "../../core/error.ts";
import type { CallHandler, Door } from "../../core/transport.ts";
import { refuseUnary } from "./connect/server.ts";
import { Front } from "./front.ts";
import { type HttpLimits, resolveHttpLimits } from "./limits.ts";
import type { HttpRequest, HttpResponse } from "./message.ts";
import { responders } from "./responders.ts";
import type { ResolvedSiteOptions } from "./site-options.ts";

/** Requests that somebody else listens for, until the handler ends. */
export class HttpDoor implements Door {
  readonly host: CallHandler["host"];
  readonly limits: HttpLimits;
  readonly #front: Front;
  readonly #open = new Set<HttpResponse>();
  #closed: RpcError | undefined;
  #onIdle: () => void = () => {};

  constructor(
    handler: CallHandler,
    { limits, site }: { limits?: Partial<HttpLimits> | undefined; site: ResolvedSiteOptions },
  ) {
    this.host = handler.host;
    this.limits = resolveHttpLimits(limits);
    this.#front = new Front(handler.host, this.limits, { respond: responders, options: site });
    handler.attach(this);
  }

  /** A request, which is under way until `left`. */
  receive(exchange: HttpRequest & HttpResponse): void {
    this.#open.add(exchange);
    if (this.#closed === undefined) this.#front.receive(exchange, exchange);
    else refuseUnary({ response: exchange }, { error: this.#closed });
  }

  left(exchange: HttpResponse): void {
    this.#open.delete(exchange);
    if (this.#open.size === 0) this.#onIdle();
  }

  async close(drainMs: number): Promise<void> {
    this.#closed ??= closed();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const stop = this.host.platform.schedule(drainMs, () => this.destroy(closed()));
      this.#onIdle = () => {
        stop();
        resolve();
      };
    });
  }

  /** Who waits for an answer sees it cut off. */
  destroy(error: RpcError): void {
    this.#closed ??= closed();
    this.#front.destroy(error);
    for (const exchange of [...this.#open]) exchange.cut();
    this.#open.clear();
    this.#onIdle();
  }
}

function closed(): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: "the handler of these requests was closed", retryable: true });
}
