import { zero } from "../../core/check.ts";
import { compileCopy } from "../../core/copy.ts";
import { keyStep, Misfit, within } from "../../core/misfit.ts";
import { setOwn } from "../../core/plain.ts";
import type { Field, ListType, MapType, StructType, Type, UnionType } from "../../core/type.ts";
import { type Cursor, type Read, tooDeep } from "./cursor.ts";
import { minBytes, readBlock, takeElements } from "./read.ts";
import { readIndex, readScalar, readString, type Scalar } from "./scalar.ts";

type AvroRecord = StructType | UnionType;
/** Gives the reader of a nested record; made on its first use, so that a record may contain itself. */
export type ReaderOf = (writer: AvroRecord, reader: AvroRecord) => Read;

/**
 * The exact reader: it resolves a writer's record with a reader's, by name, into closures (nothing of the writer's type
 * becomes code), takes blocks in every form, and says what does not fit.
 */
export function resolveRecord(writer: AvroRecord, reader: AvroRecord, readerOf: ReaderOf): Read {
  return reader.kind === "union"
    ? resolveUnion(writer as UnionType, reader, readerOf)
    : resolveStruct(writer as StructType, reader, readerOf);
}

function resolve(writer: Type, reader: Type, readerOf: ReaderOf): Read {
  switch (reader.kind) {
    case "struct":
    case "union": {
      let read: Read | undefined;
      return (cursor, depth) => {
        read ??= readerOf(writer as typeof reader, reader);
        return read(cursor, depth);
      };
    }
    case "list":
      return resolveList(writer as ListType, reader, readerOf);
    case "map":
      return resolveMap(writer as MapType, reader, readerOf);
    default:
      return readScalar(writer as Scalar, reader as Scalar);
  }
}

function at(read: Read, cursor: Cursor, depth: number, step: () => string): unknown {
  try {
    return read(cursor, depth);
  } catch (thrown) {
    throw within(step(), thrown);
  }
}

function resolveList(writer: ListType, reader: ListType, readerOf: ReaderOf): Read {
  const item = resolve(writer.item, reader.item, readerOf);
  const bytes = minBytes(writer.item);
  return (cursor, depth) => {
    const list: unknown[] = [];
    for (let count = readBlock(cursor, bytes); count > 0; count = readBlock(cursor, bytes)) {
      for (let i = 0; i < count; i++) list.push(at(item, cursor, depth - 1, () => `[${list.length}]`));
    }
    return list;
  };
}

function resolveMap(writer: MapType, reader: MapType, readerOf: ReaderOf): Read {
  const value = resolve(writer.value, reader.value, readerOf);
  const bytes = 1 + minBytes(writer.value);
  return (cursor, depth) => {
    const map: Record<string, unknown> = {};
    for (let count = readBlock(cursor, bytes); count > 0; count = readBlock(cursor, bytes)) {
      for (let i = 0; i < count; i++) {
        const key = readString(cursor, "a map's key");
        setOwn(
          map,
          key,
          at(value, cursor, depth - 1, () => keyStep(key)),
        );
      }
    }
    return map;
  };
}

function resolveStruct(writer: StructType, reader: StructType, readerOf: ReaderOf): Read {
  const written = writer.fields.map((field) => {
    const index = reader.fields.findIndex((one) => one.name === field.name);
    const mine = reader.fields[index];
    const read = resolve(field.type, mine === undefined ? field.type : mine.type, readerOf);
    return { name: field.name, index, optional: field.optional, read };
  });
  const absent = reader.fields.map(absentField);
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep();
    takeElements(cursor, Math.max(written.length, absent.length));
    const values: unknown[] = new Array(reader.fields.length);
    for (const { name, index, optional, read } of written) {
      if (optional && !isPresent(cursor, name)) continue;
      // A field that the reader does not have is read all the same: only so is its end found.
      const value = at(read, cursor, depth - 1, () => name);
      if (index >= 0) values[index] = value;
    }
    const object: Record<string, unknown> = {};
    reader.fields.forEach((field, i) => {
      const value = values[i] === undefined ? absent[i]?.() : values[i];
      if (value !== undefined) object[field.name] = value;
    });
    return object;
  };
}

/** Which of null and a value follows. */
function isPresent(cursor: Cursor, name: string): boolean {
  const index = readIndex(cursor);
  if (index !== 0 && index !== 1) throw new Misfit(name, "null or a value, 0 or 1", index);
  return index === 1;
}

function absentField(field: Field): () => unknown {
  if (field.optional) return () => undefined;
  if (field.defaultValue !== undefined) {
    const copy = compileCopy(field.type);
    return () => copy(field.defaultValue);
  }
  if (zero(field.type) !== undefined) return () => zero(field.type);
  const name = "name" in field.type ? field.type.name : field.type.kind;
  return () => {
    throw new Misfit(field.name, name, undefined);
  };
}

function resolveUnion(writer: UnionType, reader: UnionType, readerOf: ReaderOf): Read {
  const expected = `one of ${reader.fields.map((field) => field.name).join(", ")}`;
  const cases = writer.fields.map((written) => {
    const field = reader.fields.find((one) => one.name === written.name);
    return { kind: written.name, read: field && resolve(written.type, field.type, readerOf) };
  });
  return (cursor, depth) => {
    if (depth < 0) throw tooDeep();
    takeElements(cursor, 1);
    const index = readIndex(cursor);
    const found = cases[index];
    if (found?.read === undefined) throw new Misfit("", expected, found?.kind ?? index);
    const { kind, read } = found;
    const value = at(read, cursor, depth - 1, () => kind);
    return { kind, value };
  };
}
