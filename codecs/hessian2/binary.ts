import { copyBytes } from "../../core/bytes/byte-copy.ts";
import type { Cursor } from "../../core/compile/cursor.ts";
import { checkBytes, malformed } from "./cursor.ts";
import { BINARY, BINARY_CHUNK, BINARY_DIRECT, BINARY_SHORT } from "./format.ts";

/** Whether bytes begin with this byte. */
export function isBinary(tag: number): boolean {
  return (tag & 0xf0) === BINARY_DIRECT || (tag & 0xfc) === BINARY_SHORT || tag === BINARY || tag === BINARY_CHUNK;
}

/** Reads the bytes at the cursor, all their chunks. */
export function readBinary(cursor: Cursor): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (;;) {
    checkBytes(cursor, 1);
    const tag = cursor.b[cursor.p] as number;
    if (!isBinary(tag)) throw malformed("bytes break off", cursor);
    const width = (tag & 0xf0) === BINARY_DIRECT ? 0 : (tag & 0xfc) === BINARY_SHORT ? 1 : 2;
    checkBytes(cursor, 1 + width);
    const { b, p } = cursor;
    const length =
      width === 0
        ? tag - BINARY_DIRECT
        : width === 1
          ? ((tag - BINARY_SHORT) << 8) | (b[p + 1] as number)
          : ((b[p + 1] as number) << 8) | (b[p + 2] as number);
    cursor.p += 1 + width;
    checkBytes(cursor, length);
    const start = cursor.p;
    cursor.p += length;
    const chunk = copyBytes(b, start, cursor.p);
    if (tag !== BINARY_CHUNK && chunks.length === 0) return chunk;
    chunks.push(chunk);
    if (tag !== BINARY_CHUNK) return joined(chunks);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let p = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, p);
    p += chunk.length;
  }
  return bytes;
}
