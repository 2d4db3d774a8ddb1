import { createServer, type Server as Http1Server, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Acceptor } from "../../core/link/acceptor.ts";
import { listening } from "../../core/link/listening.ts";
import type { CallHandler, Door, Listener, ServerHost } from "../../core/transport.ts";
import { AcceptedConnection } from "./accepted.ts";
import { addressOf, connectionOf } from "./connection.ts";
import { Front } from "./front.ts";
import { type ExchangeTimes, Http1Exchange } from "./http1-exchange.ts";
import { Http2Exchange } from "./http2-exchange.ts";
import { http2Settings } from "./http2-settings.ts";
import type { HttpLimits } from "./limits.ts";
import { parseAddress, type ResolvedHttpOptions } from "./options.ts";
import { Pipeline } from "./pipeline.ts";
import { versionOf } from "./preface.ts";
import { type Respond, responders } from "./responders.ts";

/** Listens for HTTP/1.1 and HTTP/2 on one port: told apart by ALPN, or in the clear by how a connection begins. */
export async function listenOn(
  url: string,
  host: ServerHost,
  options: ResolvedHttpOptions,
  respond?: Respond,
): Promise<Listener> {
  const address = parseAddress(url);
  const secure = url.startsWith("https:");
  if (secure && options.tls === undefined) {
    throw new TypeError(
      `${url}: a TLS server needs a key and a certificate; give transports: [http({ tls: { key, cert } })]`,
    );
  }
  const front = new Front(host, options.limits, {
    respond: respond ?? (await respondersOf(options)),
    options: options.site,
  });
  const server = secure
    ? createTlsServer({
        ...http1Options(options),
        handshakeTimeout: options.limits.handshakeTimeoutMs,
        ALPNProtocols: ["h2", "http/1.1"],
        ...options.tls,
      })
    : createServer(http1Options(options));
  const sockets = new Set<Socket>();
  const doors: Door[] = [];
  const handler: CallHandler = {
    host,
    attach(door) {
      doors.push(door);
      return () => {};
    },
  };
  const upgrade = await options.upgrade?.(handler);
  const acceptor = accepting(server, { host, front, limits: options.limits, secure, upgrade });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", (error, socket) =>
    host.onError(error, { peer: addressOf(socket, true), endpoint: url, instance: host.instance }),
  );
  await listening(server, url, address);
  server.on("error", (error) => host.onError(error, { endpoint: url, instance: host.instance }));
  const { port } = server.address() as AddressInfo;
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${url.replace(/(:\d+)?\/?$/, "")}:${port}`,
    close: async (drainMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([acceptor, ...doors].map((one) => one.close(drainMs)));
      cutAll();
      await closed;
    },
    destroy: (error) => {
      server.close();
      front.destroy(error);
      for (const one of [acceptor, ...doors]) one.destroy(error);
      cutAll();
    },
  };
}

interface Accepting {
  readonly host: ServerHost;
  readonly front: Front;
  readonly limits: HttpLimits;
  readonly secure: boolean;
  readonly upgrade: Upgrade;
}

type Upgrade = Awaited<ReturnType<NonNullable<ResolvedHttpOptions["upgrade"]>>> | undefined;

/** Gives each connection to who speaks its version. */
function accepting(
  server: Http1Server,
  { host, front, limits, secure, upgrade }: Accepting,
): Acceptor<AcceptedConnection> {
  const times: ExchangeTimes = { wheel: host.wheel, requestTimeoutMs: limits.requestTimeoutMs };
  const acceptor = new Acceptor<AcceptedConnection>(host, limits.maxConnections);
  const event = secure ? "secureConnection" : "connection";
  const [serveHttp1] = server.listeners(event) as [(socket: Socket) => void];
  server.off(event, serveHttp1);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = connectionOf(socket);
    connection.pipeline ??= new Pipeline(socket, limits.maxPipelinedRequests);
    connection.pipeline.take(() => {
      const exchange = new Http1Exchange(request, response, connection, times);
      front.receive(exchange, exchange);
    });
  });
  const accepted = new WeakMap<Socket, AcceptedConnection>();
  if (upgrade !== undefined) {
    server.on("upgrade", (request, socket, head) => {
      accepted.get(request.socket)?.handedOver();
      upgrade(request, socket, head);
    });
  }
  const http2 = createHttp2Server(http2Settings(limits));
  http2.on("session", (session: ServerHttp2Session) => {
    session.setLocalWindowSize(limits.connectionWindowBytes);
  });
  const serveHttp2 = (socket: Socket): void => {
    const one = accepted.get(socket) as AcceptedConnection;
    http2.once("session", (session: ServerHttp2Session) => {
      one.upgraded(session);
      session.on("error", () => {});
      session.on("stream", (stream, headers) => {
        const exchange = new Http2Exchange(stream, headers, one.connection, times);
        front.receive(exchange, exchange);
      });
    });
    http2.emit("connection", socket);
    // A socket of HTTP/1.1 stays open for answers when its peer has ended it, and one that waits is told of no end at all.
    socket.on("end", () => socket.destroy());
    socket.resume();
  };
  const begin = (socket: Socket): void => {
    serveHttp1.call(server, socket);
    // Node's parser then gets what TLS decrypts by way of the stream. Fed directly it is given a second record of one read though
    // it was paused after the first, because the peer still reads the last answer, and takes that for a malformed request.
    if (secure) socket.on("data", () => {});
  };
  server.on(event, (socket: Socket) => {
    const one = acceptor.admit(addressOf(socket, secure), (onLost) => new AcceptedConnection(socket, onLost));
    if (one === undefined) {
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    accepted.set(socket, one);
    socket.setNoDelay(true);
    const { alpnProtocol } = socket as TLSSocket;
    if (alpnProtocol === "h2") return serveHttp2(socket);
    if (alpnProtocol === "http/1.1") return begin(socket);
    versionOf(socket, limits.headersTimeoutMs, (version) => {
      if (version === 2) return serveHttp2(socket);
      begin(socket);
      socket.resume();
    });
  });
  return acceptor;
}

function http1Options({ limits, upgrade }: ResolvedHttpOptions) {
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    // Who reads a body keeps its time, as a stream may take as long as it likes.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs),
    // From Node 24 on: who offers HTTP/2 instead is answered in HTTP/1.1. Before, Node itself asks only whether anybody listens.
    ...(upgrade && {
      shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === "websocket",
    }),
  };
}

/** Hessian, where it is wanted beside the rest, is asked first: its content type is its own. */
async function respondersOf({ hessian }: ResolvedHttpOptions): Promise<Respond> {
  if (hessian === undefined) return responders;
  const { HessianResponder } = await import("./hessian/server.ts");
  return (site) => [new HessianResponder(site, hessian, { prefix: "", alone: false }), ...responders(site)];
}
