import type { Socket } from "node:net";
import type { Server, ServerInterceptingCall, ServerInterceptor } from "@grpc/grpc-js";
import { codes } from "../../core/code.ts";
import type { MethodDescriptor } from "../../core/contract/contract.ts";
import { wireName } from "../../core/contract/wire-name.ts";
import { RpcError } from "../../core/error.ts";
import { Acceptor } from "../../core/link/acceptor.ts";
import type { ServerHost } from "../../core/transport.ts";
import { GrpcConnection } from "./connection.ts";
import type { GrpcLibrary } from "./library.ts";
import { isSecure, type ResolvedGrpcOptions } from "./options.ts";
import { ServerCall } from "./server-call.ts";

/** The preface of HTTP/2: who has not even sent that does not speak it. */
const PREFACE_BYTES = 24;
const same = (bytes: Buffer): Buffer => bytes;
const uncalled = (): void => {};

/** Of a socket that is closed already. */
const gone = { code: codes.UNAVAILABLE, details: "the connection is gone", metadata: null };

interface Remote {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** A server of grpc-js, which is given connections, and whose calls are served beneath its handlers. */
export class GrpcDoor {
  readonly server: Server;
  readonly acceptor: Acceptor<GrpcConnection>;
  readonly #grpc: GrpcLibrary;
  readonly #host: ServerHost;
  readonly #options: ResolvedGrpcOptions;
  readonly #scheme: string;
  readonly #direct: boolean;
  /** By the far end of their sockets, which is what grpc-js tells of a call. */
  readonly #connections = new Map<string, GrpcConnection>();

  constructor(
    grpc: GrpcLibrary,
    host: ServerHost,
    { url, options }: { readonly url: string; readonly options: ResolvedGrpcOptions },
  ) {
    const { channelOptions, serverInterceptors, serverCredentials, limits } = options;
    this.#grpc = grpc;
    this.#host = host;
    this.#options = options;
    this.#scheme = isSecure(url) ? "grpcs" : "grpc";
    this.#direct = serverInterceptors.length === 0 && serverCredentials === undefined;
    this.acceptor = new Acceptor(host, limits.maxConnections);
    const interceptors = [...serverInterceptors, this.#intercept];
    this.server = new grpc.Server({
      "grpc.max_concurrent_streams": limits.maxPendingCalls,
      ...channelOptions,
      interceptors,
    });
    this.#answerUnknown();
    for (const { contract } of host.services) {
      for (const method of contract.operations) {
        const word = wireName(contract, method);
        for (const name of new Set([method.name, word, `${word[0]?.toUpperCase()}${word.slice(1)}`]))
          this.#register(contract.name, name, method);
      }
    }
  }

  /** For grpc-js and its interceptors to know, and to be found in the handlers that it has. */
  #register(service: string, name: string, { kind, streamParam }: MethodDescriptor): void {
    const [one, many] = streamParam < 0 ? ["unary", "serverStream"] : ["clientStream", "bidi"];
    this.server.register(`/${service}/${name}`, uncalled, same, same, String(kind === "stream" ? many : one));
  }

  /** The last interceptor, which is asked for what the handler would get, and serves the call itself. */
  readonly #intercept: ServerInterceptor = ({ path }, wire) => {
    const connection = this.#connections.get(wire.getPeer());
    const call =
      connection === undefined ? { start: () => wire.sendStatus(gone) } : new ServerCall(wire, connection, path);
    // All that a handler's half of grpc-js does with it, is to start it.
    return call as unknown as ServerInterceptingCall;
  };

  /**
   * Paths that are not registered are answered here as well, with what the server does have: grpc-js offers no handler for them.
   * Should it keep its handlers elsewhere one day, it answers them itself.
   */
  #answerUnknown(): void {
    const { handlers } = this.server as unknown as { readonly handlers?: unknown };
    if (!(handlers instanceof Map)) return;
    const registered = Map.prototype.get.bind(handlers);
    const unknown = { func: uncalled, serialize: same, deserialize: same, type: "unary" };
    handlers.get = (path: string) => registered(path) ?? { ...unknown, path };
  }

  /** False where there is no room for the connection. */
  admit(socket: Socket): boolean {
    const { handshakeTimeoutMs } = this.#options.limits;
    const key = `${socket.remoteAddress}:${socket.remotePort}`;
    const connection = this.acceptor.admit(this.#addressOf(socket), (onLost) => {
      const given = { grpc: this.#grpc, host: this.#host, options: this.#options, direct: this.#direct };
      return new GrpcConnection({ ...given, socket, address: this.#addressOf(socket), onLost });
    });
    if (connection === undefined) return false;
    this.#connections.set(key, connection);
    const stop = this.#host.platform.schedule(handshakeTimeoutMs, () => {
      if (socket.bytesRead < PREFACE_BYTES) socket.destroy();
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      stop();
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
      connection.leave(new RpcError({ code: "UNAVAILABLE", message: "the connection was lost" }));
    });
    return true;
  }

  #addressOf({ remoteAddress, remotePort }: Remote): string {
    return `${this.#scheme}://${remoteAddress}:${remotePort}`;
  }

  /** Tells that a connection was refused for want of room. */
  full(peer: Remote): void {
    this.acceptor.full(this.#addressOf(peer));
  }
}
