import { writeDouble, writeSingle, writeUint32 } from "../../core/bytes/big-endian.ts";
import type { Output } from "../../core/bytes/output.ts";
import { writeUtf8 } from "../../core/bytes/text.ts";
import { isWellFormedAs } from "../../core/bytes/unicode.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import {
  ARRAY16,
  ARRAY32,
  BIN8,
  BIN16,
  BIN32,
  EXT8,
  FIXEXT1,
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
} from "./format.ts";

/** The longest number, and the longest head of a string, list or map. */
export const MAX_INTEGER_BYTES = 9;
export const MAX_HEAD_BYTES = 5;
export const MAX_TIMESTAMP_BYTES = 15;
/** Up to this length a loop over the characters beats the native copy (measured on Node 20). */
const SHORT = 24;
const TWO_32 = 4_294_967_296;

/** Writes an integer in its smallest format and returns the position after it. */
export function writeInteger(b: Uint8Array, p: number, v: number): number {
  if (v >= 0) {
    if (v < 0x80) {
      b[p] = v;
      return p + 1;
    }
    if (v < 0x100) {
      b[p] = UINT8;
      b[p + 1] = v;
      return p + 2;
    }
    if (v < 0x10000) {
      b[p] = UINT16;
      b[p + 1] = v >>> 8;
      b[p + 2] = v;
      return p + 3;
    }
    if (v < TWO_32) {
      b[p] = UINT32;
      writeUint32(b, p + 1, v);
      return p + 5;
    }
    b[p] = UINT64;
  } else {
    if (v >= -0x20) {
      b[p] = v;
      return p + 1;
    }
    if (v >= -0x80) {
      b[p] = INT8;
      b[p + 1] = v;
      return p + 2;
    }
    if (v >= -0x8000) {
      b[p] = INT16;
      b[p + 1] = v >> 8;
      b[p + 2] = v;
      return p + 3;
    }
    if (v >= -0x80000000) {
      b[p] = INT32;
      writeUint32(b, p + 1, v);
      return p + 5;
    }
    b[p] = INT64;
  }
  const high = Math.floor(v / TWO_32);
  writeUint32(b, p + 1, high);
  writeUint32(b, p + 5, v - high * TWO_32);
  return p + 9;
}

export function writeInt64(b: Uint8Array, p: number, v: bigint): number {
  if (v <= 9007199254740991n && v >= -9007199254740991n) return writeInteger(b, p, Number(v));
  b[p] = v < 0n ? INT64 : UINT64;
  writeUint32(b, p + 1, Number(BigInt.asIntN(32, v >> 32n)));
  writeUint32(b, p + 5, Number(BigInt.asIntN(32, v)));
  return p + 9;
}

export function writeFloat64(b: Uint8Array, p: number, v: number): number {
  b[p] = FLOAT64;
  writeDouble(b, p + 1, v);
  return p + 9;
}

export function writeFloat32(b: Uint8Array, p: number, v: number): number {
  b[p] = FLOAT32;
  writeSingle(b, p + 1, v);
  return p + 5;
}

/** Writes a head with a length: of a list, a map or (with `tag8`) a string or bytes. */
function writeHead(b: Uint8Array, p: number, length: number, tag8: number, tag16: number, tag32: number): number {
  if (tag8 !== 0 && length < 0x100) {
    b[p] = tag8;
    b[p + 1] = length;
    return p + 2;
  }
  if (length < 0x10000) {
    b[p] = tag16;
    b[p + 1] = length >>> 8;
    b[p + 2] = length;
    return p + 3;
  }
  b[p] = tag32;
  writeUint32(b, p + 1, length);
  return p + 5;
}

export function writeListHead(b: Uint8Array, p: number, length: number): number {
  if (length > 15) return writeHead(b, p, length, 0, ARRAY16, ARRAY32);
  b[p] = 0x90 | length;
  return p + 1;
}

export function writeMapHead(b: Uint8Array, p: number, length: number): number {
  if (length > 15) return writeHead(b, p, length, 0, MAP16, MAP32);
  b[p] = 0x80 | length;
  return p + 1;
}

function writeStringHead(b: Uint8Array, p: number, bytes: number): number {
  if (bytes > 31) return writeHead(b, p, bytes, STR8, STR16, STR32);
  b[p] = 0xa0 | bytes;
  return p + 1;
}

/** Writes a string where there is room for `3 * length + MAX_HEAD_BYTES`. */
export function writeString(b: Uint8Array, start: number, text: string): number {
  const length = text.length;
  let p = start;
  if (length <= SHORT) {
    b[p++] = 0xa0 | length;
    let i = 0;
    for (; i < length; i++) {
      const c = text.charCodeAt(i);
      if (c > 127) break;
      b[p++] = c;
    }
    if (i === length) return p;
    p = start;
  }
  p = writeStringHead(b, start, length);
  const bytes = writeUtf8(b, text, p);
  // As many bytes as characters: ASCII, which is always well-formed.
  if (bytes === length) return p + bytes;
  if (!isWellFormedAs(text, b, p, p + bytes)) throw MISFIT;
  // The head of more bytes may be longer, so the text moves before the head is written over its beginning.
  const body = start + (bytes > 31 ? (bytes < 0x100 ? 2 : bytes < 0x10000 ? 3 : 5) : 1);
  if (body !== p) b.copyWithin(body, p, p + bytes);
  writeStringHead(b, start, bytes);
  return body + bytes;
}

/** Writes bytes, and makes room for `reserve` more. */
export function writeBytes(out: Output, position: number, bytes: Uint8Array, reserve: number): number {
  out.position = position;
  out.ensure(bytes.length + MAX_HEAD_BYTES + reserve);
  const p = writeHead(out.buffer, out.position, bytes.length, BIN8, BIN16, BIN32);
  out.buffer.set(bytes, p);
  return p + bytes.length;
}

/** The timestamp extension, in the shortest of its three forms. */
export function writeTimestamp(b: Uint8Array, start: number, date: Date): number {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = (ms - seconds * 1000) * 1_000_000;
  let p = start;
  if (seconds >= 0 && seconds < 2 ** 34) {
    const short = nanoseconds === 0 && seconds < TWO_32;
    b[p++] = short ? FIXEXT1 + 2 : FIXEXT1 + 3;
    b[p++] = TIMESTAMP;
    if (!short) {
      writeUint32(b, p, nanoseconds * 4 + Math.floor(seconds / TWO_32));
      p += 4;
    }
    writeUint32(b, p, seconds);
    return p + 4;
  }
  b[p++] = EXT8;
  b[p++] = 12;
  b[p++] = TIMESTAMP;
  writeUint32(b, p, nanoseconds);
  writeUint32(b, p + 4, Math.floor(seconds / TWO_32));
  writeUint32(b, p + 8, seconds);
  return p + 12;
}
