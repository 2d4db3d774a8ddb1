import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Peer } from "../../core/context.ts";
import { RpcError } from "../../core/error.ts";
import type { Listener, ServerHost } from "../../core/transport.ts";
import { Front } from "./front.ts";
import { NodeRequest, NodeResponse } from "./node-message.ts";
import { parseAddress, type ResolvedHttpOptions } from "./options.ts";
import { type Respond, responders } from "./responders.ts";

export async function listenOn(
  url: string,
  host: ServerHost,
  options: ResolvedHttpOptions,
  respond?: Respond,
): Promise<Listener> {
  const address = parseAddress(url);
  const front = new Front(host, options.limits, {
    respond: respond ?? (await respondersOf(options)),
    options: options.site,
  });
  const peers = new WeakMap<Socket, Peer>();
  const peerOf = (socket: Socket): Peer => {
    let peer = peers.get(socket);
    if (peer === undefined) {
      const { encrypted, authorized } = socket as Partial<TLSSocket>;
      const identity = authorized ? (socket as TLSSocket).getPeerCertificate()?.subject : undefined;
      const from = `${encrypted ? "https" : "http"}://${socket.remoteAddress}:${socket.remotePort}`;
      peer = Object.freeze({ address: from, identity });
      peers.set(socket, peer);
    }
    return peer;
  };
  const server = url.startsWith("https:") ? createTlsServer({ ...options.tls }) : createServer();
  server.on("request", (request, response) =>
    front.receive(new NodeRequest(request, peerOf(request.socket)), new NodeResponse(response)),
  );
  await listening(server, url, address);
  server.on("error", (error) => host.onError(error, { endpoint: url, instance: host.instance }));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${url.replace(/(:\d+)?\/?$/, "")}:${port}`,
    close: async (drainMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const stop = host.platform.schedule(drainMs, () => server.closeAllConnections());
      await closed;
      stop();
    },
    destroy: (error) => {
      server.close();
      front.destroy(error);
      server.closeAllConnections();
    },
  };
}

/** Hessian, where it is wanted beside the rest, is asked first: its content type is its own. */
async function respondersOf({ hessian }: ResolvedHttpOptions): Promise<Respond> {
  if (hessian === undefined) return responders;
  const { HessianResponder } = await import("./hessian/server.ts");
  return (site) => [new HessianResponder(site, hessian, { prefix: "", alone: false }), ...responders(site)];
}

function listening(server: Server, url: string, where: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      reject(
        new RpcError({
          code: inUse ? "ALREADY_EXISTS" : "UNAVAILABLE",
          message: inUse
            ? `${url}: the address is in use; stop what listens there, or choose another port (0 picks a free one)`
            : `${url}: ${error.message}`,
          cause: error,
        }),
      );
    });
    server.listen({ ...where, backlog: 1024 }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}
