import { Packr } from "msgpackr";
import { copyBytes } from "../../core/bytes/byte-copy.ts";
import type { Output } from "../../core/bytes/output.ts";
import { roomFor } from "../../core/compile/entry.ts";
import { BIGINT, BYTES, DATE, ENTRY, LIST, MAP, SLOT, TEXT } from "../../core/compile/memory.ts";
import { plain, setOwn } from "../../core/compile/plain.ts";
import { type Cursor, malformed, tooDeep } from "./cursor.ts";
import { FALSE, FIXEXT1, INT64, NIL, TRUE, UINT64, WIDTH } from "./format.ts";
import {
  bytesLength,
  charge,
  checkBytes,
  extensionLength,
  listLength,
  mapLength,
  readInt64,
  readNumber,
  readText,
  readTimestamp,
  stringLength,
} from "./read.ts";

/** Writes an untyped value, and makes room for `reserve` bytes after it. */
export type WriteAny = (out: Output, position: number, value: unknown, depth: number, reserve: number) => number;

/** An absent optional value of type `any`, for which nil is a value: extension 0, msgpackr's undefined. */
export const ABSENT: readonly number[] = [FIXEXT1, 0, 0];

/** The writer of untyped values. msgpackr never sees anything but plain copies, and never bytes from a peer. */
export function untypedWriter(): WriteAny {
  const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true });
  return (out, position, value, depth, reserve) => {
    const bytes = packr.pack(plain(value, depth));
    out.position = position;
    out.ensure(bytes.length + reserve);
    out.buffer.set(bytes, out.position);
    return out.position + bytes.length;
  };
}

/**
 * Reads an untyped value. Our own, because msgpackr makes code from keys that the peer chose, and trusts its counts.
 * Integers of eight bytes become bigints, since msgpackr writes none for a number.
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
