import { type Cursor, malformedBy } from "../../core/compile/cursor.ts";
import type { RpcError } from "../../core/error.ts";

const errors = malformedBy("hessian2");
export const { truncated, tooDeep, checkBytes } = errors;

export function malformed(message: string, cursor?: Cursor, at?: number): RpcError {
  return errors.malformed(cursor === undefined ? message : `${message}, at byte ${(at ?? cursor.p) - cursor.s}`);
}
