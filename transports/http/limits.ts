import { type CodecLimits, defaultCodecLimits } from "../../core/codec.ts";
import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import { defaultWireLimits } from "../../core/wire/limits.ts";

/** What one peer, and all of them together, may cost. Each bound names the attack it stops. */
export interface HttpLimits extends CodecLimits {
  /** Fields of a contract that are compared with another version's. Default 10,000. */
  readonly maxContractFields: number;
  /** Bytes of one message, decompressed; stops a body, or a small one that unfolds, from exhausting memory. Default 4 MiB. */
  readonly maxMessageBytes: number;
  /** The same of a message that this side sends, so that what cannot be read is refused at its sender. Default: as `maxMessageBytes`. */
  readonly maxSentBytes: number;
  /** Calls in progress, of a client on one connection, of a server on one listener; stops a flood of slow calls. Default 65,536. */
  readonly maxPendingCalls: number;
  /** Requests in progress on one connection of HTTP/2; stops one peer from taking all there is. Default 1,024. */
  readonly maxStreams: number;
  /**
   * Requests of one connection of HTTP/1.1 that wait for answers to those before them; stops a peer that sends ahead, and reads
   * nothing, from taking all there is. More end the connection. Default 1,000.
   */
  readonly maxPipelinedRequests: number;
  /** Connections of one listener; stops exhaustion of file descriptors. Default 20,000. */
  readonly maxConnections: number;
  /** Bytes that a stream's sender may be ahead of its reader. Default 256 KiB. */
  readonly streamWindowBytes: number;
  /** The same of all streams of one connection of HTTP/2, so that few who do not read do not hold up the others. Default 16 MiB. */
  readonly connectionWindowBytes: number;
  /** Bytes of the headers of one request; stops headers that exhaust memory. Default 96 KiB, as metadata may be 64 KiB. */
  readonly maxHeaderBytes: number;
  /** Time for the headers of a request, and for a connection to say anything; stops a slow-loris. Default 10,000. */
  readonly headersTimeoutMs: number;
  /** Time for all of a request, unless it is a stream; stops bodies that never end. Default 60,000. */
  readonly requestTimeoutMs: number;
  /** How long a connection of HTTP/1.1 may be idle between two requests. Default 60,000. */
  readonly keepAliveTimeoutMs: number;
  /** Time for TLS, and nine tenths of it for `authenticate`. Default 10,000. */
  readonly handshakeTimeoutMs: number;
}

export const defaultHttpLimits: HttpLimits = Object.freeze({
  ...defaultCodecLimits,
  maxContractFields: defaultWireLimits.maxContractFields,
  maxMessageBytes: defaultWireLimits.maxMessageBytes,
  maxSentBytes: defaultWireLimits.maxMessageBytes,
  maxPendingCalls: defaultWireLimits.maxPendingCalls,
  maxStreams: defaultWireLimits.maxStreams,
  maxPipelinedRequests: 1000,
  maxConnections: defaultWireLimits.maxConnections,
  streamWindowBytes: defaultWireLimits.streamWindowBytes,
  connectionWindowBytes: 16 * 1024 * 1024,
  maxHeaderBytes: 96 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 60_000,
  handshakeTimeoutMs: defaultWireLimits.handshakeTimeoutMs,
});

const table = Object.fromEntries(Object.keys(defaultHttpLimits).map((name) => [name, kinds.count]));

/** The limits with the defaults filled in; throws a `TypeError` that names what is wrong. */
export function resolveHttpLimits(given: Partial<HttpLimits> = {}): HttpLimits {
  const limits = checkOptions("limits", given, table as OptionTable<HttpLimits>);
  const { maxMessageBytes = defaultHttpLimits.maxMessageBytes } = limits;
  return Object.freeze({ ...defaultHttpLimits, maxSentBytes: maxMessageBytes, ...limits });
}
