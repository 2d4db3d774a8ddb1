import { writeUint32 } from "../../core/bytes/big-endian.ts";
import { copyBytes } from "../../core/bytes/byte-copy.ts";
import type { Output } from "../../core/bytes/output.ts";
import { type Cursor, charge } from "../../core/compile/cursor.ts";
import { roomFor } from "../../core/compile/entry.ts";
import { BIGINT, BYTES, DATE, ENTRY, LIST, MAP, SLOT, TEXT } from "../../core/compile/memory.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import { plain, setOwn } from "../../core/compile/plain.ts";
import { wellFormed } from "../../core/well-formed.ts";
import { checkBytes, malformed, tooDeep } from "./cursor.ts";
import { FALSE, FIXEXT1, INT64, NIL, TRUE, UINT64, WIDTH } from "./format.ts";
import {
  bytesLength,
  extensionLength,
  listLength,
  mapLength,
  readInt64,
  readNumber,
  readText,
  readTimestamp,
  stringLength,
} from "./read.ts";
import {
  MAX_HEAD_BYTES,
  MAX_INTEGER_BYTES,
  MAX_TIMESTAMP_BYTES,
  writeBytes,
  writeFloat64,
  writeInteger,
  writeListHead,
  writeMapHead,
  writeString,
  writeTimestamp,
} from "./write.ts";

/** An absent optional value of type `any`, for which nil is a value: extension 0, msgpackr's undefined. */
export const ABSENT: readonly number[] = [FIXEXT1, 0, 0];

/** Writes an untyped value, and makes room for `reserve` bytes after it. */
export function writeAny(out: Output, position: number, value: unknown, depth: number, reserve: number): number {
  out.position = position;
  writePlain(out, plain(value, depth));
  out.ensure(reserve);
  return out.position;
}

/** Only what `plain` made: nothing of it changes meanwhile, and it is as deep as was allowed. */
function writePlain(out: Output, value: unknown): void {
  if (typeof value === "string") return writeText(out, value);
  if (typeof value === "number") {
    out.ensure(MAX_INTEGER_BYTES);
    out.position = writeNumber(out.buffer, out.position, value);
    return;
  }
  if (value instanceof Uint8Array) {
    out.position = writeBytes(out, out.position, value, 0);
    return;
  }
  out.ensure(MAX_TIMESTAMP_BYTES);
  out.position = writeHead(out.buffer, out.position, value);
  if (Array.isArray(value)) for (const item of value) writePlain(out, item);
  else if (isMap(value)) {
    for (const key of Object.keys(value)) {
      writeText(out, key);
      writePlain(out, value[key]);
    }
  }
}

/** Integers of more than 32 bits are floats, so that a reader can tell a number from a bigint. */
function writeNumber(b: Uint8Array, p: number, v: number): number {
  return (v | 0) === v || v >>> 0 === v ? writeInteger(b, p, v) : writeFloat64(b, p, v);
}

/** Writes a value of a few bytes, or what stands before the items of a longer one. */
function writeHead(b: Uint8Array, p: number, value: unknown): number {
  switch (typeof value) {
    case "bigint":
      b[p] = INT64;
      writeUint32(b, p + 1, Number(BigInt.asUintN(32, value >> 32n)));
      writeUint32(b, p + 5, Number(BigInt.asUintN(32, value)));
      return p + 9;
    case "boolean":
      b[p] = value ? TRUE : FALSE;
      return p + 1;
    default:
  }
  if (Array.isArray(value)) return writeListHead(b, p, value.length);
  if (value instanceof Date) return writeTimestamp(b, p, value);
  if (isMap(value)) return writeMapHead(b, p, Object.keys(value).length);
  b[p] = NIL;
  return p + 1;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

/** Half a surrogate pair, which UTF-8 cannot say, becomes U+FFFD. */
function writeText(out: Output, text: string): void {
  out.ensure(3 * text.length + MAX_HEAD_BYTES);
  try {
    out.position = writeString(out.buffer, out.position, text);
  } catch (thrown) {
    if (thrown !== MISFIT) throw thrown;
    out.position = writeString(out.buffer, out.position, wellFormed(text));
  }
}

/**
 * Reads an untyped value. Integers of eight bytes become bigints, since nobody writes one for a number here, nor does
 * msgpackr.
 */
export function readAny(cursor: Cursor, depth: number): unknown {
  checkBytes(cursor, 1);
  const { b } = cursor;
  const at = cursor.p;
  const tag = b[cursor.p++] as number;
  const p = cursor.p;
  if (tag === NIL) return null;
  if (tag === TRUE || tag === FALSE) return tag === TRUE;
  const width = WIDTH[tag] as number;
  checkBytes(cursor, width);

  const text = stringLength(b, p, tag);
  const bytes = text >= 0 ? text : bytesLength(b, p, tag);
  if (bytes >= 0) {
    cursor.p += width;
    checkBytes(cursor, bytes);
    const start = cursor.p;
    cursor.p += bytes;
    charge(cursor, text >= 0 ? TEXT : BYTES);
    return text >= 0 ? readText(b, start, bytes) : copyBytes(b, start, start + bytes);
  }
  const items = listLength(b, p, tag);
  if (items >= 0) {
    cursor.p += width;
    if (depth <= 0) throw tooDeep();
    checkBytes(cursor, items);
    charge(cursor, LIST + items * SLOT);
    const list: unknown[] = new Array(items);
    for (let i = 0; i < items; i++) list[i] = readAny(cursor, depth - 1);
    return list;
  }
  const entries = mapLength(b, p, tag);
  if (entries >= 0) {
    cursor.p += width;
    if (depth <= 0) throw tooDeep();
    checkBytes(cursor, entries * 2);
    charge(cursor, MAP + entries * ENTRY);
    const map: Record<string, unknown> = {};
    let indexes = 0;
    for (let i = 0; i < entries; i++) {
      const key = readAny(cursor, 0);
      if (typeof key !== "string" && typeof key !== "number" && typeof key !== "bigint")
        throw malformed(`a map's key is neither text nor a number, at byte ${at - cursor.s}`);
      const name = String(key);
      indexes = roomFor(map, name, indexes);
      setOwn(map, name, readAny(cursor, depth - 1));
    }
    return map;
  }
  const extension = extensionLength(b, p, tag);
  if (extension >= 0) {
    checkBytes(cursor, extension);
    cursor.p += extension;
    charge(cursor, DATE);
    if (tag === FIXEXT1 && b[p] === 0) return null;
    const date = readTimestamp(b, p, tag);
    if (date === undefined) throw malformed(`an extension that is no timestamp, at byte ${at - cursor.s}`);
    return date;
  }
  cursor.p += width;
  if (width > 0) charge(cursor, BIGINT);
  const value = tag === UINT64 || tag === INT64 ? readInt64(b, p, tag) : readNumber(b, p, tag);
  if (value === undefined) throw malformed(`no value that fits, at byte ${at - cursor.s}`);
  return value;
}
