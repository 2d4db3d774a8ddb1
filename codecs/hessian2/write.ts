import { writeDouble, writeUint32 } from "../../core/bytes/big-endian.ts";
import type { Output } from "../../core/bytes/output.ts";
import {
  BINARY,
  BINARY_CHUNK,
  BINARY_DIRECT,
  BINARY_SHORT,
  DATE,
  DATE_MINUTE,
  DOUBLE,
  DOUBLE_BYTE,
  DOUBLE_MILL,
  DOUBLE_ONE,
  DOUBLE_SHORT,
  DOUBLE_ZERO,
  INT,
  INT_BYTE_ZERO,
  INT_SHORT_ZERO,
  INT_ZERO,
  LIST_DIRECT_UNTYPED,
  LIST_FIXED_UNTYPED,
  LONG,
  LONG_BYTE_ZERO,
  LONG_INT,
  LONG_SHORT_ZERO,
  LONG_ZERO,
  OBJECT,
  OBJECT_DIRECT,
} from "./format.ts";

/** The longest int, long or double; the longest head of a list or object. */
export const MAX_INT_BYTES = 5;
export const MAX_LONG_BYTES = 9;
export const MAX_HEAD_BYTES = 6;
/** What a chunk of bytes holds at most. */
const CHUNK = 0xffff;
const TWO_32 = 4_294_967_296;

export function writeInt(b: Uint8Array, p: number, v: number): number {
  if (v >= -16 && v <= 47) {
    b[p] = INT_ZERO + v;
    return p + 1;
  }
  if (v >= -2048 && v <= 2047) {
    b[p] = INT_BYTE_ZERO + (v >> 8);
    b[p + 1] = v;
    return p + 2;
  }
  if (v >= -262144 && v <= 262143) {
    b[p] = INT_SHORT_ZERO + (v >> 16);
    b[p + 1] = v >> 8;
    b[p + 2] = v;
    return p + 3;
  }
  b[p] = INT;
  writeUint32(b, p + 1, v);
  return p + 5;
}

/** Writes a long that a number holds exactly. */
export function writeLong(b: Uint8Array, p: number, v: number): number {
  if (v >= -8 && v <= 15) {
    b[p] = LONG_ZERO + v;
    return p + 1;
  }
  if (v >= -2048 && v <= 2047) {
    b[p] = LONG_BYTE_ZERO + (v >> 8);
    b[p + 1] = v;
    return p + 2;
  }
  if (v >= -262144 && v <= 262143) {
    b[p] = LONG_SHORT_ZERO + (v >> 16);
    b[p + 1] = v >> 8;
    b[p + 2] = v;
    return p + 3;
  }
  if ((v | 0) === v) {
    b[p] = LONG_INT;
    writeUint32(b, p + 1, v);
    return p + 5;
  }
  b[p] = LONG;
  writeEight(b, p + 1, v);
  return p + 9;
}

function writeEight(b: Uint8Array, p: number, v: number): void {
  const high = Math.floor(v / TWO_32);
  writeUint32(b, p, high);
  writeUint32(b, p + 4, v - high * TWO_32);
}

export function writeInt64(b: Uint8Array, p: number, v: bigint): number {
  if (v <= 9007199254740991n && v >= -9007199254740991n) return writeLong(b, p, Number(v));
  b[p] = LONG;
  writeUint32(b, p + 1, Number(BigInt.asIntN(32, v >> 32n)));
  writeUint32(b, p + 5, Number(BigInt.asIntN(32, v)));
  return p + 9;
}

export function writeFloat64(b: Uint8Array, p: number, v: number): number {
  const whole = v | 0;
  if (whole === v && (v !== 0 || 1 / v > 0)) {
    if (v === 0 || v === 1) {
      b[p] = v === 0 ? DOUBLE_ZERO : DOUBLE_ONE;
      return p + 1;
    }
    if (v >= -128 && v <= 127) {
      b[p] = DOUBLE_BYTE;
      b[p + 1] = v;
      return p + 2;
    }
    if (v >= -32768 && v <= 32767) {
      b[p] = DOUBLE_SHORT;
      b[p + 1] = v >> 8;
      b[p + 2] = v;
      return p + 3;
    }
  }
  const mills = (v * 1000) | 0;
  if (0.001 * mills === v && v !== 0) {
    b[p] = DOUBLE_MILL;
    writeUint32(b, p + 1, mills);
    return p + 5;
  }
  b[p] = DOUBLE;
  writeDouble(b, p + 1, v);
  return p + 9;
}

export function writeFloat32(b: Uint8Array, p: number, v: number): number {
  return writeFloat64(b, p, Math.fround(v));
}

export function writeDate(b: Uint8Array, p: number, date: Date): number {
  const ms = date.getTime();
  const minutes = ms / 60_000;
  if ((minutes | 0) === minutes) {
    b[p] = DATE_MINUTE;
    writeUint32(b, p + 1, minutes);
    return p + 5;
  }
  b[p] = DATE;
  writeEight(b, p + 1, ms);
  return p + 9;
}

export function writeListHead(b: Uint8Array, p: number, length: number): number {
  if (length < 8) {
    b[p] = LIST_DIRECT_UNTYPED + length;
    return p + 1;
  }
  b[p] = LIST_FIXED_UNTYPED;
  return writeInt(b, p + 1, length);
}

/** The head of an object of the message's class number `index`. */
export function writeObjectHead(b: Uint8Array, p: number, index: number): number {
  if (index < 16) {
    b[p] = OBJECT_DIRECT + index;
    return p + 1;
  }
  b[p] = OBJECT;
  return writeInt(b, p + 1, index);
}

/** Writes bytes, in chunks where they are long, and makes room for `reserve` more. */
export function writeBytes(out: Output, position: number, bytes: Uint8Array, reserve: number): number {
  const length = bytes.length;
  out.position = position;
  out.ensure(length + 3 * (1 + Math.floor(length / CHUNK)) + reserve);
  const b = out.buffer;
  let p = out.position;
  let from = 0;
  for (; length - from > CHUNK; from += CHUNK) {
    p = writeChunk(b, p, BINARY_CHUNK, bytes.subarray(from, from + CHUNK));
  }
  if (from > 0 || length > 1023) return writeChunk(b, p, BINARY, from === 0 ? bytes : bytes.subarray(from));
  if (length < 16) b[p++] = BINARY_DIRECT + length;
  else {
    b[p++] = BINARY_SHORT + (length >> 8);
    b[p++] = length;
  }
  b.set(bytes, p);
  return p + length;
}

function writeChunk(b: Uint8Array, p: number, tag: number, bytes: Uint8Array): number {
  b[p] = tag;
  b[p + 1] = bytes.length >>> 8;
  b[p + 2] = bytes.length;
  b.set(bytes, p + 3);
  return p + 3 + bytes.length;
}
