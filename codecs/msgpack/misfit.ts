import { Misfit } from "../../core/misfit.ts";
import { type Cursor, truncated } from "./cursor.ts";
import { readAny } from "./untyped.ts";

/** The error for the value that begins at `at` and does not fit. */
export function misfitAt(path: string, expected: string, cursor: Cursor, at: number): unknown {
  if (at >= cursor.e) return truncated(cursor.e - cursor.s);
  cursor.p = at;
  cursor.n = 1000;
  return new Misfit(path, expected, readAny(cursor, 4));
}
