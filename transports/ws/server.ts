import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { listening } from "../../core/link/listening.ts";
import type { CallHandler, Listener, ServerHost } from "../../core/transport.ts";
import { answer, UpgradeAcceptor, type UpgradeListener } from "./acceptor.ts";
import { parseAddress, type ResolvedWsOptions, resolveUpgradeOptions, type UpgradeOptions } from "./options.ts";

export async function listenOn(url: string, host: ServerHost, options: ResolvedWsOptions): Promise<Listener> {
  const { hostname, port, pathname, protocol } = parseAddress(url);
  const secure = protocol === "wss:";
  if (secure && options.tls === undefined) {
    throw new TypeError(
      `${url}: a TLS server needs a key and a certificate; give transports: [ws({ tls: { key, cert } })]`,
    );
  }
  const acceptor = await UpgradeAcceptor.create(host, options);
  const { handshakeTimeoutMs, maxConnections } = options.limits;
  const http = {
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, handshakeTimeoutMs),
  };
  const server = secure
    ? createHttpsServer({ handshakeTimeout: handshakeTimeoutMs, ...options.tls, ...http }, noWebSocket)
    : createHttpServer(http, noWebSocket);
  // Counts sockets that have no session yet, too.
  server.maxConnections = maxConnections;
  server.on("drop", (peer) => acceptor.full(`${protocol}//${peer?.remoteAddress}:${peer?.remotePort}`));
  server.on("connection", acceptor.know);
  server.on("upgrade", (request, socket, head) => {
    if (pathOf(request.url) === pathname) acceptor.upgrade(request, socket, head);
    else answer(socket, "404 Not Found", `WebSockets are taken at ${pathname}`);
  });
  const defaultPort = secure ? 443 : 80;
  const where = { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? defaultPort : Number(port) };
  await listening(server, url, where);
  server.on("error", (error) => host.onError(error, { endpoint: url, instance: host.instance }));
  return {
    url: boundUrl(server, url),
    close: async (drainMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await acceptor.close(drainMs);
      await closed;
    },
    destroy: (error) => {
      server.close();
      acceptor.destroy(error);
    },
  };
}

/** Serves a handler's calls over WebSockets that somebody else's server is asked for. */
export async function listenerOf(handler: CallHandler, given: UpgradeOptions | undefined): Promise<UpgradeListener> {
  const { path, ...options } = resolveUpgradeOptions(given);
  const acceptor = await UpgradeAcceptor.create(handler.host, options);
  handler.attach(acceptor);
  return (request, socket, head) => {
    if (path === undefined || pathOf(request.url) === path) acceptor.upgrade(request, socket, head);
  };
}

const noWebSocket: RequestListener = (_, response) => {
  const head = { upgrade: "websocket", connection: "close", "content-type": "text/plain; charset=utf-8" };
  response.writeHead(426, head).end("WebSockets are taken here, and nothing else.\n");
};

function pathOf(url = "/"): string {
  return url.split("?", 1)[0] as string;
}

function boundUrl(server: Server, url: string): string {
  const address = server.address();
  if (address === null || typeof address === "string") return url;
  return url.replace(/^(wss?:\/\/(?:\[[^\]]*\]|[^:/]*)):\d+/, `$1:${address.port}`);
}
