import { lstat, unlink } from "node:fs/promises";
import { connect, createServer as createTcpServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { RpcError } from "../../core/error.ts";
import { listening } from "../../core/link/listening.ts";
import type { Listener, ServerHost } from "../../core/transport.ts";
import { SocketAcceptor } from "./acceptor.ts";
import { parseAddress, type ResolvedTcpOptions } from "./options.ts";

export async function listenOn(url: string, host: ServerHost, options: ResolvedTcpOptions): Promise<Listener> {
  const address = parseAddress(url);
  const secure = url.startsWith("tls:");
  if (secure && options.tls === undefined) {
    throw new TypeError(
      `${url}: a TLS server needs a key and a certificate; give transports: [tcp({ tls: { key, cert } })]`,
    );
  }
  const addressOf = (peer: { remoteAddress?: string | undefined; remotePort?: number | undefined } = {}): string =>
    "path" in address ? url : `${secure ? "tls" : "tcp"}://${peer.remoteAddress}:${peer.remotePort}`;
  const acceptor = new SocketAcceptor(host, options.limits, addressOf);
  const { handshakeTimeoutMs, maxConnections } = options.limits;
  const server = secure
    ? createTlsServer({ handshakeTimeout: handshakeTimeoutMs, ...options.tls }, acceptor.accept)
    : createTcpServer(acceptor.accept);
  // Counts sockets that have no session yet, too: a TLS handshake that is never finished.
  server.maxConnections = maxConnections;
  server.on("drop", (peer) => acceptor.full(peer ?? {}));
  server.on("connection", acceptor.know);
  server.on("tlsClientError", (error, socket) =>
    host.onError(plainSpeaker(error, addressOf(socket)) ?? error, {
      peer: addressOf(socket),
      endpoint: url,
      instance: host.instance,
    }),
  );
  const where = "path" in address ? { path: address.path } : { host: address.host, port: address.port };
  if ("path" in where) await removeStale(where.path);
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

/** A process that was killed leaves its unix socket's file behind, at which nobody answers any more. */
async function removeStale(path: string): Promise<void> {
  const refused = await new Promise<boolean>((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
  // Connecting to an ordinary file is refused as well.
  if (refused && (await lstat(path)).isSocket()) await unlink(path);
}

function boundUrl(server: Server, url: string): string {
  const address = server.address();
  if (address === null || typeof address === "string") return url;
  return url.replace(/:\d+\/?$/, `:${address.port}`);
}

/** What OpenSSL calls a wrong version number is mostly a peer that does not speak TLS at all. */
function plainSpeaker(cause: Error & { readonly code?: unknown }, address: string): RpcError | undefined {
  const code = String(cause.code);
  if (!/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/.test(code)) return undefined;
  const message = `the peer ${address} does not speak TLS (${code}), as this port does; use tls:// on both sides, or tcp:// on both`;
  return new RpcError({ code: "UNAVAILABLE", message, cause });
}
