import { MAX_VARINT_BYTES, readHalves, readSmall, TWO_32 } from "../../core/bytes/varint.ts";

import { scalarForm } from "../../core/schema/avro-form.ts";
import { MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "../../core/type/explain.ts";
import type { Type } from "../../core/type/type.ts";
import { type Cursor, malformed, truncated } from "./cursor.ts";

/** Reads a zigzag integer into the halves of the cursor, as a two's complement. */
function readZigzag(cursor: Cursor): void {
  if (!readHalves(cursor))
    throw malformed(`an integer of more than ${MAX_VARINT_BYTES} bytes, before byte ${cursor.p - cursor.s}`);
  const { lo, hi } = cursor;
  const sign = -(lo & 1);
  cursor.lo = (((lo >>> 1) | (hi << 31)) ^ sign) >>> 0;
  cursor.hi = ((hi >>> 1) ^ sign) >>> 0;
}

/** An integer that a number holds exactly, else NaN. */
export function readInt53(cursor: Cursor): number {
  const small = readSmall(cursor);
  if (small >= 0) return (small >>> 1) ^ -(small & 1);
  readZigzag(cursor);
  const integer = (cursor.hi | 0) * TWO_32 + cursor.lo;
  return Number.isSafeInteger(integer) ? integer : Number.NaN;
}

export function readInt64(cursor: Cursor): bigint {
  const integer = readInt53(cursor);
  return Number.isNaN(integer) ? lastInteger(cursor) : BigInt(integer);
}

/** The integer that was read last, if it was none of a few bytes. */
export function lastInteger(cursor: Cursor): bigint {
  return (BigInt(cursor.hi | 0) << 32n) | BigInt(cursor.lo);
}

/** A length of bytes, which must be there. */
export function readLength(cursor: Cursor): number {
  const length = readInt53(cursor);
  if (length < 0) throw malformed(`a negative length, before byte ${cursor.p - cursor.s}`);
  if (!(length <= cursor.e - cursor.p)) throw truncated(cursor);
  return length;
}

/**
 * The number of items in the next block; 0 after the last. Each has at least `bytes` bytes, and those that have none
 * are bounded by the memory alone.
 */
export function readBlock(cursor: Cursor, bytes: number): number {
  let count = readInt53(cursor);
  if (count < 0) {
    // A negative count is followed by the size of the block, for those who skip it.
    count = -count;
    readLength(cursor);
  }
  if (!(count * bytes <= cursor.e - cursor.p)) throw truncated(cursor);
  return count;
}

export function momentOf(ms: number): Date | undefined {
  return ms >= MIN_TIMESTAMP_MS && ms <= MAX_TIMESTAMP_MS ? new Date(ms) : undefined;
}

/** Structs that nest deeper count as nothing: a peer may nest them deeper than a stack goes. */
const MAX_NESTING = 16;

/** How many bytes a value of the type has at least; what is known of structs is kept in `known`. */
export function minBytes(type: Type, known: WeakMap<Type, number> = new WeakMap(), nesting = MAX_NESTING): number {
  switch (type.kind) {
    case "float32":
      return 4;
    case "float64":
      return 8;
    case "bytes":
    case "decimal":
      return scalarForm(type)?.fixed?.size ?? 1;
    case "struct": {
      let bytes = known.get(type);
      if (bytes !== undefined) return bytes;
      if (nesting === 0) return 0;
      // A struct that needs itself has no value, so any number will do.
      known.set(type, 0);
      bytes = 0;
      for (const field of type.fields) bytes += field.optional ? 1 : minBytes(field.type, known, nesting - 1);
      known.set(type, bytes);
      return bytes;
    }
    default:
      return 1;
  }
}
