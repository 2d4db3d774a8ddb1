import type { Field, RecordType, Type } from "../../core/type.ts";

/** Wire types (https://protobuf.dev/programming-guides/encoding/). */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const GROUP_START = 3;
export const GROUP_END = 4;
export const FIXED32 = 5;

/** Length, seconds and nanoseconds with their tags. */
export const MAX_TIMESTAMP_BYTES = 18;

/** How a single value of the type is written. */
export function wireTypeOf(type: Type): number {
  switch (type.kind) {
    case "bool":
    case "int32":
    case "int53":
    case "int64":
    case "enum":
      return VARINT;
    case "float32":
      return FIXED32;
    case "float64":
      return FIXED64;
    default:
      return LENGTH;
  }
}

/** True for items that stand in a list one after the other, without tags. */
export function packs(type: Type): boolean {
  return wireTypeOf(type) !== LENGTH;
}

/**
 * True for a value that is a message of its own. A list or map is one, with the field 1, wherever Protobuf has no
 * repeated field: as an optional field, in a list or map, as the case of a union.
 */
export function isMessage(type: Type): boolean {
  return type.kind === "struct" || type.kind === "union" || type.kind === "list" || type.kind === "map";
}

/** True for a field that is repeated itself: absent is empty. */
export function repeats(field: Field): boolean {
  return !field.optional && (field.type.kind === "list" || field.type.kind === "map");
}

/** The order in which fields are written: by number, as every Protobuf implementation does. */
export function byNumber(record: RecordType): readonly Field[] {
  return [...record.fields].sort((a, b) => a.number - b.number);
}

/** The bytes of a tag. */
export function tagOf(number: number, wireType: number): number[] {
  const bytes: number[] = [];
  let rest = number * 8 + wireType;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
