import type { RpcError } from "../../core/error.ts";
import type { Door, ServerHost } from "../../core/transport.ts";
import type { HttpLimits } from "./limits.ts";
import type { HttpRequest, HttpResponse, Responder } from "./message.ts";
import type { Respond } from "./responders.ts";
import { createSite, type HttpSite } from "./site.ts";
import type { ResolvedSiteOptions } from "./site-options.ts";

interface FrontOptions {
  readonly respond: Respond;
  readonly options?: ResolvedSiteOptions | undefined;
}

/** Where requests arrive, whoever listens for them: finds who answers each. */
export class Front implements Door {
  readonly #site: HttpSite;
  readonly #responders: readonly Responder[];

  constructor(host: ServerHost, limits: HttpLimits, { respond, options }: FrontOptions) {
    this.#site = createSite(host, limits, options);
    this.#responders = respond(this.#site);
  }

  receive(request: HttpRequest, given: HttpResponse): void {
    const { cors } = this.#site.options;
    if (cors?.preflight(request, given)) return;
    const response = cors?.readable(request, given) ?? given;
    for (const responder of this.#responders) if (responder.take(request, response)) return;
    response.head(404, { "content-length": "0" });
    response.end();
  }

  async close(_drainMs: number): Promise<void> {}

  destroy(error: RpcError): void {
    this.#site.calls.abort(error);
  }
}
