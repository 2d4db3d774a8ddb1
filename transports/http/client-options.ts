import { checkOptions, kinds, type OptionTable, oneOf } from "../../core/options.ts";

/** What concerns clients alone. */
export interface ClientOptions {
  /** What clients speak. `grpc` needs HTTP/2. Default `connect`. */
  readonly protocol?: "connect" | "grpc" | "grpc-web";
  /** The version of HTTP that clients speak. Default 2 for `grpc`, else 1. */
  readonly httpVersion?: 1 | 2;
  /** How clients compress what they send, and what they take. */
  readonly compression?: HttpCompression;
  /** Whether clients call methods that have no side effects by GET, which caches may answer; Connect alone has that. Default `false`. */
  readonly get?: boolean;
  /** Connections of HTTP/1.1 that a client opens to one endpoint: as many calls as it has at once. Default 256. */
  readonly maxSockets?: number;
  /**
   * How often a client asks over HTTP/2, while calls are in progress, whether the server is still there; in milliseconds. Servers of
   * gRPC may end connections that ask more often than every five minutes. Default: never, since TCP itself asks.
   */
  readonly pingMs?: number;
}

export interface HttpCompression {
  /** By what requests are compressed: `gzip`, `br`, `deflate`, or `zstd` where Node has it. Default: not at all. */
  readonly send?: string;
  /** Messages of fewer bytes leave as they are. Default 1,024. */
  readonly fromBytes?: number;
  /** What answers may be compressed by, the best first, as in `["gzip", "br"]`. Default: nothing, since it costs more than a near network. */
  readonly accept?: readonly string[];
}

export const clientTable: OptionTable<ClientOptions> = {
  protocol: oneOf("connect", "grpc", "grpc-web"),
  httpVersion: { expected: "1 or 2", fits: (value) => value === 1 || value === 2 },
  compression: kinds.object,
  get: kinds.flag,
  maxSockets: kinds.count,
  pingMs: kinds.milliseconds,
};

const compressionTable: OptionTable<HttpCompression> = {
  send: kinds.text,
  fromBytes: kinds.amount,
  accept: kinds.list,
};

export interface ResolvedClientOptions {
  readonly protocol: "connect" | "grpc" | "grpc-web";
  readonly httpVersion: 1 | 2;
  readonly send: string | undefined;
  readonly fromBytes: number;
  readonly accept: readonly string[];
  readonly get: boolean;
  readonly maxSockets: number;
  readonly pingMs: number | undefined;
}

/** With the defaults filled in; throws a `TypeError` that names what is wrong. */
export function resolveClientOptions(given: ClientOptions): ResolvedClientOptions {
  const { protocol = "connect", httpVersion, compression = {}, get = false, maxSockets = 256, pingMs } = given;
  const checked = checkOptions("http: compression", compression, compressionTable);
  const { send, fromBytes = 1024, accept = [] } = checked;
  if (protocol === "grpc" && httpVersion === 1) {
    throw new TypeError("http: gRPC needs HTTP/2; leave out httpVersion, or use the protocol grpc-web");
  }
  const version = httpVersion ?? (protocol === "grpc" ? 2 : 1);
  return { protocol, httpVersion: version, send, fromBytes, accept, get, maxSockets, pingMs };
}
