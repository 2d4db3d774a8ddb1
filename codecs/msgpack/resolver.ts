import { type Cursor, charge, nested, type Read, readPart } from "../../core/compile/cursor.ts";
import { roomFor } from "../../core/compile/entry.ts";
import { structMaker } from "../../core/compile/literal.ts";
import {
  absentCost,
  ENTRY,
  itemCost,
  LIST,
  MAP,
  optionalCosts,
  scalarCost,
  structCost,
  UNION,
} from "../../core/compile/memory.ts";
import { keyStep, Misfit } from "../../core/compile/misfit.ts";
import { setOwn } from "../../core/compile/plain.ts";
import { fieldsByName } from "../../core/type/fields-by-name.ts";
import type {
  EnumType,
  Field,
  ListType,
  MapType,
  ScalarType,
  StructType,
  Type,
  UnionType,
} from "../../core/type/type.ts";
import { checkBytes, tooDeep } from "./cursor.ts";
import { positions } from "./encoder.ts";
import { FIXEXT1, NIL, WIDTH } from "./format.ts";
import { misfitAt } from "./misfit.ts";
import { listLength, mapLength, readInteger, skip } from "./read.ts";
import { readScalar, readString } from "./scalar.ts";

/** Gives the reader of a nested record; made on its first use, so that a record may contain itself. */
export type ReaderOf = (writer: StructType | UnionType, reader: StructType | UnionType) => Read;

/**
 * Resolves a writer's record with a reader's, by name, into closures: nothing of the writer's type becomes code. Reads
 * the compact form and the maps by name.
 */
export function resolveRecord(
  writer: StructType | UnionType,
  reader: StructType | UnionType,
  readerOf: ReaderOf,
): Read {
  return reader.kind === "union"
    ? resolveUnion(writer as UnionType, reader, readerOf)
    : resolveStruct(writer as StructType, reader, readerOf);
}

function resolve(writer: Type, reader: Type, readerOf: ReaderOf): Read {
  switch (reader.kind) {
    case "struct":
    case "union":
      return nested(() => readerOf(writer as typeof reader, reader));
    case "list":
      return resolveList(writer as ListType, reader, readerOf);
    case "map":
      return resolveMap(writer as MapType, reader, readerOf);
    default:
      return readScalar(writer as ScalarType | EnumType, reader);
  }
}

/** The length of a list or map that begins at the cursor; -1, and nothing moved, where none does. */
function open(cursor: Cursor, lengthOf: (b: Uint8Array, p: number, tag: number) => number, bytes: number): number {
  checkBytes(cursor, 1);
  const tag = cursor.b[cursor.p] as number;
  const length = lengthOf(cursor.b, cursor.p + 1, tag);
  if (length < 0) return -1;
  checkBytes(cursor, 1 + (WIDTH[tag] as number));
  cursor.p += 1 + (WIDTH[tag] as number);
  checkBytes(cursor, length * bytes);
  return length;
}

function resolveList(writer: ListType, reader: ListType, readerOf: ReaderOf): Read {
  const item = resolve(writer.item, reader.item, readerOf);
  const cost = itemCost(reader.item);
  return (cursor, depth) => {
    const length = open(cursor, listLength, 1);
    if (length < 0) throw misfitAt("", "a list", cursor, cursor.p);
    charge(cursor, LIST + length * cost);
    const list: unknown[] = new Array(length);
    for (let i = 0; i < length; i++) list[i] = readPart(item, cursor, depth - 1, () => `[${i}]`);
    return list;
  };
}

function resolveMap(writer: MapType, reader: MapType, readerOf: ReaderOf): Read {
  const value = resolve(writer.value, reader.value, readerOf);
  const cost = ENTRY + scalarCost(reader.value);
  return (cursor, depth) => {
    const length = open(cursor, mapLength, 2);
    if (length < 0) throw misfitAt("", "a map", cursor, cursor.p);
    charge(cursor, MAP + length * cost);
    const map: Record<string, unknown> = {};
    let indexes = 0;
    for (let i = 0; i < length; i++) {
      const key = readKey(cursor);
      indexes = roomFor(map, key, indexes);
      setOwn(
        map,
        key,
        readPart(value, cursor, depth - 1, () => keyStep(key)),
      );
    }
    return map;
  };
}

function readKey(cursor: Cursor): string {
  const key = readString(cursor);
  if (key === undefined) throw misfitAt("", "a map's key, as a string", cursor, cursor.p);
  return key;
}

/** How a field of the reader is read from the one of the writer with its name. */
interface Slot {
  readonly index: number;
  readonly field: Field;
  readonly read: Read;
}

function resolveStruct(writer: StructType, reader: StructType, readerOf: ReaderOf): Read {
  const byName = new Map<string, Slot>();
  const writtenBy = fieldsByName(writer.fields);
  reader.fields.forEach((field, index) => {
    const written = writtenBy.get(field.name);
    if (written !== undefined)
      byName.set(field.name, { index, field, read: resolve(written.type, field.type, readerOf) });
  });
  const cost = structCost(reader);
  const optional = optionalCosts(reader);
  const costs = reader.fields.map((field) => optional.get(field) ?? 0);
  const absentCosts = reader.fields.map(absentCost);
  const byPosition = positions(writer).map((field) => byName.get(field.name));
  const make = structMaker(reader);

  const readSlot = (cursor: Cursor, slot: Slot | undefined, values: unknown[], depth: number): void => {
    checkBytes(cursor, 1);
    if (slot === undefined) {
      skip(cursor);
      return;
    }
    if (isAbsent(cursor, slot.field)) return;
    charge(cursor, costs[slot.index] as number);
    values[slot.index] = readPart(slot.read, cursor, depth - 1, () => slot.field.name);
  };
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep();
    charge(cursor, cost);
    const values: unknown[] = new Array(reader.fields.length);
    const count = open(cursor, listLength, 1);
    if (count >= 0) {
      for (let i = 0; i < count; i++) readSlot(cursor, byPosition[i], values, depth);
    } else {
      const entries = open(cursor, mapLength, 2);
      if (entries < 0) throw misfitAt("", reader.name, cursor, cursor.p);
      for (let i = 0; i < entries; i++) {
        const key = readKey(cursor);
        readSlot(cursor, byName.get(key), values, depth);
      }
    }
    for (let i = 0; i < values.length; i++) if (values[i] === undefined) charge(cursor, absentCosts[i] as number);
    return make(values);
  };
}

/** Moves over what stands for an absent value; nil is one, except where it is a value of type `any`. */
function isAbsent(cursor: Cursor, field: Field): boolean {
  const tag = cursor.b[cursor.p];
  if (field.type.kind !== "any") {
    if (tag !== NIL) return false;
    cursor.p++;
    return true;
  }
  if (tag !== FIXEXT1 || cursor.b[cursor.p + 1] !== 0) return false;
  checkBytes(cursor, 3);
  cursor.p += 3;
  return true;
}

function resolveUnion(writer: UnionType, reader: UnionType, readerOf: ReaderOf): Read {
  const expected = `one of ${reader.fields.map((field) => field.name).join(", ")}`;
  const cases = new Map<string, Read>();
  const writtenBy = fieldsByName(writer.fields);
  for (const field of reader.fields) {
    const written = writtenBy.get(field.name);
    if (written !== undefined) cases.set(field.name, resolve(written.type, field.type, readerOf));
  }
  const costs = new Map(reader.fields.map(({ name, type }) => [name, UNION + scalarCost(type)]));
  const names = positions(writer).map((field) => field.name);
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep();
    const start = cursor.p;
    let kind: string | undefined;
    if (open(cursor, listLength, 1) === 2) {
      checkBytes(cursor, 1);
      const tag = cursor.b[cursor.p++] as number;
      checkBytes(cursor, WIDTH[tag] as number);
      const index = readInteger(cursor.b, cursor.p, tag);
      cursor.p += WIDTH[tag] as number;
      kind = names[index];
    } else {
      cursor.p = start;
      if (open(cursor, mapLength, 2) === 1) kind = readKey(cursor);
    }
    if (kind === undefined) throw misfitAt("", expected, cursor, start);
    const read = cases.get(kind);
    if (read === undefined) throw new Misfit("", expected, kind);
    charge(cursor, costs.get(kind) as number);
    const value = readPart(read, cursor, depth - 1, () => kind);
    return { kind, value };
  };
}
