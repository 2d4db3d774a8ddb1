import type { Transport } from "../../core/transport.ts";
import { connectLink } from "./client.ts";
import { type HttpOptions, resolveHttpOptions } from "./options.ts";

export type { HttpLimits } from "./limits.ts";
export type { HttpOptions } from "./options.ts";

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
