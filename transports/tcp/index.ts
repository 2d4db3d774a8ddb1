import type { Transport } from "../../core/transport.ts";
import { connectLink } from "./client.ts";
import { resolveTcpOptions, type TcpOptions } from "./options.ts";

export type { TcpOptions } from "./options.ts";

/** The multiplexed protocol over TCP, TLS or a unix socket: `tcp://host:port`, `tls://host:port`, `unix:///path`. */
export function tcp(options?: TcpOptions): Transport {
  const resolved = resolveTcpOptions(options);
  return {
    scheme: "tcp",
    schemes: ["tls", "unix"],
    urls: resolved.urls,
    connect: (url, environment) => connectLink(url, environment, resolved),
    // Loaded when it is used: who only calls does without the serving half.
    listen: async (url, host) => (await import("./server.ts")).listenOn(url, host, resolved),
  };
}
