import { charge, nested, readPart } from "../../core/compile/cursor.ts";
import { roomFor } from "../../core/compile/entry.ts";
import { structMaker } from "../../core/compile/literal.ts";
import {
  absentCost,
  ENTRY,
  GROWING,
  GROWING_SLOT,
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
import { isPlainUnion, nullPlace } from "../../core/schema/avro-form.ts";
import { fieldsByName } from "../../core/type/fields-by-name.ts";
import type { Field, ListType, MapType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { type Cursor, type Read, tooDeep } from "./cursor.ts";
import { readBlock } from "./read.ts";
import { readIndex, readScalar, readString, type Scalar } from "./scalar.ts";

type AvroRecord = StructType | UnionType;
/** What is made once for all records that meet. */
export interface Resolved {
  /** The reader of a nested record; made on its first use, so that a record may contain itself. */
  readerOf(writer: AvroRecord, reader: AvroRecord): Read;
  /** How many bytes a value of a writer's type has at least. */
  minBytes(type: Type): number;
}

/**
 * The exact reader: it resolves a writer's record with a reader's, by name, into closures (nothing of the writer's type
 * becomes code), takes blocks in every form, and says what does not fit.
 */
export function resolveRecord(writer: AvroRecord, reader: AvroRecord, resolved: Resolved): Read {
  return reader.kind === "union"
    ? resolveUnion(writer as UnionType, reader, resolved)
    : resolveStruct(writer as StructType, reader, resolved);
}

function resolve(writer: Type, reader: Type, resolved: Resolved): Read {
  switch (reader.kind) {
    case "struct":
    case "union":
      return nested(() => resolved.readerOf(writer as typeof reader, reader));
    case "list":
      return resolveList(writer as ListType, reader, resolved);
    case "map":
      return resolveMap(writer as MapType, reader, resolved);
    default:
      return readScalar(writer as Scalar, reader as Scalar);
  }
}

function resolveList(writer: ListType, reader: ListType, resolved: Resolved): Read {
  const item = resolve(writer.item, reader.item, resolved);
  const bytes = resolved.minBytes(writer.item);
  const cost = itemCost(reader.item, GROWING_SLOT);
  return (cursor, depth) => {
    charge(cursor, LIST + GROWING);
    const list: unknown[] = [];
    for (let count = readBlock(cursor, bytes); count > 0; count = readBlock(cursor, bytes)) {
      charge(cursor, count * cost);
      for (let i = 0; i < count; i++) list.push(readPart(item, cursor, depth - 1, () => `[${list.length}]`));
    }
    return list;
  };
}

function resolveMap(writer: MapType, reader: MapType, resolved: Resolved): Read {
  const value = resolve(writer.value, reader.value, resolved);
  const bytes = 1 + resolved.minBytes(writer.value);
  const cost = ENTRY + scalarCost(reader.value);
  return (cursor, depth) => {
    charge(cursor, MAP);
    const map: Record<string, unknown> = {};
    let indexes = 0;
    for (let count = readBlock(cursor, bytes); count > 0; count = readBlock(cursor, bytes)) {
      charge(cursor, count * cost);
      for (let i = 0; i < count; i++) {
        const key = readString(cursor, "a map's key");
        indexes = roomFor(map, key, indexes);
        setOwn(
          map,
          key,
          readPart(value, cursor, depth - 1, () => keyStep(key)),
        );
      }
    }
    return map;
  };
}

function resolveStruct(writer: StructType, reader: StructType, resolved: Resolved): Read {
  const places = new Map(reader.fields.map((field, index) => [field.name, index]));
  const optional = optionalCosts(reader);
  const written = writer.fields.map((field) => {
    const index = places.get(field.name) ?? -1;
    const mine = reader.fields[index];
    const cost = (mine && optional.get(mine)) ?? 0;
    return { name: field.name, index, cost, read: resolveField(field, mine?.type ?? field.type, resolved) };
  });
  const make = structMaker(reader);
  const cost = structCost(reader);
  const absentCosts = reader.fields.map(absentCost);
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep();
    charge(cursor, cost);
    const values: unknown[] = new Array(reader.fields.length);
    for (const { name, index, cost, read } of written) {
      // A field that the reader does not have is read all the same: only so is its end found.
      const value = readPart(read, cursor, depth - 1, () => name);
      if (index < 0 || value === undefined) continue;
      charge(cursor, cost);
      values[index] = value;
    }
    for (let i = 0; i < values.length; i++) if (values[i] === undefined) charge(cursor, absentCosts[i] as number);
    return make(values);
  };
}

/** An optional field begins with the number of null or of a value, or of one of its cases. */
function resolveField(writer: Field, reader: Type, resolved: Resolved): Read {
  if (!writer.optional) return resolve(writer.type, reader, resolved);
  const place = nullPlace(writer);
  if (isPlainUnion(writer.type)) {
    const readCase = resolveCases(writer.type, reader as UnionType, resolved);
    return (cursor, depth) => {
      const index = readIndex(cursor);
      return index === place ? undefined : readCase(cursor, depth, index > place ? index - 1 : index);
    };
  }
  const read = resolve(writer.type, reader, resolved);
  return (cursor, depth) => {
    const index = readIndex(cursor);
    if (index === place) return undefined;
    if (index !== 1 - place) throw new Misfit("", "null or a value, 0 or 1", index);
    return read(cursor, depth);
  };
}

function resolveUnion(writer: UnionType, reader: UnionType, resolved: Resolved): Read {
  const readCase = resolveCases(writer, reader, resolved);
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep();
    return readCase(cursor, depth, readIndex(cursor));
  };
}

type ReadCase = (cursor: Cursor, depth: number, index: number) => unknown;

function resolveCases(writer: UnionType, reader: UnionType, resolved: Resolved): ReadCase {
  const expected = `one of ${reader.fields.map((field) => field.name).join(", ")}`;
  const mine = fieldsByName(reader.fields);
  const cases = writer.fields.map((written) => {
    const field =
      mine.get(written.name) ?? reader.fields.find((one) => isPlainUnion(reader) && promotes(written.type, one.type));
    const cost = UNION + (field === undefined ? 0 : scalarCost(field.type));
    return { name: written.name, kind: field?.name, cost, read: field && resolve(written.type, field.type, resolved) };
  });
  return (cursor, depth, index) => {
    const found = cases[index];
    if (found?.read === undefined) throw new Misfit("", expected, found?.name ?? index);
    const { kind, read, cost } = found;
    charge(cursor, cost);
    const value = readPart(read, cursor, depth - 1, () => kind as string);
    return { kind, value };
  };
}

/** Whether Avro takes one branch of a union for another, as it does with numbers. */
function promotes(writer: Type, reader: Type): boolean {
  return (
    (writer.kind === "int32" && (reader.kind === "int64" || reader.kind === "float64")) ||
    (writer.kind === "float32" && reader.kind === "float64")
  );
}
