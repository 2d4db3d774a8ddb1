import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import type { CallHandler } from "../../core/transport.ts";
import { connectionOf } from "./connection.ts";
import { HttpDoor } from "./door.ts";
import { type ExchangeTimes, Http1Exchange } from "./http1-exchange.ts";
import { Http2Exchange } from "./http2-exchange.ts";
import type { HttpLimits } from "./limits.ts";
import { mountedPath, mountPath } from "./mount.ts";
import { ParsedExchange } from "./parsed-exchange.ts";
import { resolveSiteOptions, type SiteOptions, siteTable } from "./site-options.ts";

export interface ListenerOptions extends SiteOptions {
  /**
   * Where the handler is mounted, `/api`, if the requests still say so: Express and Nest take it off themselves. Other paths are
   * not found. Default: at the root.
   */
  readonly prefix?: string;
  /** Bounds on what a peer may cost. Those of connections are your server's. */
  readonly limits?: Partial<HttpLimits>;
}

const table: OptionTable<ListenerOptions> = { ...siteTable, prefix: kinds.text, limits: kinds.object };

/** What a server of Node calls for each request, and its frameworks do. */
export type RequestListener = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void;

export function listenerOf(handler: CallHandler, given: ListenerOptions = {}): RequestListener {
  const { prefix, limits, ...site } = checkOptions("requestListener", given, table);
  const mount = mountPath("requestListener", prefix);
  const door = new HttpDoor(handler, { limits, site: resolveSiteOptions("requestListener", site) });
  const times: ExchangeTimes = { wheel: door.host.wheel, requestTimeoutMs: door.limits.requestTimeoutMs };
  return (request, response) => {
    const url = request.url ?? "/";
    const path = mountedPath(mount, url.replace(/\?.*/s, ""));
    if (path === undefined) {
      response.writeHead(404);
      response.end();
      return;
    }
    const mounted = mount === "" ? url : path + url.slice(url.replace(/\?.*/s, "").length);
    const exchange = isHttp2(request)
      ? http2Exchange(request, mounted, times)
      : http1Exchange(request, response, { mounted, times });
    // Its connection was lost before it came here.
    if (exchange === undefined) return;
    response.once("close", () => door.left(exchange));
    door.receive(exchange);
  };
}

function isHttp2(request: IncomingMessage | Http2ServerRequest): request is Http2ServerRequest {
  return request.httpVersionMajor === 2;
}

function http1Exchange(
  request: IncomingMessage,
  response: Parameters<RequestListener>[1],
  { mounted, times }: { readonly mounted: string; readonly times: ExchangeTimes },
): Http1Exchange {
  request.url = mounted;
  const Exchange = request.readableEnded ? ParsedExchange : Http1Exchange;
  return new Exchange(request, response as ServerResponse, connectionOf(request.socket), times);
}

/** On the stream itself, as a server of our own: the layer above it knows neither resets nor trailers as protocols want them. */
function http2Exchange(
  { stream, headers }: Http2ServerRequest,
  mounted: string,
  times: ExchangeTimes,
): Http2Exchange | undefined {
  const socket: Socket | undefined = stream.session?.socket;
  if (socket === undefined || stream.destroyed) return undefined;
  stream.removeAllListeners("wantTrailers");
  return new Http2Exchange(stream, { ...headers, ":path": mounted }, connectionOf(socket), times);
}
