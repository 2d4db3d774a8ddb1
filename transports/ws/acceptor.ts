import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { RpcError } from "../../core/error.ts";
import { certificateSubject } from "../../core/link/certificate.ts";
import type { Door, ServerHost } from "../../core/transport.ts";
import { WireAcceptor } from "../../core/wire/acceptor.ts";
import { loadWs } from "./library.ts";
import type { ResolvedUpgradeOptions } from "./options.ts";
import { foreignOrigin } from "./origin.ts";
import { WebSocketPipe } from "./pipe.ts";
import { MESSAGE_BYTES, SUBPROTOCOL } from "./subprotocol.ts";

/** What `server.on("upgrade", …)` of `node:http` calls. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Makes connections of requests for a WebSocket, whoever listens for them. */
export class UpgradeAcceptor implements Door {
  readonly #host: ServerHost;
  readonly #options: ResolvedUpgradeOptions;
  readonly #server: WebSocketServer;
  readonly #acceptor: WireAcceptor;
  /** Those too whose session is over or has not begun: a peer that leaves one of them open must not hold up `close`. */
  readonly #sockets = new Set<Duplex>();

  static async create(host: ServerHost, options: ResolvedUpgradeOptions): Promise<UpgradeAcceptor> {
    const { WebSocketServer } = await loadWs();
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MESSAGE_BYTES,
      perMessageDeflate: options.deflate,
      handleProtocols: () => SUBPROTOCOL,
    });
    return new UpgradeAcceptor(host, options, server);
  }

  private constructor(host: ServerHost, options: ResolvedUpgradeOptions, server: WebSocketServer) {
    this.#host = host;
    this.#options = options;
    this.#server = server;
    this.#acceptor = new WireAcceptor(host, options.limits);
  }

  /** A socket that has no session yet. */
  readonly know = (socket: Duplex): void => {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  };

  readonly upgrade: UpgradeListener = (request, socket, head) => {
    this.know(socket);
    const refusal = this.#refusalOf(request);
    if (refusal) return answer(socket, refusal.status, refusal.reason);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, request));
  };

  #refusalOf(request: IncomingMessage): { readonly status: string; readonly reason: string } | undefined {
    const foreign = foreignOrigin(request, this.#options.origins);
    if (foreign !== undefined) {
      const peer = addressOf(request);
      const message = `a connection from ${peer} was refused: ${foreign}`;
      this.#host.onError(new RpcError({ code: "PERMISSION_DENIED", message }), { peer, instance: this.#host.instance });
      return { status: "403 Forbidden", reason: foreign };
    }
    const offered = request.headers["sec-websocket-protocol"]?.split(",").map((one) => one.trim());
    if (!offered?.includes(SUBPROTOCOL)) {
      const reason = `Trunkline's protocol is spoken here: ask for the subprotocol ${SUBPROTOCOL}`;
      return { status: "400 Bad Request", reason };
    }
    if (this.#acceptor.size < this.#options.limits.maxConnections) return undefined;
    this.full(addressOf(request));
    return { status: "503 Service Unavailable", reason: "too many connections are open" };
  }

  #accept(webSocket: WebSocket, request: IncomingMessage): void {
    const pipe = new WebSocketPipe(webSocket, addressOf(request), certificateSubject(request.socket));
    const user = this.#acceptor.accept(pipe);
    if (user) return pipe.attach(user);
    webSocket.on("error", () => {});
    webSocket.terminate();
  }

  /** Tells that a connection was refused for want of room. */
  full(address: string): void {
    this.#acceptor.full(address);
  }

  async close(drainMs: number): Promise<void> {
    await this.#acceptor.close(drainMs);
    this.#cutAll();
  }

  destroy(error: RpcError): void {
    this.#acceptor.destroy(error);
    this.#cutAll();
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Refuses what asked for a WebSocket, in HTTP. */
export function answer(socket: Duplex, status: string, reason: string): void {
  const head = [
    `HTTP/1.1 ${status}`,
    "connection: close",
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(reason)}`,
  ];
  socket.on("error", () => {});
  // Not before it has left; and whoever asked need not close.
  socket.end(`${head.join("\r\n")}\r\n\r\n${reason}`, () => socket.destroy());
}

function addressOf({ socket }: IncomingMessage): string {
  const { remoteAddress, remotePort } = socket;
  const scheme = "encrypted" in socket && socket.encrypted === true ? "wss" : "ws";
  return `${scheme}://${remoteAddress === undefined ? "unix" : `${remoteAddress}:${remotePort}`}`;
}
