import { readDouble, readInt32 } from "../../core/bytes/big-endian.ts";
import {
  DATE,
  DATE_MINUTE,
  DOUBLE,
  DOUBLE_BYTE,
  DOUBLE_MILL,
  DOUBLE_ONE,
  DOUBLE_SHORT,
  DOUBLE_ZERO,
  INT,
  LONG,
  LONG_INT,
} from "./format.ts";

const TWO_32 = 4_294_967_296;

/** The int whose first byte `tag` stands before `p`; NaN where it is none. */
export function readInt(b: Uint8Array, p: number, tag: number): number {
  if (tag >= 0x80) {
    if (tag < 0xc0) return tag - 0x90;
    if (tag < 0xd0) return ((tag - 0xc8) << 8) | (b[p] as number);
    if (tag < 0xd8) return ((tag - 0xd4) << 16) | ((b[p] as number) << 8) | (b[p + 1] as number);
    return Number.NaN;
  }
  return tag === INT ? readInt32(b, p) : Number.NaN;
}

/** The long as a number; NaN where it is none, or none that a number holds exactly. */
export function readLong(b: Uint8Array, p: number, tag: number): number {
  if (tag >= 0xd8) return tag < 0xf0 ? tag - 0xe0 : ((tag - 0xf8) << 8) | (b[p] as number);
  if ((tag & 0xf8) === 0x38) return ((tag - 0x3c) << 16) | ((b[p] as number) << 8) | (b[p + 1] as number);
  if (tag === LONG_INT) return readInt32(b, p);
  if (tag !== LONG) return Number.NaN;
  const long = readInt32(b, p) * TWO_32 + (readInt32(b, p + 4) >>> 0);
  return Number.isSafeInteger(long) ? long : Number.NaN;
}

/** The int or long as a number. */
export function readInteger(b: Uint8Array, p: number, tag: number): number {
  const int = readInt(b, p, tag);
  return Number.isNaN(int) ? readLong(b, p, tag) : int;
}

/** The int or long as a bigint; `undefined` where it is neither. */
export function readInt64(b: Uint8Array, p: number, tag: number): bigint | undefined {
  if (tag === LONG) {
    const [high, low] = [readInt32(b, p), readInt32(b, p + 4) >>> 0];
    const long = high * TWO_32 + low;
    return Number.isSafeInteger(long) ? BigInt(long) : (BigInt(high) << 32n) | BigInt(low);
  }
  const integer = readInteger(b, p, tag);
  return Number.isNaN(integer) ? undefined : BigInt(integer);
}

/** The double; `undefined` where it is none. */
export function readNumber(b: Uint8Array, p: number, tag: number): number | undefined {
  switch (tag) {
    case DOUBLE:
      return readDouble(b, p);
    case DOUBLE_ZERO:
      return 0;
    case DOUBLE_ONE:
      return 1;
    case DOUBLE_BYTE:
      return ((b[p] as number) << 24) >> 24;
    case DOUBLE_SHORT:
      return (((b[p] as number) << 24) | ((b[p + 1] as number) << 16)) >> 16;
    case DOUBLE_MILL:
      // Not a division by 1000: the writer has proved that this product is its number.
      return 0.001 * readInt32(b, p);
    default:
      return undefined;
  }
}

/** The milliseconds of a date; NaN where there is none. */
export function readMillis(b: Uint8Array, p: number, tag: number): number {
  if (tag === DATE) return readInt32(b, p) * TWO_32 + (readInt32(b, p + 4) >>> 0);
  return tag === DATE_MINUTE ? readInt32(b, p) * 60_000 : Number.NaN;
}
