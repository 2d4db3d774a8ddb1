import { MAX_VARINT_BYTES, MAX_VARINT32_BYTES, readHalves, readSmall, TWO_32 } from "../../core/bytes/varint.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import { MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "../../core/type/explain.ts";
import { type Cursor, malformed, tooDeep, truncated } from "./cursor.ts";
import { FIXED32, FIXED64, GROUP_END, GROUP_START, LENGTH, VARINT } from "./format.ts";

const MAX_FIELD_NUMBER = 536_870_911;

export function readVarint(cursor: Cursor): void {
  if (!readHalves(cursor))
    throw malformed(`a varint of more than ${MAX_VARINT_BYTES} bytes, before byte ${cursor.p - cursor.s}`);
}

/** Any integer, as Protobuf reads it as an int32: its low 32 bits. */
export function readInt32(cursor: Cursor): number {
  const small = readSmall(cursor);
  if (small >= 0) return small;
  readVarint(cursor);
  return cursor.lo | 0;
}

export function readBool(cursor: Cursor): boolean {
  readVarint(cursor);
  return cursor.lo !== 0 || cursor.hi !== 0;
}

/** An integer that a number holds exactly, else NaN. */
export function readInt53(cursor: Cursor): number {
  const small = readSmall(cursor);
  if (small >= 0) return small;
  readVarint(cursor);
  const integer = (cursor.hi | 0) * TWO_32 + cursor.lo;
  return Number.isSafeInteger(integer) ? integer : Number.NaN;
}

export function readInt64(cursor: Cursor): bigint {
  const integer = readInt53(cursor);
  if (!Number.isNaN(integer)) return BigInt(integer);
  return (BigInt(cursor.hi | 0) << 32n) | BigInt(cursor.lo);
}

/** A length, which must fit into the message. */
export function readLength(cursor: Cursor): number {
  readVarint(cursor);
  if (cursor.hi !== 0 || !(cursor.lo <= cursor.e - cursor.p)) throw truncated(cursor);
  return cursor.lo;
}

/** The length at the cursor; what calls it checks that it fits into the message. */
export function readLongLength(cursor: Cursor): number {
  readVarint(cursor);
  return cursor.hi === 0 ? cursor.lo : Number.POSITIVE_INFINITY;
}

/** A google.protobuf.Timestamp of fields each at most once, in order; `undefined` where it is anything else. */
export function readTimestamp(cursor: Cursor, end: number): Date | undefined {
  const { b } = cursor;
  let seconds = 0;
  let nanoseconds = 0;
  if (cursor.p < end && b[cursor.p] === 8) {
    cursor.p++;
    seconds = readInt53(cursor);
  }
  if (cursor.p < end && b[cursor.p] === 16) {
    cursor.p++;
    nanoseconds = readInt32(cursor);
  }
  return cursor.p === end ? moment(seconds, nanoseconds) : undefined;
}

export function moment(seconds: number, nanoseconds: number): Date | undefined {
  if (!(nanoseconds >= 0 && nanoseconds <= 999_999_999)) return undefined;
  const ms = seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
  return ms >= MIN_TIMESTAMP_MS && ms <= MAX_TIMESTAMP_MS ? new Date(ms) : undefined;
}

/** Reads a tag: the field's number and, in `lo`, its wire type. */
export function readTag(cursor: Cursor): number {
  const at = cursor.p;
  readVarint(cursor);
  const number = cursor.lo >>> 3;
  // Tags have 32 bits: one written with more bytes than those need is no tag, even where the rest is zero.
  if (cursor.hi !== 0 || cursor.p - at > MAX_VARINT32_BYTES || number === 0 || number > MAX_FIELD_NUMBER)
    throw malformed(`no field's tag, at byte ${at - cursor.s}`);
  cursor.lo &= 7;
  return number;
}

/** Moves over an unknown field whose tag was read; groups are followed without recursion. */
export function skip(cursor: Cursor, number: number, wireType: number, maxDepth: number): void {
  const open: number[] = [];
  let [current, type] = [number, wireType];
  for (;;) {
    const at = cursor.p;
    switch (type) {
      case VARINT:
        readVarint(cursor);
        break;
      case FIXED64:
        cursor.p += 8;
        break;
      case FIXED32:
        cursor.p += 4;
        break;
      case LENGTH: {
        // Reading the length moves the position that it is added to.
        const length = readLength(cursor);
        cursor.p += length;
        break;
      }
      case GROUP_START:
        if (open.length >= maxDepth) throw tooDeep();
        open.push(current);
        break;
      case GROUP_END:
        if (open.pop() !== current) throw malformed(`a group ends that did not begin, before byte ${at - cursor.s}`);
        break;
      default:
        throw malformed(`wire type ${type} does not exist, before byte ${at - cursor.s}`);
    }
    if (cursor.p > cursor.e) throw truncated(cursor);
    if (open.length === 0) return;
    if (cursor.p === cursor.e) throw truncated(cursor);
    current = readTag(cursor);
    type = cursor.lo;
  }
}

/** Moves over a field that the compiled reader does not know; a known one in an unusual form is for the exact reader. */
export function skipUnknown(cursor: Cursor, end: number, known: ReadonlySet<number>, maxDepth: number): void {
  cursor.e = end;
  const number = readTag(cursor);
  if (known.has(number)) throw MISFIT;
  skip(cursor, number, cursor.lo, maxDepth);
}
