import type { Output } from "../../core/bytes/output.ts";
import { readLatin1 } from "../../core/bytes/text.ts";

/** The longest text of a number: `-1.7976931348623157e+308`, or an int64 with its quotes. */
export const MAX_NUMBER_BYTES = 26;

/** Writes an integer that a number holds exactly, and returns the position after it. */
export function writeInteger(b: Uint8Array, p: number, value: number): number {
  let v = value;
  if (v < 0) {
    b[p++] = 45;
    v = -v;
  }
  if (v < 10) {
    b[p++] = 48 + v;
    return p;
  }
  if (v > 2147483647) {
    const high = Math.floor(v / 100_000_000);
    const start = writeInteger(b, p, high);
    let low = v - high * 100_000_000;
    for (let i = start + 7; i >= start; i--) {
      const rest = (low / 10) | 0;
      b[i] = 48 + low - rest * 10;
      low = rest;
    }
    return start + 8;
  }
  v |= 0;
  const digits =
    v < 100
      ? 2
      : v < 1000
        ? 3
        : v < 10_000
          ? 4
          : v < 100_000
            ? 5
            : v < 1_000_000
              ? 6
              : v < 10_000_000
                ? 7
                : v < 100_000_000
                  ? 8
                  : v < 1_000_000_000
                    ? 9
                    : 10;
  const end = p + digits;
  for (let i = end - 1; i >= p; i--) {
    const rest = (v / 10) | 0;
    b[i] = 48 + v - rest * 10;
    v = rest;
  }
  return end;
}

/** Writes the shortest text that reads back as the same number; not finite ones as strings (ProtoJSON). */
export function writeFloat(b: Uint8Array, p: number, v: number): number {
  if ((v | 0) === v && (v !== 0 || 1 / v > 0)) return writeInteger(b, p, v);
  // A number of at most 15 digits has one shortest text, so that one of two decimals can be written without asking String.
  const scaled = Math.round(v * 100);
  if (scaled > 0 && scaled < 1_000_000_000 && scaled / 100 === v) {
    const whole = (scaled / 100) | 0;
    p = writeInteger(b, p, whole);
    const cents = scaled - whole * 100;
    const tens = (cents / 10) | 0;
    b[p++] = 46;
    b[p++] = 48 + tens;
    if (cents !== tens * 10) b[p++] = 48 + cents - tens * 10;
    return p;
  }
  return writeAscii(b, p, v - v !== 0 ? `"${v}"` : v === 0 ? "-0" : String(v));
}

/** Writes an int64 as a string (ProtoJSON: a double cannot hold it). */
export function writeInt64(b: Uint8Array, p: number, v: bigint): number {
  b[p++] = 34;
  if (v <= 9007199254740991n && v >= -9007199254740991n) p = writeInteger(b, p, Number(v));
  else p = writeAscii(b, p, String(v));
  b[p++] = 34;
  return p;
}

export function writeAscii(b: Uint8Array, p: number, text: string): number {
  for (let i = 0; i < text.length; i++) b[p++] = text.charCodeAt(i);
  return p;
}

/** Writes text that is ASCII without quote, backslash or control character, as a JSON string. */
export function writeQuotedAscii(out: Output, position: number, text: string, reserve: number): number {
  out.position = position;
  out.ensure(text.length + 2 + reserve);
  const b = out.buffer;
  let p = out.position;
  b[p++] = 34;
  p = writeAscii(b, p, text);
  b[p++] = 34;
  return p;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The number whose text is `start` to `end`; `undefined` where JSON knows no such number. */
export function readNumber(b: Uint8Array, start: number, end: number): number | undefined {
  const text = readLatin1(b, start, end);
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** Where a number's text ends. */
export function endOfNumber(b: Uint8Array, p: number, end: number): number {
  while (p < end) {
    const c = b[p] as number;
    if ((c < 48 || c > 57) && c !== 46 && c !== 45 && c !== 43 && c !== 101 && c !== 69) break;
    p++;
  }
  return p;
}
