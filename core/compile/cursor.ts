import type { VarintCursor } from "../bytes/varint.ts";
import { RpcError } from "../error.ts";
import { overMemory } from "./memory.ts";
import { within } from "./misfit.ts";

/** Where a decoder stands in a message, and what is left of its budget. */
export interface Cursor {
  readonly b: Uint8Array;
  /** The position of the next byte. */
  p: number;
  /** Where the whole message begins. */
  readonly s: number;
  /** Where the message that is being read ends: the whole one, or one inside it. */
  e: number;
  /** How much more memory the value may take, in bytes. */
  n: number;
}

/** One over a message with varints: `lo` and `hi` are the halves of the one that was read last. */
export interface LongCursor extends Cursor, VarintCursor {}

export function cursorOf(b: Uint8Array, start: number, end: number, memory: number): LongCursor {
  return { b, p: start, s: start, e: end, n: memory, lo: 0, hi: 0 };
}

/** Reads the value that begins at the cursor, which may nest `depth` deep. */
export type Read<C extends Cursor = Cursor> = (cursor: C, depth: number) => unknown;

/** Charges `cost` bytes of memory, before anything is made for them; a count that no number holds is NaN, and refused. */
export function charge(cursor: { n: number }, cost: number): void {
  cursor.n -= cost;
  if (!(cursor.n >= 0)) throw overMemory();
}

/** Reads a part of a value; `step` is its name in the path of an error. */
export function readPart<C extends Cursor>(read: Read<C>, cursor: C, depth: number, step: () => string): unknown {
  try {
    return read(cursor, depth);
  } catch (thrown) {
    throw within(step(), thrown);
  }
}

/** The reader of a nested record; made on its first use, so that a record may contain itself. */
export function nested<C extends Cursor>(make: () => Read<C>): Read<C> {
  let read: Read<C> | undefined;
  return (cursor, depth) => {
    read ??= make();
    return read(cursor, depth);
  };
}

/** The errors at the bytes of a codec. */
export interface Malformed {
  malformed(message: string): RpcError;
  /** What should go on at the cursor ends before. */
  truncated(cursor: Cursor): RpcError;
  tooDeep(): RpcError;
  /** Checks that `length` bytes are there; a length read beyond the buffer is NaN, and refused. */
  checkBytes(cursor: Cursor, length: number): void;
}

export function malformedBy(codec: string): Malformed {
  const malformed = (message: string): RpcError =>
    new RpcError({ code: "INVALID_ARGUMENT", message: `${codec}: ${message}` });
  const truncated = ({ e, s }: Cursor): RpcError => malformed(`truncated at byte ${e - s}`);
  return {
    malformed,
    truncated,
    tooDeep: () => malformed("the message is nested deeper than maxDepth"),
    checkBytes(cursor, length) {
      if (!(length <= cursor.e - cursor.p)) throw truncated(cursor);
    },
  };
}
