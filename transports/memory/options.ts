import { type BackoffOptions, resolveBackoff } from "../../core/link/backoff.ts";
import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import { resolveWireLimits, type WireLimits } from "../../core/wire/limits.ts";

/** The bounds that mean something without bytes. */
export type MemoryLimits = Pick<
  WireLimits,
  "maxPendingCalls" | "maxStreams" | "maxBindings" | "maxCallbacks" | "maxConnections" | "handshakeTimeoutMs"
>;

export interface MemoryOptions {
  /**
   * Whether each side gets values of its own, deep copies that were checked against their types. Without, values are
   * handed over as they are, unchecked, transient fields too, and what one side changes the other sees. Both sides must want
   * it off. Default `true`.
   */
  readonly isolate?: boolean;
  /** Bounds on what a connection may cost; see `WireLimits`. */
  readonly limits?: Partial<MemoryLimits>;
  /** How soon a lost connection is tried again. Default from 50 ms to 10 s. */
  readonly backoff?: Partial<BackoffOptions>;
}

const table: OptionTable<MemoryOptions> = { isolate: kinds.flag, limits: kinds.object, backoff: kinds.object };

export interface ResolvedMemoryOptions {
  readonly isolate: boolean;
  readonly limits: MemoryLimits;
  readonly backoff: BackoffOptions;
}

export function resolveMemoryOptions(given: MemoryOptions = {}): ResolvedMemoryOptions {
  const options = checkOptions("memory", given, table);
  return {
    isolate: options.isolate ?? true,
    limits: resolveWireLimits(options.limits),
    backoff: resolveBackoff(options.backoff),
  };
}
