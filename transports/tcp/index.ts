import type { Socket } from "node:net";
import type { CallHandler, Transport } from "../../core/transport.ts";
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

/**
 * Serves a handler's calls on the sockets of a server that is yours, of `node:net` or `node:tls`:
 * `createServer(await socketListener(handler))`. Of the options only `limits` count. It ends with the handler: your server may
 * go on, and its sockets are then refused.
 */
export async function socketListener(handler: CallHandler, options?: TcpOptions): Promise<(socket: Socket) => void> {
  const { limits } = resolveTcpOptions(options);
  return (await import("./acceptor.ts")).listenerOf(handler, limits);
}
