import type { CallHandler, Transport } from "../../core/transport.ts";
import type { UpgradeListener } from "./acceptor.ts";
import { connectLink } from "./client.ts";
import { resolveWsOptions, type UpgradeOptions, type WsOptions } from "./options.ts";

export type { UpgradeListener } from "./acceptor.ts";
export type { UpgradeOptions, WsOptions } from "./options.ts";

/** The multiplexed protocol over WebSocket: `ws://host:port`, `wss://host:port`, with a path or without. Needs the library `ws`. */
export function ws(options?: WsOptions): Transport {
  const resolved = resolveWsOptions(options);
  return {
    scheme: "ws",
    schemes: ["wss"],
    urls: resolved.urls,
    connect: (url, environment) => connectLink(url, environment, resolved),
    // Loaded when it is used: who only calls does without the serving half.
    listen: async (url, host) => (await import("./server.ts")).listenOn(url, host, resolved),
  };
}

/**
 * Serves a handler's calls over the WebSockets of an HTTP server that is yours:
 * `server.on("upgrade", await upgradeListener(handler))`. It ends with the handler: your server may go on, and refuses them then.
 */
export async function upgradeListener(handler: CallHandler, options?: UpgradeOptions): Promise<UpgradeListener> {
  return (await import("./server.ts")).listenerOf(handler, options);
}
