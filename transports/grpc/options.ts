import type { SecureContextOptions } from "node:tls";
import type {
  CallCredentials,
  ChannelCredentials,
  ChannelOptions,
  Interceptor,
  ServerCredentials,
  ServerInterceptor,
} from "@grpc/grpc-js";
import { checkOptions, kinds, type OptionTable, oneOf } from "../../core/options.ts";
import {
  type ResolvedWireOptions,
  resolveWireOptions,
  type WireOptions,
  wireOptions,
} from "../../core/wire/options.ts";

/** When a silent connection is asked whether it is alive. */
export interface GrpcKeepalive {
  /** A ping leaves after this much silence, in milliseconds. */
  readonly timeMs: number;
  /** How long its answer may take, in milliseconds. Default 20,000. */
  readonly timeoutMs?: number;
  /** Of a client: also while no call is in progress. Default false: many servers cut who does that. */
  readonly withoutCalls?: boolean;
}

export interface GrpcOptions extends WireOptions {
  /** Which URLs these options are for, as in `grpcs:` or `grpc://10.0.0.7:50051`. Default: all. */
  readonly urls?: readonly string[];
  /**
   * For `grpcs://` alone. `key` and `cert` on the server; on the client `ca`, and `key` and `cert` where the server asks for a
   * certificate (mTLS), as it does with `requestCert`: its subject becomes the identity.
   */
  readonly tls?: GrpcTlsOptions;
  /** Of clients, in place of `tls`: what `credentials` of grpc-js makes. */
  readonly channelCredentials?: ChannelCredentials;
  /** Of clients: what is asked before each call for metadata such as a token. gRPC sends those over TLS alone. */
  readonly callCredentials?: CallCredentials;
  /** Of servers, in place of `tls`: what `ServerCredentials` of grpc-js makes. */
  readonly serverCredentials?: ServerCredentials;
  /** Channel options of grpc-js, as in `{ "grpc.max_connection_age_ms": 600_000 }`; they go before what this transport sets. */
  readonly channelOptions?: ChannelOptions;
  /** Client interceptors of grpc-js, around each call. */
  readonly interceptors?: readonly Interceptor[];
  /** Server interceptors of grpc-js, around each call; the last one is the nearest to the handler. */
  readonly serverInterceptors?: readonly ServerInterceptor[];
  /** Default: none; a connection that dies silently is then found by the deadlines of its calls. */
  readonly keepalive?: GrpcKeepalive;
  /** How clients compress what they send. Answers of grpc-js are never compressed. Default "identity": not at all. */
  readonly compression?: GrpcCompression;
}

export type GrpcCompression = "identity" | "deflate" | "gzip";

export interface GrpcTlsOptions extends Pick<SecureContextOptions, "ca" | "cert" | "key"> {
  /** Of a server: clients must show a certificate that `ca` vouches for. Default false. */
  readonly requestCert?: boolean;
  /** Of a client: false takes any server, as in tests. Default true. */
  readonly rejectUnauthorized?: boolean;
  /** Of a client: the name that the server's certificate must have. Default: that of the URL. */
  readonly servername?: string;
}

const table: OptionTable<GrpcOptions> = {
  ...wireOptions,
  urls: kinds.list,
  tls: kinds.object,
  channelCredentials: kinds.anything,
  callCredentials: kinds.anything,
  serverCredentials: kinds.anything,
  channelOptions: kinds.object,
  interceptors: kinds.functions,
  serverInterceptors: kinds.functions,
  keepalive: kinds.object,
  compression: oneOf("identity", "deflate", "gzip"),
};

const tlsTable: OptionTable<GrpcTlsOptions> = {
  ca: kinds.anything,
  cert: kinds.anything,
  key: kinds.anything,
  requestCert: kinds.flag,
  rejectUnauthorized: kinds.flag,
  servername: kinds.text,
};

const keepaliveTable: OptionTable<GrpcKeepalive> = {
  timeMs: kinds.milliseconds,
  timeoutMs: kinds.milliseconds,
  withoutCalls: kinds.flag,
};

/** By their numbers in gRPC. */
const ALGORITHMS: Readonly<Record<GrpcCompression, number>> = { identity: 0, deflate: 1, gzip: 2 };
const MAX_TIMER_MS = 2 ** 31 - 1;
/** What grpc-js waits for is of no use: the link opens a new channel. */
const BACKOFF_MS = 100;
/** A stream of the caller is taken so far ahead of its connection, to be sent again where a server has refused it unseen. */
const RETRY_BUFFER_BYTES = 16_384;

type Credentials = Pick<GrpcOptions, "channelCredentials" | "callCredentials" | "serverCredentials">;

export interface ResolvedGrpcOptions extends ResolvedWireOptions, Credentials {
  readonly urls: readonly string[] | undefined;
  readonly tls: GrpcTlsOptions | undefined;
  readonly interceptors: readonly Interceptor[];
  readonly serverInterceptors: readonly ServerInterceptor[];
  /** Of both sides. */
  readonly channelOptions: ChannelOptions;
}

export function resolveGrpcOptions(given: GrpcOptions = {}): ResolvedGrpcOptions {
  const { keepalive, compression, channelOptions, interceptors, serverInterceptors, urls, tls, ...options } =
    checkOptions("grpc", given, table);
  const wire = resolveWireOptions(options);
  return {
    ...options,
    ...wire,
    urls: urls?.map(checkedUrl),
    tls: tls && checkOptions("grpc: tls", tls, tlsTable),
    interceptors: [...(interceptors ?? [])],
    serverInterceptors: [...(serverInterceptors ?? [])],
    channelOptions: {
      // One link is one connection, which is opened again by the link, and its calls sent again by the client.
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_retries": 0,
      "grpc.initial_reconnect_backoff_ms": BACKOFF_MS,
      "grpc.max_reconnect_backoff_ms": BACKOFF_MS,
      "grpc.per_rpc_retry_buffer_size": RETRY_BUFFER_BYTES,
      "grpc.client_idle_timeout_ms": MAX_TIMER_MS,
      "grpc.enable_channelz": 0,
      "grpc.max_send_message_length": -1,
      "grpc.max_receive_message_length": wire.limits.maxMessageBytes,
      ...keepaliveOptions(keepalive && checkOptions("grpc: keepalive", keepalive, keepaliveTable)),
      ...(compression && { "grpc.default_compression_algorithm": ALGORITHMS[compression] }),
      ...channelOptions,
    },
  };
}

function keepaliveOptions(keepalive: GrpcKeepalive | undefined): ChannelOptions {
  if (keepalive === undefined) return {};
  const { timeMs, timeoutMs = 20_000, withoutCalls = false } = keepalive;
  return {
    "grpc.keepalive_time_ms": timeMs,
    "grpc.keepalive_timeout_ms": timeoutMs,
    "grpc.keepalive_permit_without_calls": withoutCalls ? 1 : 0,
  };
}

function checkedUrl(url: string): string {
  if (/^grpcs?:/.test(url)) return url;
  throw new TypeError(
    `grpc: urls: expected schemes or addresses, as in grpcs: or grpc://10.0.0.7:50051, got ${JSON.stringify(url)}`,
  );
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `grpc://host:port` or `grpcs://host:port`. */
export function parseAddress(url: string): Address {
  const match = /^grpcs?:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(url);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) {
    const scheme = url.slice(0, url.indexOf(":"));
    throw new TypeError(`${url}: expected ${scheme}://host:port with a port from 0 to 65535`);
  }
  return { host: match[1] as string, port };
}

export function isSecure(url: string): boolean {
  return url.startsWith("grpcs:");
}
