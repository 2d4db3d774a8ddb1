import type { CallHandler, Transport } from "../../core/transport.ts";
import { connectLink } from "./client.ts";
import { type HttpOptions, resolveHttpOptions } from "./options.ts";
import type { ListenerOptions, RequestListener } from "./request-listener.ts";

export type { CorsOptions } from "./cors.ts";
export type { HttpLimits } from "./limits.ts";
export type { HttpOptions } from "./options.ts";
export type { ListenerOptions, RequestListener } from "./request-listener.ts";

/** Connect, gRPC-Web and gRPC over HTTP/1.1 and HTTP/2, on one port: `http://host:port`, `https://host:port`. */
export function http(options?: HttpOptions): Transport {
  const resolved = resolveHttpOptions(options);
  return {
    scheme: "http",
    schemes: ["https"],
    urls: resolved.urls,
    lacks: () => ["callbacks"],
    connect: (url, environment) => connectLink(url, environment, resolved),
    // Loaded when it is used: who only calls does without the serving half.
    listen: async (url, host) => (await import("./server.ts")).listenOn(url, host, resolved),
  };
}

/**
 * Serves a handler's calls by the requests of a server that is yours, of `node:http`, `node:https` or `node:http2`, or of a
 * framework on one: `createServer(await requestListener(handler))`. All protocols are served as by `http()`. It ends with the
 * handler: your server may go on, and its requests are then answered by 503.
 */
export async function requestListener(handler: CallHandler, options?: ListenerOptions): Promise<RequestListener> {
  return (await import("./request-listener.ts")).listenerOf(handler, options);
}
