import { overMemory } from "../../core/compile/memory.ts";
import { RpcError } from "../../core/error.ts";

/** Where a decoder stands in a message, and what is left of its budget. */
export interface Cursor {
  readonly b: Uint8Array;
  /** The position of the next byte. */
  p: number;
  /** Where the message begins and ends. */
  readonly s: number;
  readonly e: number;
  /** How much more memory the value may take, in bytes. */
  n: number;
}

export function malformed(message: string, cursor?: Cursor, at?: number): RpcError {
  const where = cursor === undefined ? "" : `, at byte ${(at ?? cursor.p) - cursor.s}`;
  return new RpcError({ code: "INVALID_ARGUMENT", message: `hessian2: ${message}${where}` });
}

export function truncated(cursor: Cursor): RpcError {
  return malformed(`truncated at byte ${cursor.e - cursor.s}`);
}

export function tooDeep(): RpcError {
  return malformed("the message is nested deeper than maxDepth");
}

/** Checks that `length` bytes are there; a length read beyond the buffer is NaN, and refused. */
export function checkBytes(cursor: Cursor, length: number): void {
  if (!(length <= cursor.e - cursor.p)) throw truncated(cursor);
}

/** Charges `cost` bytes of memory, before anything is made for them. */
export function charge(cursor: { n: number }, cost: number): void {
  cursor.n -= cost;
  if (cursor.n < 0) throw overMemory();
}
