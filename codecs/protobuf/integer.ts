import { TWO_32, writeHalves, writeVarint } from "../../core/bytes/varint.ts";
import type { Cursor } from "./cursor.ts";
import type { IntegerForm } from "./form.ts";
import { readVarint } from "./read.ts";

/*
 * Integers in the forms that `t.encoded` can choose. Between the value and the bytes they are two halves of 32 bits, in
 * two's complement.
 */

/** What an integer is in TypeScript: `number`, `bigint`, or text where it may have 64 bits without a sign. */
export type IntegerKind = "int32" | "int53" | "int64" | "decimal";

type WriteHalves = (b: Uint8Array, p: number, lo: number, hi: number) => number;

function writeVarint64(b: Uint8Array, p: number, lo: number, hi: number): number {
  return hi === 0 ? writeVarint(b, p, lo) : writeHalves(b, p, lo, hi);
}

function writeZigzag(b: Uint8Array, p: number, lo: number, hi: number): number {
  const sign = hi >> 31;
  return writeVarint64(b, p, ((lo << 1) ^ sign) >>> 0, (((hi << 1) | (lo >>> 31)) ^ sign) >>> 0);
}

function writeFixed32(b: Uint8Array, p: number, lo: number): number {
  b[p] = lo;
  b[p + 1] = lo >>> 8;
  b[p + 2] = lo >>> 16;
  b[p + 3] = lo >>> 24;
  return p + 4;
}

function writeFixed64(b: Uint8Array, p: number, lo: number, hi: number): number {
  return writeFixed32(b, writeFixed32(b, p, lo), hi);
}

const layouts: Readonly<Record<IntegerForm["layout"], WriteHalves>> = {
  varint: writeVarint64,
  zigzag: writeZigzag,
  fixed32: writeFixed32,
  fixed64: writeFixed64,
};

/** Writes a value of the kind that is in the form's range. */
export type WriteInteger = (b: Uint8Array, p: number, v: never) => number;

export function integerWriter({ layout }: IntegerForm, kind: IntegerKind): WriteInteger {
  const write = layouts[layout];
  const writeNumber = (b: Uint8Array, p: number, v: number): number => {
    const lo = v >>> 0;
    return write(b, p, lo, ((v - lo) / TWO_32) | 0);
  };
  const writeBigint = (b: Uint8Array, p: number, v: bigint): number =>
    v <= 9007199254740991n && v >= -9007199254740991n
      ? writeNumber(b, p, Number(v))
      : write(b, p, Number(BigInt.asUintN(32, v)), Number(BigInt.asIntN(32, v >> 32n)));
  if (kind === "int64") return writeBigint;
  return kind === "decimal" ? (b, p, v: string) => writeBigint(b, p, BigInt(v)) : writeNumber;
}

/** Reads a value of the kind; `undefined` where it has none for what stands there. */
export type ReadInteger = (cursor: Cursor) => number | bigint | string | undefined;

export function integerReader(form: IntegerForm, kind: IntegerKind | "float64"): ReadInteger {
  const load = halvesReader(form);
  const unsigned = form.min === 0n;
  const toNumber = ({ lo, hi }: Cursor): number => (unsigned ? hi : hi | 0) * TWO_32 + lo;
  const toBigint = ({ lo, hi }: Cursor): bigint => (BigInt(unsigned ? hi : hi | 0) << 32n) | BigInt(lo);
  return (cursor) => {
    load(cursor);
    const number = toNumber(cursor);
    if (kind === "int32") return (number | 0) === number ? number : undefined;
    const safe = Number.isSafeInteger(number);
    if (kind === "int53") return safe ? number : undefined;
    if (kind === "float64") return safe ? number : Number(toBigint(cursor));
    const bigint = safe ? BigInt(number) : toBigint(cursor);
    if (kind === "decimal") return String(bigint);
    return BigInt.asIntN(64, bigint) === bigint ? bigint : undefined;
  };
}

/** Leaves the halves in the cursor. As in every implementation, of 64 bits given for 32 the upper half is dropped. */
function halvesReader({ layout, min, max }: IntegerForm): (cursor: Cursor) => void {
  const short = max < 2n ** 32n;
  const signed = min < 0n;
  const widen = (cursor: Cursor): void => {
    if (short) cursor.hi = signed ? ((cursor.lo | 0) >> 31) >>> 0 : 0;
  };
  switch (layout) {
    case "varint":
      return (cursor) => {
        readVarint(cursor);
        widen(cursor);
      };
    case "zigzag":
      return (cursor) => {
        readVarint(cursor);
        const { lo, hi } = cursor;
        const sign = -(lo & 1);
        cursor.lo = (((lo >>> 1) | (short ? 0 : hi << 31)) ^ sign) >>> 0;
        cursor.hi = ((hi >>> 1) ^ sign) >>> 0;
        widen(cursor);
      };
    case "fixed32":
      return (cursor) => {
        cursor.lo = readFixed32(cursor);
        widen(cursor);
      };
    case "fixed64":
      return (cursor) => {
        const lo = readFixed32(cursor);
        cursor.hi = readFixed32(cursor);
        cursor.lo = lo;
      };
  }
}

/** Whoever reads a message sees at its end that the bytes were not there. */
function readFixed32(cursor: Cursor): number {
  const { b, p } = cursor;
  cursor.p = p + 4;
  const low = (b[p] as number) | ((b[p + 1] as number) << 8);
  const high = (b[p + 2] as number) | ((b[p + 3] as number) << 8);
  return (low | (high << 16)) >>> 0;
}

/** A condition, as code, that is true where `x`, a value of the kind, is not in the form's range. */
export function rangeCondition({ min, max }: IntegerForm, kind: IntegerKind, x: string): string {
  if (kind === "decimal") return "";
  const [low, high] = kinds[kind];
  const suffix = kind === "int64" ? "n" : "";
  const parts = [min > low ? `${x} < ${min}${suffix}` : "", max < high ? `${x} > ${max}${suffix}` : ""];
  return parts.filter((part) => part !== "").join(" || ");
}

const kinds: Readonly<Record<"int32" | "int53" | "int64", readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int53: [-(2n ** 53n) + 1n, 2n ** 53n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** The text of an integer as it is printed, which a key or a decimal must be, in the form's range. */
export function isInteger(form: IntegerForm, text: string): boolean {
  if (!/^-?(0|[1-9]\d{0,19})$/.test(text) || text === "-0") return false;
  const integer = BigInt(text);
  return integer >= form.min && integer <= form.max;
}
