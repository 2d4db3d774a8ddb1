import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { ClientEnvironment, Link } from "../../core/transport.ts";
import { dialing } from "../../core/wire/dialing.ts";
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
    dial: dialer(url, environment, options),
  });
}

function dialer(url: string, { platform }: ClientEnvironment, options: ResolvedTcpOptions): Dial {
  const address = parseAddress(url);
  const secure = url.startsWith("tls:");
  const { connectTimeoutMs } = options;
  return (user, signal) =>
    dialing({ url, platform, connectTimeoutMs, signal }, ({ open, refuse }) => {
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
      const onError = (error: Error): void => refuse(wordsOf(error), error);
      socket.once("error", onError);
      socket.once(secure ? "secureConnect" : "connect", () => {
        socket.off("error", onError);
        open(() => {
          const pipe = new SocketPipe(socket, url);
          attached = user(pipe);
          pipe.attach(attached, !secure);
        });
      });
      return () => socket.destroy();
    });
}

/** OpenSSL's words for an answer in the clear say nothing to most. */
function wordsOf(error: Error & { readonly code?: unknown }): string {
  if (!/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_TOO_/.test(String(error.code))) return error.message;
  return `it does not speak TLS (${error.code}); use tcp://, or a port of tls://`;
}
