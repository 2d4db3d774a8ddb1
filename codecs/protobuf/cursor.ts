import { type LongCursor, malformedBy } from "../../core/compile/cursor.ts";
import type { RpcError } from "../../core/error.ts";

export type Cursor = LongCursor;

export const { malformed, tooDeep } = malformedBy("protobuf");

/** The value that should go on at the cursor ends before. */
export function truncated(cursor: Cursor): RpcError {
  return malformed(`a value is longer than its message, which ends at byte ${cursor.e - cursor.s}`);
}
