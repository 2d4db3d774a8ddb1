import { copyBytes } from "../../core/bytes/byte-copy.ts";
import { readDouble, readSingle } from "../../core/bytes/little-endian.ts";
import { readText } from "../../core/bytes/utf8.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import { DECIMAL } from "../../core/type/explain.ts";
import type { EnumType, ScalarType, TimestampType } from "../../core/type/type.ts";
import { type Cursor, truncated } from "./cursor.ts";
import { type IntegerForm, integerForm } from "./form.ts";
import { VARINT } from "./format.ts";
import { type IntegerKind, integerReader } from "./integer.ts";
import { moment, readBool, readInt32, readInt53, readInt64, readLength, readTag, skip } from "./read.ts";

/** A timestamp is a message, read from its pieces by `readMoment`. */
export type Scalar = Exclude<ScalarType, TimestampType> | EnumType;
type ReadScalar = (cursor: Cursor) => unknown;

/** Reads what a writer of one scalar wrote as another, which may be wider. */
export function readScalar(writer: Scalar, reader: Scalar): ReadScalar {
  const form = integerForm(writer);
  if (form !== undefined) return readInteger(form, reader.kind as IntegerKind);
  switch (reader.kind) {
    case "bool":
      return readBool;
    case "int32":
      return readInt32;
    case "int53":
      return (cursor) => {
        const integer = writer.kind === "int32" ? readInt32(cursor) : readInt53(cursor);
        if (Number.isNaN(integer)) throw new Misfit("", "int53", wide(cursor));
        return integer;
      };
    case "int64":
      return writer.kind === "int32" ? (cursor) => BigInt(readInt32(cursor)) : readInt64;
    case "enum":
      return readEnum(writer as EnumType, reader);
    case "float32":
      return fixed(4, readSingle);
    case "float64":
      if (writer.kind === "int32") return readInt32;
      if (writer.kind === "int53") return (cursor) => Number(readInt64(cursor));
      return writer.kind === "float32" ? fixed(4, readSingle) : fixed(8, readDouble);
    case "bytes":
      return (cursor) => {
        const length = readLength(cursor);
        cursor.p += length;
        return copyBytes(cursor.b, cursor.p - length, cursor.p);
      };
    default:
      return (cursor) => {
        const length = readLength(cursor);
        cursor.p += length;
        const text = readText(cursor.b, cursor.p - length, length);
        if (text === undefined) throw new Misfit("", `${reader.kind}, well-formed UTF-8`, `${length} bytes`);
        if (reader.kind !== "decimal") return text;
        // Protobuf's peers leave an empty text out, and what is left out is zero.
        if (text !== "" && !DECIMAL.test(text)) throw new Misfit("", 'decimal, a string like "12.50"', text);
        return text === "" ? "0" : text;
      };
  }
}

function wide(cursor: Cursor): bigint {
  return (BigInt(cursor.hi | 0) << 32n) | BigInt(cursor.lo);
}

function fixed(bytes: number, read: (b: Uint8Array, p: number) => number): ReadScalar {
  return (cursor) => {
    if (bytes > cursor.e - cursor.p) throw truncated(cursor);
    cursor.p += bytes;
    return read(cursor.b, cursor.p - bytes);
  };
}

/** Reads an integer in a form of `t.encoded`. */
export function readInteger(form: IntegerForm, kind: IntegerKind): ReadScalar {
  const read = integerReader(form, kind);
  const bytes = { varint: 1, zigzag: 1, fixed32: 4, fixed64: 8 }[form.layout];
  return (cursor) => {
    if (bytes > cursor.e - cursor.p) throw truncated(cursor);
    const integer = read(cursor);
    if (integer === undefined)
      throw new Misfit("", kind, form.min < 0n ? wide(cursor) : BigInt.asUintN(64, wide(cursor)));
    return integer;
  };
}

function readEnum(writer: EnumType, reader: EnumType): ReadScalar {
  return (cursor) => memberOf(writer, reader, readInt32(cursor));
}

/** The reader's member of the writer's number. */
export function memberOf(writer: EnumType, reader: EnumType, number: number): string {
  const place = writer.numbers === undefined ? number : writer.numbers.indexOf(number);
  const member = writer.members[place];
  if (member === undefined || !reader.members.includes(member))
    throw new Misfit("", `one of ${reader.members.join(", ")}`, member ?? number);
  return member;
}

/** A timestamp, the later of two fields of the same number winning. */
export function readMoment(cursor: Cursor, spans: readonly number[], maxDepth: number): Date {
  let seconds = 0;
  let nanoseconds = 0;
  for (let i = 0; i < spans.length; i += 2) {
    cursor.p = spans[i] as number;
    cursor.e = spans[i + 1] as number;
    while (cursor.p < cursor.e) {
      const number = readTag(cursor);
      const wireType = cursor.lo;
      if (wireType === VARINT && number === 1) seconds = readInt53(cursor);
      else if (wireType === VARINT && number === 2) nanoseconds = readInt32(cursor);
      else skip(cursor, number, wireType, maxDepth);
    }
    if (cursor.p > cursor.e) throw truncated(cursor);
  }
  const date = moment(seconds, nanoseconds);
  if (date === undefined)
    throw new Misfit("", "timestamp of the years 1 to 9999", `${seconds} s and ${nanoseconds} ns`);
  return date;
}
