import { readShortAscii } from "./ascii.ts";
import { readUtf8 } from "./text.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The text of `length` bytes, which must be there; `undefined` where they are no UTF-8. */
export function readText(b: Uint8Array, p: number, length: number): string | undefined {
  const end = p + length;
  const short = readShortAscii(b, p, end);
  if (short !== undefined) return short;
  const text = readUtf8(b, p, end);
  // What is malformed became U+FFFD; so did nothing else, but where the text itself has one.
  return text.includes("\ufffd") && !isUtf8(b.subarray(p, end)) ? undefined : text;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
