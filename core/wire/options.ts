import { type BackoffOptions, resolveBackoff } from "../link/backoff.ts";
import { kinds, type OptionTable } from "../options.ts";
import { resolveWireLimits, type WireLimits } from "./limits.ts";

/** What every transport over pipes has as options. */
export interface WireOptions {
  /** Bounds on what a connection may cost; see `WireLimits`. */
  readonly limits?: Partial<WireLimits>;
  /** How soon a lost connection is tried again. Default from 50 ms to 10 s. */
  readonly backoff?: Partial<BackoffOptions>;
  /** Time to open a connection. Default 5,000. */
  readonly connectTimeoutMs?: number;
}

export const wireOptions: OptionTable<WireOptions> = {
  limits: kinds.object,
  backoff: kinds.object,
  connectTimeoutMs: kinds.milliseconds,
};

export interface ResolvedWireOptions {
  readonly limits: WireLimits;
  readonly backoff: BackoffOptions;
  readonly connectTimeoutMs: number;
}

/** With the defaults filled in; throws a `TypeError` that names what is wrong. */
export function resolveWireOptions({ limits, backoff, connectTimeoutMs = 5000 }: WireOptions): ResolvedWireOptions {
  return { limits: resolveWireLimits(limits), backoff: resolveBackoff(backoff), connectTimeoutMs };
}
