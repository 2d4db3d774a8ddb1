import { copyBytes } from "../../core/byte-copy.ts";
import { DECIMAL } from "../../core/explain.ts";
import { readDouble, readSingle } from "../../core/little-endian.ts";
import { Misfit } from "../../core/misfit.ts";
import type { EnumType, ScalarType } from "../../core/type.ts";
import { readText } from "../../core/utf8.ts";
import { type Cursor, type Read, truncated } from "./cursor.ts";
import { lastInteger, momentOf, readInt53, readInt64, readLength } from "./read.ts";

export type Scalar = ScalarType | EnumType;

/** Reads what a writer of one scalar wrote as another, by the promotions of Avro. */
export function readScalar(writer: Scalar, reader: Scalar): Read {
  switch (reader.kind) {
    case "bool":
      return (cursor) => {
        if (cursor.p >= cursor.e) throw truncated(cursor);
        const byte = cursor.b[cursor.p++];
        if (byte !== 0 && byte !== 1) throw new Misfit("", "bool, a byte 0 or 1", byte);
        return byte === 1;
      };
    case "int32":
    case "int53":
      return (cursor) => {
        const integer = checked(cursor, readInt53(cursor));
        const fits = reader.kind === "int32" ? (integer | 0) === integer : !Number.isNaN(integer);
        if (!fits) throw new Misfit("", reader.kind, lastInteger(cursor));
        return integer;
      };
    case "int64":
      return (cursor) => checked(cursor, readInt64(cursor));
    case "float32":
      return fixed(4, readSingle);
    case "float64":
      if (writer.kind === "float32") return fixed(4, readSingle);
      if (writer.kind === "float64") return fixed(8, readDouble);
      return (cursor) => Number(checked(cursor, readInt64(cursor)));
    case "timestamp":
      return (cursor) => {
        const ms = checked(cursor, readInt53(cursor));
        const date = momentOf(ms);
        if (date === undefined) throw new Misfit("", "timestamp of the years 1 to 9999", lastInteger(cursor));
        return date;
      };
    case "enum":
      return readEnum(writer as EnumType, reader);
    case "bytes":
      return (cursor) => {
        const length = readLength(cursor);
        cursor.p += length;
        return copyBytes(cursor.b, cursor.p - length, cursor.p);
      };
    default:
      return (cursor) => {
        const text = readString(cursor, reader.kind);
        if (reader.kind === "decimal" && !DECIMAL.test(text))
          throw new Misfit("", 'decimal, a string like "12.50"', text);
        return text;
      };
  }
}

export function readString(cursor: Cursor, expected: string): string {
  const length = readLength(cursor);
  cursor.p += length;
  const text = readText(cursor.b, cursor.p - length, length);
  if (text === undefined) throw new Misfit("", `${expected}, well-formed UTF-8`, `${length} bytes`);
  return text;
}

/** An integer, which is read without looking where the message ends. */
function checked<T>(cursor: Cursor, value: T): T {
  if (cursor.p > cursor.e) throw truncated(cursor);
  return value;
}

/** The index of an enum's member or a union's case. */
export function readIndex(cursor: Cursor): number {
  return checked(cursor, readInt53(cursor));
}

function fixed(bytes: number, read: (b: Uint8Array, p: number) => number): Read {
  return (cursor) => {
    if (bytes > cursor.e - cursor.p) throw truncated(cursor);
    cursor.p += bytes;
    return read(cursor.b, cursor.p - bytes);
  };
}

function readEnum(writer: EnumType, reader: EnumType): Read {
  const known = new Set(reader.members);
  return (cursor) => {
    const index = readIndex(cursor);
    const member = writer.members[index];
    if (member === undefined || !known.has(member))
      throw new Misfit("", `one of ${reader.members.join(", ")}`, member ?? index);
    return member;
  };
}
