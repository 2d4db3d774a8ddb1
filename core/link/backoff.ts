import { checkOptions, kinds, type OptionTable } from "../options.ts";
import type { Platform } from "../platform.ts";

export interface BackoffOptions {
  /** Before the first retry. Default 50. */
  readonly firstMs: number;
  /** The longest wait. Default 10,000. */
  readonly maxMs: number;
}

export const defaultBackoff: BackoffOptions = Object.freeze({ firstMs: 50, maxMs: 10_000 });

const table: OptionTable<BackoffOptions> = { firstMs: kinds.milliseconds, maxMs: kinds.milliseconds };

/** With the defaults filled in; throws a `TypeError` that names what is wrong. */
export function resolveBackoff(given: Partial<BackoffOptions> = {}): BackoffOptions {
  return { ...defaultBackoff, ...checkOptions("backoff", given, table) };
}

/** Doubles with each attempt, and spreads over the upper half so that clients do not return in step. */
export function backoffMs(attempt: number, options: BackoffOptions, platform: Platform): number {
  const ceiling = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (ceiling / 2) * platform.random();
}
