import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { messageOf } from "../../core/error.ts";
import { unreachable } from "../../core/link/unreachable.ts";
import type { ClientEnvironment, Link } from "../../core/transport.ts";
import { WireLink } from "../../core/wire/link.ts";
import type { Dial, PipeUser } from "../../core/wire/pipe.ts";
import { parseAddress, type ResolvedTcpOptions } from "./options.ts";
import { SocketPipe } from "./pipe.ts";

export function connectLink(url: string, environment: ClientEnvironment, options: ResolvedTcpOptions): Link {
  return new WireLink({
    url,
    environment,
    limits: options.limits,
    backoff: options.backoff,
    dial: dialer(url, options),
  });
}

function dialer(url: string, options: ResolvedTcpOptions): Dial {
  const address = parseAddress(url);
  const secure = url.startsWith("tls:");
  return (user, signal) =>
    new Promise((resolve, reject) => {
      let attached: PipeUser | undefined;
      const onread = {
        buffer: options.readBuffer,
        callback: (length: number, buffer: Uint8Array): boolean => {
          attached?.onBytes(buffer.subarray(0, length));
          return true;
        },
      };
      const socket: Socket = secure
        ? connectTls({ ...address, ...options.tls } as ConnectionOptions)
        : connectTcp({ ...address, onread });
      const abort = (): void => refuse("the client was closed");
      const refuse = (why: string, cause?: unknown): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        socket.destroy();
        reject(unreachable(url, `${why}; is a server listening there?`, cause));
      };
      const timer = setTimeout(
        () => refuse(`no answer within connectTimeoutMs (${options.connectTimeoutMs})`),
        options.connectTimeoutMs,
      );
      const onError = (error: Error): void => refuse(wordsOf(error), error);
      socket.once("error", onError);
      signal.addEventListener("abort", abort);
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        socket.off("error", onError);
        const pipe = new SocketPipe(socket, url);
        try {
          attached = user(pipe);
        } catch (error) {
          // Credentials longer than a handshake may be.
          refuse(messageOf(error), error);
          return;
        }
        pipe.attach(attached, !secure);
        resolve();
      });
    });
}

/** OpenSSL's words for an answer in the clear say nothing to most. */
function wordsOf(error: Error & { readonly code?: unknown }): string {
  if (!/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_TOO_/.test(String(error.code))) return error.message;
  return `it does not speak TLS (${error.code}); use tcp://, or a port of tls://`;
}
