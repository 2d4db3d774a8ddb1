import { checkOptions, kinds, type OptionTable } from "../../../core/options.ts";
import type { CallHandler } from "../../../core/transport.ts";
import { HttpDoor } from "../door.ts";
import type { HttpLimits } from "../limits.ts";
import { mountedPath, mountPath } from "../mount.ts";
import { resolveSiteOptions, type SiteOptions, siteTable } from "../site-options.ts";
import { FetchExchange } from "./message.ts";

export interface FetchOptions extends SiteOptions {
  /** Where the handler is mounted: `/api`. Other paths are not found. Default: at the root. */
  readonly prefix?: string;
  /** Bounds on what a peer may cost. */
  readonly limits?: Partial<HttpLimits>;
  /** Who asks, for `ctx.peer.address`; given what the runtime gives. Default: `fetch`. */
  readonly addressOf?: (request: Request, ...given: readonly never[]) => string;
}

const table: OptionTable<FetchOptions> = {
  ...siteTable,
  prefix: kinds.text,
  limits: kinds.object,
  addressOf: kinds.function,
};

/** A status of gRPC can stand in the head, where it is all that there is to say; not behind a message. */
function noTrailers(): Response {
  const message = "gRPC needs trailers, which fetch does not have: call by gRPC-Web or Connect";
  const headers = { "content-type": "application/grpc", "grpc-status": "12", "grpc-message": encodeURI(message) };
  return new Response(null, { headers });
}

/** What Bun, Deno and Workers call for each request, with something of their own behind it. */
export type FetchHandler = (request: Request, ...given: unknown[]) => Promise<Response>;

/**
 * Serves a handler's calls by requests of fetch: Connect, gRPC-Web and REST. gRPC itself needs trailers, which fetch has none of.
 * Nothing here is of Node. Ends with the handler: requests are then answered by 503.
 */
export function fetchHandler(handler: CallHandler, given: FetchOptions = {}): FetchHandler {
  const { prefix, limits, addressOf, ...site } = checkOptions("fetchHandler", given, table);
  const mount = mountPath("fetchHandler", prefix);
  const door = new HttpDoor(handler, { limits, site: resolveSiteOptions("fetchHandler", site) });
  return (request, ...rest) => {
    const { pathname, search } = new URL(request.url);
    const path = mountedPath(mount, pathname);
    if (path === undefined) return Promise.resolve(new Response(null, { status: 404 }));
    const address = addressOf?.(request, ...(rest as never[])) ?? "fetch";
    if (/^application\/grpc(\+|;|$)/i.test(request.headers.get("content-type") ?? ""))
      return Promise.resolve(noTrailers());
    // Nobody is left to be answered.
    if (request.signal.aborted) return Promise.resolve(new Response(null, { status: 499 }));
    const peer = Object.freeze({ address, identity: undefined });
    const exchange = new FetchExchange(request, { path, query: search.slice(1), peer });
    exchange.onOver = () => door.left(exchange);
    door.receive(exchange);
    return exchange.answer;
  };
}
