import { MISFIT } from "../../core/misfit.ts";
import type { Output } from "../../core/output.ts";
import { readUtf8, writeUtf8 } from "../../core/text.ts";
import { isWellFormed } from "../../core/unicode.ts";

/** Up to this length a loop over the characters beats the native copy (measured on Node 20). */
const SHORT = 24;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON must escape (RFC 8259, 7)
const SPECIAL = /[\u0000-\u001f"\\\ud800-\udfff]/;

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
  if (!isWellFormed(text)) throw MISFIT;
  return writeJson(out, position, JSON.stringify(text), reserve);
}

/** Writes finished JSON text. */
export function writeJson(out: Output, position: number, json: string, reserve: number): number {
  out.position = position;
  out.ensure(json.length * 3 + reserve);
  return out.position + writeUtf8(out.buffer, json, out.position);
}

/** Where the string that began before `start` ends: at its closing quote, or -1. */
export function closingQuote(b: Uint8Array, start: number, end: number): number {
  for (let p = start; p < end; p++) {
    const c = b[p];
    if (c === 34) return p;
    if (c === 92) p++;
    else if ((c as number) < 32) return -1;
  }
  return -1;
}

/** The text of a string with escapes or beyond ASCII; `undefined` where it is malformed. */
export function readSpecial(b: Uint8Array, start: number, quote: number): string | undefined {
  const raw = readUtf8(b, start, quote);
  if (!raw.includes("\\")) return raw;
  try {
    const text = JSON.parse(`"${raw}"`) as string;
    return isWellFormed(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
