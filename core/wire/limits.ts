import { type CodecLimits, defaultCodecLimits } from "../codec.ts";
import { type ContractLimits, defaultContractLimits } from "../contract/limits.ts";
import { checkOptions, kinds, type OptionTable } from "../options.ts";

/** What one connection may cost, and how long it may be silent. Each bound names the attack it stops. */
export interface WireLimits extends CodecLimits, ContractLimits {
  /** Bytes of one frame; stops a declared length that exhausts memory. Default 4 MiB. */
  readonly maxMessageBytes: number;
  /** Calls of one peer in progress on one connection; stops a flood of slow calls. Default 65,536. */
  readonly maxPendingCalls: number;
  /** Streams of one peer open on one connection. Default 1,024. */
  readonly maxStreams: number;
  /** Contracts that references on one connection use; stops making a server keep types without end. Default 256. */
  readonly maxBindings: number;
  /** Functions handed over and not yet released, per connection. Default 4,096. */
  readonly maxCallbacks: number;
  /** Connections of one listener; stops exhaustion of file descriptors. Default 20,000. */
  readonly maxConnections: number;
  /** Bytes that a stream's sender may be ahead of its reader. Default 256 KiB. */
  readonly streamWindowBytes: number;
  /** Unsent bytes beyond which nothing more is read from a peer that does not read. Default 1 MiB. */
  readonly maxBufferedBytes: number;
  /** Unsent bytes beyond which a new call is refused: a server that stops reading must not fill the caller's memory. Default 64 MiB. */
  readonly maxQueuedBytes: number;
  /** Time to connect and agree; stops connections that say nothing. Default 10,000. */
  readonly handshakeTimeoutMs: number;
  /** A ping leaves after this much silence; after twice as much the connection is dead. Default 15,000. */
  readonly heartbeatMs: number;
}

export const defaultWireLimits: WireLimits = Object.freeze({
  ...defaultCodecLimits,
  ...defaultContractLimits,
  maxMessageBytes: 4 * 1024 * 1024,
  maxPendingCalls: 65_536,
  maxStreams: 1024,
  maxBindings: 256,
  maxCallbacks: 4096,
  maxConnections: 20_000,
  streamWindowBytes: 256 * 1024,
  maxBufferedBytes: 1024 * 1024,
  maxQueuedBytes: 64 * 1024 * 1024,
  handshakeTimeoutMs: 10_000,
  heartbeatMs: 15_000,
});

const table = Object.fromEntries(Object.keys(defaultWireLimits).map((name) => [name, kinds.count]));

/** The limits with the defaults filled in; throws a `TypeError` that names what is wrong. */
export function resolveWireLimits(given: Partial<WireLimits> = {}): WireLimits {
  return Object.freeze({ ...defaultWireLimits, ...checkOptions("limits", given, table as OptionTable<WireLimits>) });
}
