import type { Socket } from "node:net";
import type { RpcError } from "../../core/error.ts";
import type { CallHandler, Door, ServerHost } from "../../core/transport.ts";
import { WireAcceptor } from "../../core/wire/acceptor.ts";
import type { WireLimits } from "../../core/wire/limits.ts";
import { SocketPipe } from "./pipe.ts";

type Remote = Partial<Pick<Socket, "remoteAddress" | "remotePort">> & { readonly encrypted?: boolean };

/** Serves calls on sockets, whoever listens for them. */
export class SocketAcceptor implements Door {
  readonly #acceptor: WireAcceptor;
  readonly #addressOf: (peer: Remote) => string;
  /** Those too whose session is over or has not begun: a peer that leaves one of them open must not hold up `close`. */
  readonly #sockets = new Set<Socket>();

  constructor(host: ServerHost, limits: WireLimits, addressOf: (peer: Remote) => string) {
    this.#acceptor = new WireAcceptor(host, limits);
    this.#addressOf = addressOf;
  }

  /** A socket that has no session yet, as it goes through a handshake of TLS. */
  readonly know = (socket: Socket): void => {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  };

  readonly accept = (socket: Socket): void => {
    const pipe = new SocketPipe(socket, this.#addressOf(socket));
    const user = this.#acceptor.accept(pipe);
    if (user) return pipe.attach(user, false);
    socket.on("error", () => {});
    socket.destroy();
  };

  /** Tells that a connection was refused for want of room. */
  full(peer: Remote): void {
    this.#acceptor.full(this.#addressOf(peer));
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

/** Serves a handler's calls on sockets that somebody else listens for. */
export function listenerOf(handler: CallHandler, limits: WireLimits): (socket: Socket) => void {
  const addressOf = ({ remoteAddress, remotePort, encrypted = false }: Remote): string =>
    remoteAddress === undefined ? "unix://" : `${encrypted ? "tls" : "tcp"}://${remoteAddress}:${remotePort}`;
  const acceptor = new SocketAcceptor(handler.host, limits, addressOf);
  handler.attach(acceptor);
  return (socket) => {
    acceptor.know(socket);
    acceptor.accept(socket);
  };
}
