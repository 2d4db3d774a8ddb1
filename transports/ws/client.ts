import type { ClientRequest, IncomingMessage } from "node:http";
import type { ClientEnvironment, Link } from "../../core/transport.ts";
import { dialing } from "../../core/wire/dialing.ts";
import { WireLink } from "../../core/wire/link.ts";
import type { Dial } from "../../core/wire/pipe.ts";
import { loadWs } from "./library.ts";
import { parseAddress, type ResolvedWsOptions } from "./options.ts";
import { WebSocketPipe } from "./pipe.ts";
import { MESSAGE_BYTES, SUBPROTOCOL } from "./subprotocol.ts";

/** What is told of a refusal's body. */
const MAX_REASON = 500;

export function connectLink(url: string, environment: ClientEnvironment, options: ResolvedWsOptions): Link {
  const { limits, backoff } = options;
  return new WireLink({ url, environment, limits, backoff, dial: dialer(url, environment, options) });
}

function dialer(url: string, { platform }: ClientEnvironment, options: ResolvedWsOptions): Dial {
  const { href } = parseAddress(url);
  const { connectTimeoutMs, headers, deflate, tls } = options;
  return async (user, signal) => {
    const { WebSocket } = await loadWs();
    return dialing({ url, platform, connectTimeoutMs, signal }, ({ open, refuse }) => {
      const socket = new WebSocket(href, SUBPROTOCOL, {
        ...(href.startsWith("wss:") ? (tls as object) : {}),
        headers: { ...headers },
        perMessageDeflate: deflate,
        maxPayload: MESSAGE_BYTES,
      });
      socket.on("error", (error) => refuse(wordsOf(error), error));
      socket.once("unexpected-response", (_: ClientRequest, response: IncomingMessage) =>
        readReason(response, (reason) => refuse(`it answered ${response.statusCode}: ${reason}`)),
      );
      socket.once("open", () =>
        open(() => {
          const pipe = new WebSocketPipe(socket, url);
          pipe.attach(user(pipe));
        }),
      );
      return () => socket.terminate();
    });
  };
}

function readReason(response: IncomingMessage, told: (reason: string) => void): void {
  let reason = "";
  const tell = (): void =>
    told(
      reason
        .replaceAll(/[^\P{C}]+/gu, " ")
        .trim()
        .slice(0, MAX_REASON),
    );
  response.setEncoding("utf8");
  response.on("data", (text: string) => {
    reason += text;
    if (reason.length >= MAX_REASON) tell();
  });
  response.on("close", tell);
}

/** OpenSSL's words for an answer in the clear say nothing to most. */
function wordsOf(error: Error & { readonly code?: unknown }): string {
  const why = /wrong.version.number|packet.length.too.long|record.too.\w+/i.exec(`${error.code} ${error.message}`)?.[0];
  if (why === undefined) return error.message;
  return `it does not speak TLS (${why}); use ws://, or a port of wss://`;
}
