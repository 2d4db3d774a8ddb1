import type { Output } from "../../core/bytes/output.ts";
import { writeUtf8 } from "../../core/bytes/text.ts";
import { isWellFormedAs } from "../../core/bytes/unicode.ts";
import { TWO_32, varintSize, writeHalves, writeVarint } from "../../core/bytes/varint.ts";
import { MISFIT } from "../../core/compile/misfit.ts";

/** Up to this length a loop over the characters beats the native copy (measured on Node 20). */
const SHORT = 24;

/** Writes a safe integer as a 64-bit two's complement. */
export function writeInteger(b: Uint8Array, p: number, v: number): number {
  if (v >= 0 && v < 128) {
    b[p] = v;
    return p + 1;
  }
  const lo = v >>> 0;
  return writeHalves(b, p, lo, (v - lo) / TWO_32);
}

export function writeInt64(b: Uint8Array, p: number, v: bigint): number {
  if (v <= 9007199254740991n && v >= -9007199254740991n) return writeInteger(b, p, Number(v));
  return writeHalves(b, p, Number(BigInt.asUintN(32, v)), Number(v >> 32n));
}

/** Writes length and text where there is room for `3 * length + MAX_LENGTH_BYTES`. */
export function writeText(b: Uint8Array, start: number, text: string): number {
  const length = text.length;
  let p = start;
  if (length <= SHORT) {
    b[p++] = length;
    let i = 0;
    for (; i < length; i++) {
      const c = text.charCodeAt(i);
      if (c > 127) break;
      b[p++] = c;
    }
    if (i === length) return p;
  }
  p = start + varintSize(length);
  const bytes = writeUtf8(b, text, p);
  // As many bytes as characters: ASCII, which is always well-formed.
  if (bytes !== length) {
    if (!isWellFormedAs(text, b, p, p + bytes)) throw MISFIT;
    // The length may itself be longer now, so the text moves before the length is written over its beginning.
    const body = start + varintSize(bytes);
    if (body !== p) b.copyWithin(body, p, p + bytes);
    p = body;
  }
  writeVarint(b, start, bytes);
  return p + bytes;
}

/** Writes length and bytes where there is room for them. */
export function writeBytes(b: Uint8Array, start: number, bytes: Uint8Array): number {
  const p = writeVarint(b, start, bytes.length);
  b.set(bytes, p);
  return p + bytes.length;
}

/** Writes length and fields of a google.protobuf.Timestamp. */
export function writeTimestamp(b: Uint8Array, start: number, date: Date): number {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = (ms - seconds * 1000) * 1_000_000;
  let p = start + 1;
  if (seconds !== 0) {
    b[p] = 8;
    p = writeInteger(b, p + 1, seconds);
  }
  if (nanoseconds !== 0) {
    b[p] = 16;
    p = writeVarint(b, p + 1, nanoseconds);
  }
  b[start] = p - start - 1;
  return p;
}

/** Puts the length of a message of `size` bytes, which ends at `position`, where one byte was left for it. */
export function insertLength(out: Output, position: number, size: number): number {
  const more = varintSize(size) - 1;
  out.position = position;
  out.ensure(more);
  const start = out.position - size;
  out.buffer.copyWithin(start + more, start, out.position);
  writeVarint(out.buffer, start - 1, size);
  return out.position + more;
}
