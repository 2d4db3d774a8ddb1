import { readAscii } from "../../core/bytes/ascii.ts";
import { readUtf8, readUtf16, utf16Of, utf16Room, writeUtf8 } from "../../core/bytes/text.ts";
import type { Cursor } from "../../core/compile/cursor.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import { checkBytes, malformed } from "./cursor.ts";
import { STRING, STRING_CHUNK, STRING_SHORT } from "./format.ts";

/*
 * Java counts the UTF-16 units of a string and writes each unit as UTF-8 of its own, so that a supplementary character
 * takes two sequences of three bytes (CESU-8). What has none is UTF-8, and copied natively where it is long.
 */

/** Up to this length a loop over the characters beats the native copy (measured on Node 20). */
const SHORT = 24;
/** What a chunk of text holds at most, as Java writes it. */
const CHUNK = 0x8000;
/** Text that begins with this many ASCII characters is likely to be ASCII. */
const PROBE = 64;
const SURROGATE = /[\ud800-\udfff]/;

/** The room that a string of `length` units may take. */
export function roomForText(length: number): number {
  return 3 * length + 6 + 3 * (length >> 15);
}

/** Writes a string where there is `roomForText` for it; throws MISFIT at half a surrogate pair. */
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
    return i === length ? p : writeUnits(b, start + 1, text);
  }
  let from = 0;
  while (length - from > CHUNK) {
    // A pair stays together: Java reads a chunk at a time, and so may others.
    const last = text.charCodeAt(from + CHUNK - 1);
    const to = from + CHUNK - (last >= 0xd800 && last <= 0xdbff ? 1 : 0);
    p = writeUnits(b, writeHead(b, p, STRING_CHUNK, to - from), text.slice(from, to));
    from = to;
  }
  if (from > 0) return writeUnits(b, writeHead(b, p, STRING, length - from), text.slice(from));
  if (length < 32) b[p++] = length;
  else if (length < 1024) {
    b[p++] = STRING_SHORT + (length >> 8);
    b[p++] = length;
  } else p = writeHead(b, p, STRING, length);
  return writeUnits(b, p, text);
}

function writeHead(b: Uint8Array, p: number, tag: number, units: number): number {
  b[p] = tag;
  b[p + 1] = units >>> 8;
  b[p + 2] = units;
  return p + 3;
}

/** Writes the units alone, where there are three bytes for each. */
export function writeUnits(b: Uint8Array, start: number, text: string): number {
  const length = text.length;
  if (length > SHORT && !SURROGATE.test(text)) return start + writeUtf8(b, text, start);
  const units = length > SHORT ? utf16Of(text) : undefined;
  let p = start;
  for (let i = 0; i < length; i++) {
    const c = units === undefined ? text.charCodeAt(i) : (units[i] as number);
    if (c < 0x80) b[p++] = c;
    else if (c < 0x800) {
      b[p] = 0xc0 | (c >> 6);
      b[p + 1] = 0x80 | (c & 0x3f);
      p += 2;
    } else {
      if ((c & 0xf800) === 0xd800 && !isPaired(text, i)) throw MISFIT;
      b[p] = 0xe0 | (c >> 12);
      b[p + 1] = 0x80 | ((c >> 6) & 0x3f);
      b[p + 2] = 0x80 | (c & 0x3f);
      p += 3;
    }
  }
  return p;
}

function isPaired(text: string, i: number): boolean {
  if (text.charCodeAt(i) >= 0xdc00) return (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
  return (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}

/** The text of `length` ASCII bytes that are there; `undefined` where one is not ASCII. */
export function readShortAscii(b: Uint8Array, p: number, length: number): string | undefined {
  const end = p + length;
  for (let i = p; i < end; i++) if ((b[i] as number) > 127) return undefined;
  return readAscii(b, p, end);
}

/** Whether a string begins with this byte. */
export function isText(tag: number): boolean {
  return tag < 0x20 || (tag & 0xfc) === STRING_SHORT || tag === STRING || tag === STRING_CHUNK;
}

/** Reads the string at the cursor, all its chunks; `undefined`, and nothing moved, where none begins there. */
export function readText(cursor: Cursor): string | undefined {
  checkBytes(cursor, 1);
  const first = cursor.b[cursor.p] as number;
  if (first < 0x20 && cursor.p + first < cursor.e) {
    const short = readShortAscii(cursor.b, cursor.p + 1, first);
    if (short !== undefined) {
      cursor.p += 1 + first;
      return short;
    }
  }
  if (!isText(first)) return undefined;
  let text = "";
  for (;;) {
    checkBytes(cursor, 1);
    const tag = cursor.b[cursor.p] as number;
    const width = tag < 0x20 ? 0 : tag === STRING || tag === STRING_CHUNK ? 2 : 1;
    if (!isText(tag)) throw malformed("a string breaks off", cursor);
    checkBytes(cursor, 1 + width);
    const { b, p } = cursor;
    const units =
      width === 0
        ? tag
        : width === 1
          ? ((tag - STRING_SHORT) << 8) | (b[p + 1] as number)
          : ((b[p + 1] as number) << 8) | (b[p + 2] as number);
    cursor.p += 1 + width;
    text += readUnits(cursor, units);
    if (tag !== STRING_CHUNK) return text;
  }
}

/** Reads so many units. */
export function readUnits(cursor: Cursor, count: number): string {
  checkBytes(cursor, count);
  const { b, p: start, e } = cursor;
  let p = start;
  const near = start + Math.min(count, PROBE);
  while (p < near && (b[p] as number) < 0x80) p++;
  if (p === near) {
    cursor.p = start + count;
    if (count <= PROBE) return readAscii(b, start, p);
    const text = readUtf8(b, start, start + count);
    // A character for each byte: ASCII, or else malformed, which became U+FFFD.
    if (text.length === count && !text.includes("\ufffd")) return text;
  }
  const units = utf16Room(count);
  p = start;
  for (let i = 0; i < count; i++) {
    const c = b[p] as number;
    if (c < 0x80) {
      units[i] = c;
      p++;
    } else if (c >= 0xc0 && c < 0xe0) {
      const second = b[p + 1] as number;
      if ((second & 0xc0) !== 0x80) throw invalid(cursor, p);
      units[i] = ((c & 0x1f) << 6) | (second & 0x3f);
      p += 2;
    } else if (c >= 0xe0 && c < 0xf0) {
      const second = b[p + 1] as number;
      const third = b[p + 2] as number;
      if ((second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80) throw invalid(cursor, p);
      units[i] = ((c & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
      p += 3;
    } else throw invalid(cursor, p);
    if (p > e) throw invalid(cursor, p);
  }
  cursor.p = p;
  return readUtf16(units, count);
}

function invalid(cursor: Cursor, at: number): unknown {
  if (at + 2 >= cursor.e) checkBytes(cursor, Number.POSITIVE_INFINITY);
  return malformed("text is no UTF-8 of Java's (a byte sequence for each UTF-16 unit)", cursor, at);
}
