import { copyBytes } from "../../core/byte-copy.ts";
import { setOwn } from "../../core/plain.ts";
import type { Cursor } from "./cursor.ts";
import {
  BINARY_DIRECT,
  DATE,
  DATE_MINUTE,
  END,
  FALSE,
  LIST_DIRECT_UNTYPED,
  LIST_FIXED_UNTYPED,
  MAP_UNTYPED,
  NULL,
  TRUE,
  WIDTH,
} from "./format.ts";
import { readInt, readInt64, readNumber } from "./read.ts";
import { isText, readText } from "./text.ts";

/**
 * Reads an untyped value of the kinds that JSON has, and bigints: no classes, references or types. Anything else moves
 * the cursor to -1, for another to read from the beginning.
 */
export function readPlain(cursor: Cursor, depth: number): unknown {
  const { b, e } = cursor;
  if (cursor.p >= e) return giveUp(cursor);
  const tag = b[cursor.p] as number;
  if (isText(tag)) return readText(cursor);
  const p = ++cursor.p;
  switch (tag) {
    case NULL:
      return null;
    case TRUE:
      return true;
    case FALSE:
      return false;
    case MAP_UNTYPED:
      return depth <= 0 ? giveUp(cursor) : readMap(cursor, depth);
    case DATE:
    case DATE_MINUTE:
      return giveUp(cursor);
    default:
  }
  const width = WIDTH[tag] as number;
  if (p + width > e) return giveUp(cursor);
  if (tag === LIST_FIXED_UNTYPED || (tag >= LIST_DIRECT_UNTYPED && tag < 0x80)) {
    if (depth <= 0) return giveUp(cursor);
    let length = tag - LIST_DIRECT_UNTYPED;
    if (tag === LIST_FIXED_UNTYPED) {
      const head = b[p] as number;
      length = readInt(b, p + 1, head);
      cursor.p += 1 + (WIDTH[head] as number);
    }
    return readList(cursor, length, depth);
  }
  if ((tag & 0xf0) === BINARY_DIRECT && p + tag - BINARY_DIRECT <= e) {
    cursor.p += tag - BINARY_DIRECT;
    return copyBytes(b, p, cursor.p);
  }
  cursor.p += width;
  const int = readInt(b, p, tag);
  if (!Number.isNaN(int)) return int;
  return readNumber(b, p, tag) ?? readInt64(b, p, tag) ?? giveUp(cursor);
}

function giveUp(cursor: Cursor): undefined {
  cursor.p = -1;
  return undefined;
}

function readList(cursor: Cursor, length: number, depth: number): unknown {
  cursor.n -= length;
  if (!(length >= 0 && length <= cursor.e - cursor.p && cursor.n >= 0)) return giveUp(cursor);
  const list: unknown[] = [];
  for (let i = 0; i < length; i++) {
    const item = readPlain(cursor, depth - 1);
    if (item === undefined) return giveUp(cursor);
    list.push(item);
  }
  return list;
}

function readMap(cursor: Cursor, depth: number): unknown {
  const map: Record<string, unknown> = {};
  while (cursor.b[cursor.p] !== END) {
    if (--cursor.n < 0 || cursor.p >= cursor.e) return giveUp(cursor);
    const key = readText(cursor);
    const value = key === undefined ? undefined : readPlain(cursor, depth - 1);
    if (key === undefined || value === undefined) return giveUp(cursor);
    setOwn(map, key, value);
  }
  cursor.p++;
  return map;
}
