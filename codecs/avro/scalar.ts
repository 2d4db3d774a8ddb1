import { copyBytes } from "../../core/bytes/byte-copy.ts";
import { readDouble, readSingle } from "../../core/bytes/little-endian.ts";
import { readText } from "../../core/bytes/utf8.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import { readDecimal } from "../../core/schema/avro-decimal.ts";
import { enumDefault, scalarForm } from "../../core/schema/avro-form.ts";
import { DECIMAL } from "../../core/type/explain.ts";
import type { EnumType, ScalarType } from "../../core/type/type.ts";
import { type Cursor, type Read, truncated } from "./cursor.ts";
import { formMisfit } from "./form.ts";
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
      return inForm(reader, bytesOf(writer));
    case "decimal":
      return inForm(reader, decimalOf(writer));
    default:
      return (cursor) => readString(cursor, reader.kind);
  }
}

/** What a writer of another version wrote may not be in the reader's form. */
function inForm(reader: ScalarType, read: Read): Read {
  return (cursor, depth) => {
    const value = read(cursor, depth);
    const expected = formMisfit(reader, value);
    if (expected !== undefined) throw new Misfit("", expected, value);
    return value;
  };
}

function bytesOf(writer: Scalar): Read {
  const size = writer.kind === "enum" ? undefined : scalarForm(writer)?.fixed?.size;
  return (cursor) => {
    const length = size ?? readLength(cursor);
    if (length > cursor.e - cursor.p) throw truncated(cursor);
    cursor.p += length;
    return copyBytes(cursor.b, cursor.p - length, cursor.p);
  };
}

function decimalOf(writer: Scalar): Read {
  const decimal = writer.kind === "enum" ? undefined : scalarForm(writer)?.decimal;
  if (decimal === undefined) {
    return (cursor) => {
      const text = readString(cursor, "decimal");
      if (!DECIMAL.test(text)) throw new Misfit("", 'decimal, a string like "12.50"', text);
      return text;
    };
  }
  const readBytes = bytesOf(writer);
  return (cursor, depth) => {
    const bytes = readBytes(cursor, depth) as Uint8Array;
    const text = readDecimal(bytes, decimal);
    if (text === undefined) throw new Misfit("", `decimal of at most ${decimal.precision} digits`, bytes);
    return text;
  };
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
  const other = enumDefault(reader);
  return (cursor) => {
    const index = readIndex(cursor);
    const member = writer.members[index];
    if (member !== undefined && other !== undefined && !known.has(member)) return other;
    if (member === undefined || !known.has(member))
      throw new Misfit("", `one of ${reader.members.join(", ")}`, member ?? index);
    return member;
  };
}
