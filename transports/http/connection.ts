import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { InProgress, type Placed } from "../../core/call/in-progress.ts";
import type { Peer } from "../../core/context.ts";
import { RpcError } from "../../core/error.ts";
import { certificateSubject } from "../../core/link/certificate.ts";
import type { Pipeline } from "./pipeline.ts";

/** One request with its answer, until both are complete. */
export interface OpenExchange extends Placed {
  /** The connection is over. */
  gone(reason: RpcError): void;
}

/** What the requests of one socket have in common, whoever listens for it. */
export class HttpConnection {
  readonly peer: Peer;
  /** No more requests are wanted: the answers say so. */
  closing = false;
  readonly #open = new InProgress<OpenExchange>();
  /** Of HTTP/1.1: in what order its requests are served. */
  pipeline: Pipeline | undefined;
  /** Told when nothing is under way any more. */
  onIdle: (() => void) | undefined;

  constructor(socket: Socket) {
    this.peer = peerOf(socket);
    socket.once("close", () => this.gone(left()));
  }

  get idle(): boolean {
    return this.#open.size === 0;
  }

  opened(exchange: OpenExchange): void {
    this.#open.add(exchange);
  }

  ended(exchange: OpenExchange): void {
    if (!this.#open.delete(exchange)) return;
    this.pipeline?.done();
    if (this.#open.size === 0) this.onIdle?.();
  }

  /** Nobody is there any more: what is under way hears why. */
  gone(reason: RpcError): void {
    for (const exchange of this.#open.all()) exchange.gone(reason);
    this.#open.takeAll();
  }
}

function peerOf(socket: Socket): Peer {
  const { encrypted = false } = socket as Partial<TLSSocket>;
  return Object.freeze({ address: addressOf(socket, encrypted), identity: certificateSubject(socket) });
}

export function addressOf(
  { remoteAddress, remotePort }: Partial<Pick<Socket, "remoteAddress" | "remotePort">>,
  encrypted: boolean,
): string {
  return `${encrypted ? "https" : "http"}://${remoteAddress}:${remotePort}`;
}

/** What handlers find as the reason of their signal. */
export function left(): RpcError {
  return new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
}

const connections = new WeakMap<Socket, HttpConnection>();

/** That of a socket, which is made when it is first asked for. */
export function connectionOf(socket: Socket): HttpConnection {
  let connection = connections.get(socket);
  if (connection === undefined) {
    connection = new HttpConnection(socket);
    connections.set(socket, connection);
  }
  return connection;
}
