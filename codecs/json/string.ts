import type { Output } from "../../core/bytes/output.ts";
import { indexOfByte, readUtf8, writeUtf8 } from "../../core/bytes/text.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import { isWellFormed } from "../../core/well-formed.ts";

/** Up to this length a loop over the characters beats the native copy (measured on Node 20). */
const SHORT = 24;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON must escape (RFC 8259, 7)
const SPECIAL = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** Up to this length a loop over what follows an escape beats a native search and JSON.parse (measured on Node 20). */
const MAX_SCANNED = 512;

/** Bytes that stand for themselves inside a JSON string: ASCII but quote, backslash and controls. */
export const PLAIN = Uint8Array.from({ length: 256 }, (_, c) => (c >= 32 && c < 127 && c !== 34 && c !== 92 ? 1 : 0));

/**
 * Writes a JSON string where there is room for `3 * length + 2`, and returns the position after it, or -1 (nothing
 * counts as written) where the text needs an escape.
 */
export function writeString(b: Uint8Array, start: number, text: string): number {
  let p = start;
  const length = text.length;
  b[p++] = 34;
  if (length <= SHORT) {
    let i = 0;
    for (; i < length; i++) {
      const c = text.charCodeAt(i);
      if (c < 32 || c > 126 || c === 34 || c === 92) break;
      b[p++] = c;
    }
    if (i === length) {
      b[p++] = 34;
      return p;
    }
    p = start + 1;
  }
  if (SPECIAL.test(text)) return -1;
  p += writeUtf8(b, text, p);
  b[p++] = 34;
  return p;
}

/** Writes a JSON string that needs escapes, and makes room for `reserve` bytes more. */
export function writeEscaped(out: Output, position: number, text: string, reserve: number): number {
  const json = JSON.stringify(text);
  const end = writeJson(out, position, json, reserve);
  // Half a surrogate pair became an escape. Of ASCII the runtime knows without a look that it has none.
  if ((end - out.position === json.length || json.includes("\\ud")) && !isWellFormed(text)) throw MISFIT;
  return end;
}

/** Writes finished JSON text. */
export function writeJson(out: Output, position: number, json: string, reserve: number): number {
  out.position = position;
  out.ensure(json.length * 3 + reserve);
  return out.position + writeUtf8(out.buffer, json, out.position);
}

/** Where the string that goes on at `start` ends: at its closing quote; or -1, which proves nothing. */
export function closingQuote(b: Uint8Array, start: number, end: number): number {
  let p = start;
  for (const near = Math.min(start + MAX_SCANNED, end); p < near; p++) {
    const c = b[p];
    if (c === 34) return p;
    if (c === 92) p++;
    else if ((c as number) < 32) return -1;
  }
  if (p >= end) return -1;
  const rest = b.subarray(p, end);
  const quote = indexOfByte(rest, 34, 0);
  let first = quote;
  while (first > 0 && rest[first - 1] === 92) first--;
  // An escaped quote is seldom alone: JSON.parse reads such a text faster than anyone finds its end.
  return quote < 0 || (quote - first) % 2 === 1 ? -1 : p + quote;
}

/** The text of a string with escapes or beyond ASCII; `undefined` where it is malformed. */
export function readSpecial(b: Uint8Array, start: number, quote: number): string | undefined {
  if (quote - start <= MAX_SCANNED) {
    const raw = readUtf8(b, start, quote);
    if (!raw.includes("\\")) return raw;
  }
  const json = readUtf8(b, start - 1, quote + 1);
  const text = parseString(json);
  return text !== undefined && mayBreakPairs(json, quote - start + 2) && !isWellFormed(text) ? undefined : text;
}

function parseString(json: string): string | undefined {
  try {
    return JSON.parse(json) as string;
  } catch {
    return undefined;
  }
}

/**
 * Whether JSON of `bytes` bytes may say half a surrogate pair, which only an escape can. ASCII is not searched for one:
 * what is read from it the runtime mostly knows to be well-formed without a look.
 */
export function mayBreakPairs(json: string, bytes: number): boolean {
  return json.length === bytes || json.includes("\\u");
}
