import { charge } from "../../core/compile/cursor.ts";
import { roomFor } from "../../core/compile/entry.ts";
import { BIGINT, BYTES, ENTRY, GROWING, GROWING_SLOT, LIST, MAP, SLOT, TEXT } from "../../core/compile/memory.ts";
import { setOwn } from "../../core/compile/plain.ts";
import { isBinary, readBinary } from "./binary.ts";
import { objectCost } from "./class-shape.ts";
import { checkBytes, tooDeep, truncated } from "./cursor.ts";
import {
  CLASS_DEF,
  DATE,
  DATE_MINUTE,
  DOUBLE_ONE,
  DOUBLE_ZERO,
  END,
  FALSE,
  NULL,
  OBJECT_DIRECT,
  REF,
  TRUE,
  WIDTH,
} from "./format.ts";
import { ANY } from "./forms.ts";
import { markClass } from "./java.ts";
import { javaClassOnWire } from "./java-classes.ts";
import { PLACE } from "./node.ts";
import { GIVE_UP, NO_LIST, VARIABLE } from "./parser.ts";
import { readInt, readInt64, readNumber } from "./read.ts";
import type { Reading } from "./reading.ts";
import { isText, readText } from "./text.ts";
import { toAny } from "./untyped-converter.ts";

/** Reads an untyped value: what `toAny` makes of the node, without one. */
export function readAny(reading: Reading, depth: number): unknown {
  const { b, e } = reading;
  while (b[reading.p] === CLASS_DEF) reading.define();
  if (reading.p >= e) throw truncated(reading);
  const { p } = reading;
  const tag = b[p] as number;
  if (isText(tag)) {
    charge(reading, TEXT);
    return readText(reading);
  }
  if (tag >= 0x80) return readWhole(reading, tag);
  if ((tag & 0xf0) === OBJECT_DIRECT) return readObject(reading, depth);
  const length = reading.listHead();
  if (length !== NO_LIST) return readList(reading, length, depth);
  if (reading.mapHead()) return readMap(reading, depth);
  switch (tag) {
    case NULL:
    case TRUE:
    case FALSE:
      reading.p++;
      return tag === NULL ? null : tag === TRUE;
    case DATE:
    case DATE_MINUTE:
      return reading.value();
    case REF:
      return reading.convert(toAny, ANY, depth);
    default:
  }
  if (isBinary(tag)) {
    charge(reading, BYTES);
    return readBinary(reading);
  }
  const width = WIDTH[tag] as number;
  if (width > 0 || tag === DOUBLE_ZERO || tag === DOUBLE_ONE) return readWhole(reading, tag);
  return readObject(reading, depth);
}

/** A number whose bytes after the first are as many as the first says. */
function readWhole(reading: Reading, tag: number): unknown {
  const { b } = reading;
  const p = reading.p + 1;
  reading.p = p + (WIDTH[tag] as number);
  if (reading.p > reading.e) throw truncated(reading);
  const int = readInt(b, p, tag);
  if (!Number.isNaN(int)) return int;
  const number = readNumber(b, p, tag);
  if (number !== undefined) return number;
  charge(reading, BIGINT);
  return readInt64(b, p, tag);
}

function readList(reading: Reading, length: number, depth: number): unknown {
  if (depth < -1) throw tooDeep();
  const known = length === VARIABLE ? 0 : length;
  checkBytes(reading, known);
  charge(reading, PLACE + LIST + (length === VARIABLE ? GROWING : known * SLOT));
  const list: unknown[] = new Array(known);
  const node = begin(reading, list);
  if (length === VARIABLE) while (!reading.ends(GROWING_SLOT)) list.push(readAny(reading, depth - 1));
  else for (let i = 0; i < length; i++) list[i] = readAny(reading, depth - 1);
  reading.nodes[node] = list;
  return list;
}

function readMap(reading: Reading, depth: number): unknown {
  if (depth < -1) throw tooDeep();
  const named = isText(reading.b[reading.p] as number);
  return named || reading.b[reading.p] === END ? readNamed(reading, depth) : readPairs(reading, depth);
}

function readNamed(reading: Reading, depth: number): unknown {
  charge(reading, PLACE + MAP);
  const map: Record<string, unknown> = {};
  const node = begin(reading, map);
  let indexes = 0;
  while (!reading.ends(ENTRY)) {
    const key = reading.name();
    // A key that is no text makes a Map of what is an object already, and may be referred to.
    if (key === undefined) throw GIVE_UP;
    indexes = roomFor(map, key, indexes);
    setOwn(map, key, readAny(reading, depth - 1));
  }
  reading.nodes[node] = map;
  return map;
}

function readPairs(reading: Reading, depth: number): unknown {
  charge(reading, PLACE + MAP + ENTRY);
  const map = new Map<unknown, unknown>();
  const node = begin(reading, map);
  while (!reading.ends(ENTRY)) {
    const key = readAny(reading, depth - 1);
    map.set(key, readAny(reading, depth - 1));
  }
  reading.nodes[node] = map;
  return map;
}

function readObject(reading: Reading, depth: number): unknown {
  const at = reading.p;
  const shape = reading.classes[reading.objectHead()];
  if (shape === undefined || depth < -1) throw GIVE_UP;
  shape.library ??= javaClassOnWire(shape.name) !== undefined;
  if (shape.library) {
    reading.p = at;
    return reading.convert(toAny, ANY, depth);
  }
  const { name, fields } = shape;
  checkBytes(reading, fields.length);
  charge(reading, PLACE + objectCost(fields.length));
  const object: Record<string, unknown> = {};
  markClass(object, name);
  const node = begin(reading, object);
  let indexes = 0;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as string;
    indexes = roomFor(object, field, indexes);
    if (field === "__proto__") setOwn(object, field, readAny(reading, depth - 1));
    else object[field] = readAny(reading, depth - 1);
  }
  reading.nodes[node] = object;
  return object;
}

/** Counts a list, map or object, which may hold itself only where cycles are allowed; gives its place among the nodes. */
function begin(reading: Reading, value: object): number {
  return reading.nodes.push(ANY, reading.cycles ? value : undefined) - 1;
}
