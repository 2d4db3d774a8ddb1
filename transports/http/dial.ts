import * as http2 from "node:http2";
import type { Socket } from "node:net";
import { RpcError } from "../../core/error.ts";
import type { Platform } from "../../core/platform.ts";
import { dialing } from "../../core/wire/dialing.ts";
import { Http2Requester } from "./http2-requester.ts";
import { Keepalive } from "./keepalive.ts";
import { parseAddress, type ResolvedHttpOptions } from "./options.ts";
import type { Requester } from "./requester.ts";
import { SpareSocket } from "./spare-socket.ts";
import { UndiciRequester } from "./undici-requester.ts";

export interface DialOptions {
  readonly url: string;
  readonly platform: Platform;
  readonly options: ResolvedHttpOptions;
  readonly signal: AbortSignal;
}

/** Who uses what was dialled. */
export interface ConnectionUser {
  onLost(error: RpcError): void;
  /** The server asks for no new requests. */
  onGoaway(): void;
  /** Requests in progress. */
  pending(): number;
}

export interface Connected {
  readonly requester: Requester;
  /** Ends it: at once, or when what is on its way has been answered, but not much later. */
  end(gently: boolean): void;
}

/** Takes what was dialled, with a function that makes it work. */
export type Attach = (open: (user: ConnectionUser) => Connected) => void;

/** The authority of a URL: `host` or `host:port`. */
function authorityOf(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

function lost(url: string, error: Error | undefined): RpcError {
  const why = error === undefined ? "the other side closed it" : error.message;
  return new RpcError({
    code: "UNAVAILABLE",
    message: `the connection to ${url} ended: ${why}`,
    cause: error,
    retryable: true,
  });
}

/** How long the answers to oneways that were sent last are waited for. */
const LAST_ANSWERS_MS = 1000;

/** Opens one connection, to know that one can; it is used for the first request. */
export async function dialHttp1({ url, platform, options, signal }: DialOptions, attach: Attach): Promise<void> {
  const undici = await undiciModule();
  const { connectTimeoutMs, client, tls } = options;
  const { host, port } = parseAddress(url);
  const secure = url.startsWith("https:");
  const connector = undici.buildConnector({ ...(secure ? tls : {}), timeout: connectTimeoutMs } as never);
  const target = {
    hostname: host,
    host,
    protocol: secure ? "https:" : "http:",
    port: String(port),
    servername: servernameOf(tls),
  };
  const open = (callback: (error: Error | null, socket: Socket | null) => void): void =>
    connector(target as never, callback as never);
  return dialing({ url, platform, connectTimeoutMs, signal }, (dialled) => {
    let given = false;
    open((error, socket) => {
      if (error !== null || socket === null) return dialled.refuse(error?.message ?? "no connection", error);
      if (given) return void socket.destroy();
      dialled.open(() =>
        attach((user) => {
          const onLost = (cause: Error): void => user.onLost(lost(url, cause));
          const spare = new SpareSocket(socket, () => platform.now(), onLost);
          const requester = new UndiciRequester({
            undici,
            origin: `${secure ? "https" : "http"}://${authorityOf(url)}`,
            maxSockets: client.maxSockets,
            open: (callback) => {
              const ready = spare.take();
              if (ready === undefined) open(callback);
              // Not before `open` has returned: undici overlooks that.
              else queueMicrotask(() => callback(null, ready));
            },
            onLost,
          });
          return {
            requester,
            end: (gently) => {
              spare.destroy();
              ending(requester, platform, gently);
            },
          };
        }),
      );
    });
    return () => {
      given = true;
    };
  });
}

function ending(requester: Requester, platform: Platform, gently: boolean): void {
  if (!gently) return requester.destroy();
  const stop = platform.schedule(LAST_ANSWERS_MS, () => requester.destroy());
  void requester.close().then(stop);
}

async function undiciModule(): Promise<typeof import("undici")> {
  try {
    return await import("undici");
  } catch (cause) {
    const message =
      "http:// over HTTP/1.1 needs the package undici, version 7: npm install undici; or use http({ httpVersion: 2 })";
    throw new RpcError({ code: "FAILED_PRECONDITION", message, cause });
  }
}

function servernameOf(tls: ResolvedHttpOptions["tls"]): string | undefined {
  return tls?.servername;
}

/** A stream of an answer may be this far ahead of its reader before it is paused. */
const STREAM_WINDOW_BYTES = 65_535;
const SESSION_WINDOW_BYTES = 16 * 1024 * 1024;
/** Of one message's headers in either direction; metadata have 64 KiB, and base64 and framing come to them. */
const MAX_HEADER_BYTES = 128 * 1024;
/** As undici has it for HTTP/1.1. */
const TCP_KEEPALIVE_MS = 60_000;

/** Opens the one connection. */
export function dialHttp2({ url, platform, options, signal }: DialOptions, attach: Attach): Promise<void> {
  const { connectTimeoutMs, client, tls } = options;
  const secure = url.startsWith("https:");
  return dialing({ url, platform, connectTimeoutMs, signal }, (dialled) => {
    const session = http2.connect(url, {
      ...(secure ? (tls as http2.SecureClientSessionOptions) : {}),
      maxSendHeaderBlockLength: MAX_HEADER_BYTES,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEPALIVE_MS,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES, maxHeaderListSize: MAX_HEADER_BYTES },
    } as http2.SecureClientSessionOptions);
    let failure: Error | undefined;
    session.on("error", (error) => {
      failure = error;
      dialled.refuse(wordsOf(error), error);
    });
    session.on("close", () => dialled.refuse("the other side closed the connection"));
    session.once("connect", () => {
      session.setLocalWindowSize(SESSION_WINDOW_BYTES);
      dialled.open(() =>
        attach((user) => {
          const keepalive = new Keepalive(session, platform, { pingMs: client.pingMs, pending: user.pending });
          session.on("goaway", () => user.onGoaway());
          session.on("close", () => {
            keepalive.stop();
            user.onLost(lost(url, failure));
          });
          const requester = new Http2Requester({
            session,
            scheme: secure ? "https" : "http",
            authority: authorityOf(url),
          });
          return {
            requester,
            end: (gently) => {
              keepalive.stop();
              ending(requester, platform, gently);
            },
          };
        }),
      );
    });
    return () => session.destroy();
  });
}

function wordsOf(error: Error & { readonly code?: unknown }): string {
  if (
    error.code !== "ERR_HTTP2_ERROR" &&
    !/WRONG_VERSION|PROTOCOL_ERROR|NO_APPLICATION_PROTOCOL/.test(String(error.code))
  ) {
    return error.message;
  }
  return `it does not speak HTTP/2 (${error.code}); use http({ httpVersion: 1 })`;
}
