import { RpcError } from "../../core/error.ts";

/** Where a decoder stands in a message, and what is left of its budget. */
export interface Cursor {
  readonly b: Uint8Array;
  /** The position of the next byte. */
  p: number;
  /** Where the whole message begins. */
  readonly s: number;
  /** Where the message that is being read ends: the whole one or one inside it. */
  e: number;
  /** How much more memory the value may take, in bytes. */
  n: number;
  /** The halves of the varint that was read last. */
  lo: number;
  hi: number;
}

export function cursorOf(b: Uint8Array, start: number, end: number, memory: number): Cursor {
  return { b, p: start, s: start, e: end, n: memory, lo: 0, hi: 0 };
}

export function malformed(message: string): RpcError {
  return new RpcError({ code: "INVALID_ARGUMENT", message: `protobuf: ${message}` });
}

/** The value that should go on at the cursor ends before. */
export function truncated(cursor: Cursor): RpcError {
  return malformed(`a value is longer than its message, which ends at byte ${cursor.e - cursor.s}`);
}

export function tooDeep(): RpcError {
  return malformed("the message is nested deeper than maxDepth");
}
