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
  #open = 0;
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

  /** A request is under way until `left`. */
  entered(): void {
    this.#open++;
  }

  readonly left = (): void => {
    this.#open--;
    if (this.#open === 0) this.#onIdle();
  };

  receive(request: HttpRequest, response: HttpResponse): void {
    if (this.#closed !== undefined) refuseUnary({ response }, { error: this.#closed });
    else this.#front.receive(request, response);
  }

  async close(drainMs: number): Promise<void> {
    this.#closed ??= closed();
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      const stop = this.host.platform.schedule(drainMs, () => {
        this.#front.destroy(closed());
        resolve();
      });
      this.#onIdle = () => {
        stop();
        resolve();
      };
    });
  }

  destroy(error: RpcError): void {
    this.#closed ??= closed();
    this.#front.destroy(error);
  }
}

function closed(): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: "the handler of these requests was closed", retryable: true });
}
