import { copyBytes } from "../../core/bytes/byte-copy.ts";
import type { Cursor, Read } from "../../core/compile/cursor.ts";
import { fits } from "../../core/type/explain.ts";
import type { EnumType, ScalarType } from "../../core/type/type.ts";
import { checkBytes } from "./cursor.ts";
import { FALSE, TRUE, WIDTH } from "./format.ts";
import { misfitAt } from "./misfit.ts";
import {
  bytesLength,
  extensionLength,
  readInt64,
  readInteger,
  readNumber,
  readText,
  readTimestamp,
  stringLength,
} from "./read.ts";
import { readAny } from "./untyped.ts";

type Scalar = ScalarType | EnumType;

/** Reads what a writer of one scalar wrote as another, without code made for it: types that differ, and rare kinds. */
export function readScalar(writer: Scalar, reader: Scalar): Read {
  if (reader.kind === "any") return readAny;
  if (reader.kind === "enum") return readEnum(writer as EnumType, reader);
  const { kind } = reader;
  const read = raw(kind);
  const expected = kind === "decimal" ? 'decimal, a string like "12.50"' : kind;
  return (cursor) => {
    checkBytes(cursor, 1);
    const at = cursor.p;
    const value = read(cursor);
    if (value === undefined || !fits(kind, value)) throw misfitAt("", expected, cursor, at);
    return kind === "float32" ? Math.fround(value as number) : value;
  };
}

/** Reads a value of the right format; whether it fits is checked afterwards. */
function raw(kind: Exclude<ScalarType["kind"], "any">): (cursor: Cursor) => unknown {
  switch (kind) {
    case "bool":
      return (cursor) => {
        const tag = cursor.b[cursor.p++];
        return tag === TRUE ? true : tag === FALSE ? false : undefined;
      };
    case "int32":
    case "int53":
      return fixed(readInteger);
    case "int64":
      return fixed(readInt64);
    case "float32":
    case "float64":
      return fixed(readNumber);
    case "bytes":
      return (cursor) => {
        const start = span(cursor, bytesLength);
        return start < 0 ? undefined : copyBytes(cursor.b, start, cursor.p);
      };
    case "string":
    case "decimal":
      return readString;
    case "timestamp":
      return (cursor) => {
        const tag = cursor.b[cursor.p++] as number;
        const p = cursor.p;
        const length = extensionLength(cursor.b, p, tag);
        if (length < 0) return undefined;
        checkBytes(cursor, length);
        cursor.p += length;
        return readTimestamp(cursor.b, p, tag);
      };
  }
}

function fixed(read: (b: Uint8Array, p: number, tag: number) => unknown): (cursor: Cursor) => unknown {
  return (cursor) => {
    const tag = cursor.b[cursor.p++] as number;
    const width = WIDTH[tag] as number;
    checkBytes(cursor, width);
    const value = read(cursor.b, cursor.p, tag);
    cursor.p += width;
    return value;
  };
}

/** Moves over text or bytes and returns where they begin; -1 where there are none. */
function span(cursor: Cursor, lengthOf: (b: Uint8Array, p: number, tag: number) => number): number {
  checkBytes(cursor, 1);
  const tag = cursor.b[cursor.p] as number;
  const length = lengthOf(cursor.b, cursor.p + 1, tag);
  if (length < 0) return -1;
  checkBytes(cursor, 1 + (WIDTH[tag] as number));
  cursor.p += 1 + (WIDTH[tag] as number);
  checkBytes(cursor, length);
  const start = cursor.p;
  cursor.p += length;
  return start;
}

/** A string; `undefined`, and nothing moved, where there is none. */
export function readString(cursor: Cursor): string | undefined {
  const start = span(cursor, stringLength);
  return start < 0 ? undefined : readText(cursor.b, start, cursor.p - start);
}

function readEnum(writer: EnumType, reader: EnumType): Read {
  const known = new Set<string>(reader.members);
  const expected = `one of ${reader.members.join(", ")}`;
  return (cursor) => {
    checkBytes(cursor, 1);
    const at = cursor.p;
    const index = fixed(readInteger)(cursor) as number;
    let member: string | undefined;
    if (!Number.isNaN(index)) member = writer.members[index];
    else {
      cursor.p = at;
      member = readString(cursor);
    }
    if (member === undefined || !known.has(member)) throw misfitAt("", expected, cursor, at);
    return member;
  };
}
