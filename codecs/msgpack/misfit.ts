import type { Cursor } from "../../core/compile/cursor.ts";
import { isOverMemory } from "../../core/compile/memory.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import { truncated } from "./cursor.ts";
import { readAny } from "./untyped.ts";

/** How much memory a value may take only to be shown in an error. */
const MAX_SHOWN_BYTES = 100_000;

/** The error for the value that begins at `at` and does not fit. */
export function misfitAt(path: string, expected: string, cursor: Cursor, at: number): unknown {
  if (at >= cursor.e) return truncated(cursor);
  cursor.p = at;
  cursor.n = MAX_SHOWN_BYTES;
  try {
    return new Misfit(path, expected, readAny(cursor, 4));
  } catch (thrown) {
    return isOverMemory(thrown) ? new Misfit(path, expected, {}) : thrown;
  }
}
