/** Where a varint is read, and its halves once it was: unsigned, of 32 bits each. */
export interface VarintCursor {
  readonly b: Uint8Array;
  p: number;
  lo: number;
  hi: number;
}

export const TWO_32 = 4_294_967_296;
/** The longest varint: of 64 bits, and of 32. */
export const MAX_VARINT_BYTES = 10;
export const MAX_VARINT32_BYTES = 5;

/** Writes an unsigned number of 32 bits and returns the position after it. */
export function writeVarint(b: Uint8Array, start: number, v: number): number {
  let p = start;
  let rest = v;
  while (rest > 127) {
    b[p++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  b[p++] = rest;
  return p;
}

/** Writes 64 bits, given as two halves of 32. */
export function writeHalves(b: Uint8Array, p: number, lo: number, hi: number): number {
  if (hi === 0) return writeVarint(b, p, lo);
  b[p] = (lo & 127) | 128;
  b[p + 1] = ((lo >>> 7) & 127) | 128;
  b[p + 2] = ((lo >>> 14) & 127) | 128;
  b[p + 3] = ((lo >>> 21) & 127) | 128;
  const middle = (lo >>> 28) | ((hi & 7) << 4);
  const rest = hi >>> 3;
  if (rest === 0) {
    b[p + 4] = middle;
    return p + 5;
  }
  b[p + 4] = middle | 128;
  return writeVarint(b, p + 5, rest);
}

/** How many bytes an unsigned number of 32 bits takes. */
export function varintSize(v: number): number {
  return v < 0x80 ? 1 : v < 0x4000 ? 2 : v < 0x200000 ? 3 : v < 0x10000000 ? 4 : 5;
}

/**
 * Reads a varint into the halves of the cursor. It looks where the buffer ends, not where the message does: whoever
 * reads a message sees at its end that the position is beyond. False for more bytes than 64 bits need.
 */
export function readHalves(cursor: VarintCursor): boolean {
  const { b } = cursor;
  let { p } = cursor;
  let c = b[p++] as number;
  let lo = c & 127;
  let hi = 0;
  if (c > 127) {
    c = b[p++] as number;
    lo |= (c & 127) << 7;
    if (c > 127) {
      c = b[p++] as number;
      lo |= (c & 127) << 14;
      if (c > 127) {
        c = b[p++] as number;
        lo |= (c & 127) << 21;
        if (c > 127) {
          c = b[p++] as number;
          lo |= (c & 127) << 28;
          hi = (c & 127) >>> 4;
          for (let shift = 3; c > 127; shift += 7) {
            if (shift > 31) return false;
            c = b[p++] as number;
            hi |= (c & 127) << shift;
          }
        }
      }
    }
  }
  cursor.p = p;
  cursor.lo = lo >>> 0;
  cursor.hi = hi >>> 0;
  return true;
}

/** Reads an unsigned number of at most 28 bits, four bytes; -1, and nothing read, where it is longer. */
export function readSmall(cursor: VarintCursor): number {
  const { b, p } = cursor;
  let c = b[p] as number;
  let v = c & 127;
  if (!(c > 127)) {
    cursor.p = p + 1;
    return v;
  }
  c = b[p + 1] as number;
  v |= (c & 127) << 7;
  if (!(c > 127)) {
    cursor.p = p + 2;
    return v;
  }
  c = b[p + 2] as number;
  v |= (c & 127) << 14;
  if (!(c > 127)) {
    cursor.p = p + 3;
    return v;
  }
  c = b[p + 3] as number;
  if (c > 127) return -1;
  cursor.p = p + 4;
  return v | (c << 21);
}
