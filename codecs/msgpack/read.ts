import { readShortAscii } from "../../core/bytes/ascii.ts";
import { readDouble, readSingle, readUint32 } from "../../core/bytes/big-endian.ts";
import { readUtf8 } from "../../core/bytes/text.ts";

import type { Cursor } from "../../core/compile/cursor.ts";
import { checkBytes, malformed } from "./cursor.ts";
import {
  ARRAY16,
  ARRAY32,
  BIN8,
  BIN16,
  BIN32,
  EXT8,
  FIXEXT1,
  FIXEXT16,
  FLOAT32,
  FLOAT64,
  INT8,
  INT16,
  INT32,
  INT64,
  MAP16,
  MAP32,
  STR8,
  STR16,
  STR32,
  TIMESTAMP,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
  WIDTH,
} from "./format.ts";

/** The integer whose first byte `tag` stands before `p`; NaN where it is none, or none that a number holds exactly. */
export function readInteger(b: Uint8Array, p: number, tag: number): number {
  if (tag < 0x80) return tag;
  if (tag >= 0xe0) return tag - 0x100;
  switch (tag) {
    case UINT8:
      return b[p] as number;
    case UINT16:
      return ((b[p] as number) << 8) | (b[p + 1] as number);
    case UINT32:
      return readUint32(b, p);
    case INT8:
      return ((b[p] as number) << 24) >> 24;
    case INT16:
      return (((b[p] as number) << 24) | ((b[p + 1] as number) << 16)) >> 16;
    case INT32:
      return readUint32(b, p) | 0;
    case UINT64:
    case INT64: {
      const high = readUint32(b, p);
      const integer = (tag === INT64 ? high | 0 : high) * 4_294_967_296 + readUint32(b, p + 4);
      return Number.isSafeInteger(integer) ? integer : Number.NaN;
    }
    default:
      return Number.NaN;
  }
}

/** The integer as a bigint; `undefined` where it is none of 64 bits with a sign. */
export function readInt64(b: Uint8Array, p: number, tag: number): bigint | undefined {
  const small = readInteger(b, p, tag);
  if (!Number.isNaN(small)) return BigInt(small);
  if (tag !== UINT64 && tag !== INT64) return undefined;
  const bits = (BigInt(readUint32(b, p)) << 32n) | BigInt(readUint32(b, p + 4));
  if (tag === INT64) return BigInt.asIntN(64, bits);
  return bits >> 63n === 0n ? bits : undefined;
}

/** Any number; `undefined` where there is none. */
export function readNumber(b: Uint8Array, p: number, tag: number): number | undefined {
  if (tag === FLOAT64) return readDouble(b, p);
  if (tag === FLOAT32) return readSingle(b, p);
  const integer = readInteger(b, p, tag);
  return Number.isNaN(integer) ? undefined : integer;
}

function readLength(b: Uint8Array, p: number, tag: number, tag8: number, tag16: number, tag32: number): number {
  if (tag === tag8) return b[p] as number;
  if (tag === tag16) return ((b[p] as number) << 8) | (b[p + 1] as number);
  return tag === tag32 ? readUint32(b, p) : -1;
}

/** How many bytes a string has; -1 where `tag` begins none. */
export function stringLength(b: Uint8Array, p: number, tag: number): number {
  return (tag & 0xe0) === 0xa0 ? tag & 0x1f : readLength(b, p, tag, STR8, STR16, STR32);
}
export function bytesLength(b: Uint8Array, p: number, tag: number): number {
  return readLength(b, p, tag, BIN8, BIN16, BIN32);
}
export function listLength(b: Uint8Array, p: number, tag: number): number {
  return (tag & 0xf0) === 0x90 ? tag & 0x0f : readLength(b, p, tag, -1, ARRAY16, ARRAY32);
}
export function mapLength(b: Uint8Array, p: number, tag: number): number {
  return (tag & 0xf0) === 0x80 ? tag & 0x0f : readLength(b, p, tag, -1, MAP16, MAP32);
}

/** The text of `length` bytes, which must be there. */
export function readText(b: Uint8Array, p: number, length: number): string {
  return readShortAscii(b, p, p + length) ?? readUtf8(b, p, p + length);
}

/** The moment in the timestamp extension; `undefined` where there is none. */
export function readTimestamp(b: Uint8Array, p: number, tag: number): Date | undefined {
  if (tag === FIXEXT1 + 2 && b[p] === TIMESTAMP) return new Date(readUint32(b, p + 1) * 1000);
  if (tag === FIXEXT1 + 3 && b[p] === TIMESTAMP) {
    const high = readUint32(b, p + 1);
    return moment((high & 3) * 4_294_967_296 + readUint32(b, p + 5), high >>> 2);
  }
  if (tag === EXT8 && b[p] === 12 && b[p + 1] === TIMESTAMP) {
    return moment((readUint32(b, p + 6) | 0) * 4_294_967_296 + readUint32(b, p + 10), readUint32(b, p + 2));
  }
  return undefined;
}

function moment(seconds: number, nanoseconds: number): Date | undefined {
  if (nanoseconds > 999_999_999) return undefined;
  const date = new Date(seconds * 1000 + Math.floor(nanoseconds / 1_000_000));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** How many bytes follow the first byte of an extension, its type and length included; -1 where `tag` begins none. */
export function extensionLength(b: Uint8Array, p: number, tag: number): number {
  if (tag >= FIXEXT1 && tag <= FIXEXT16) return 1 + (1 << (tag - FIXEXT1));
  const length = readLength(b, p, tag, EXT8, EXT8 + 1, EXT8 + 2);
  return length < 0 ? -1 : length + 1 + (WIDTH[tag] as number);
}

/** Moves over one value of any kind, however deep, without recursion. */
export function skip(cursor: Cursor): void {
  const { b } = cursor;
  for (let pending = 1; pending > 0; pending--) {
    checkBytes(cursor, 1);
    const tag = b[cursor.p++] as number;
    let length = 0;
    if (tag === 0xc1) throw malformed(`0xc1 is no value, at byte ${cursor.p - 1 - cursor.s}`);
    const items = listLength(b, cursor.p, tag);
    const entries = mapLength(b, cursor.p, tag);
    if (items >= 0 || entries >= 0) {
      cursor.p += WIDTH[tag] as number;
      const count = items >= 0 ? items : entries * 2;
      checkBytes(cursor, count);
      pending += count;
      continue;
    }
    const text = stringLength(b, cursor.p, tag);
    const bytes = text >= 0 ? text : bytesLength(b, cursor.p, tag);
    if (bytes >= 0) length = bytes + (WIDTH[tag] as number);
    else {
      const extension = extensionLength(b, cursor.p, tag);
      length = extension >= 0 ? extension : (WIDTH[tag] as number);
    }
    checkBytes(cursor, length);
    cursor.p += length;
  }
}
