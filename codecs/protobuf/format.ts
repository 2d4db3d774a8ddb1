import type { EnumType, Field, RecordType, Type } from "../../core/type/type.ts";
import { type IntegerForm, integerForm, unwrapped } from "./form.ts";

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
  const form = integerForm(type);
  if (form !== undefined) return wireTypeOfForm(form);
  if (unwrapped(type) !== undefined) return LENGTH;
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

/** How an integer with a word, or the key of a map, is written. */
export function wireTypeOfForm(form: IntegerForm | "bool" | undefined): number {
  if (form === undefined) return LENGTH;
  if (form === "bool") return VARINT;
  return form.layout === "fixed32" ? FIXED32 : form.layout === "fixed64" ? FIXED64 : VARINT;
}

/** True for items that stand in a list one after the other, without tags. */
export function packs(type: Type): boolean {
  return wireTypeOf(type) !== LENGTH;
}

/**
 * True for a value that is a message of its own. A list or map is one, with the field 1, wherever Protobuf has no
 * repeated field: as an optional field, in a list or map, as the case of a union. So is a scalar in a wrapper.
 */
export function isMessage(type: Type): boolean {
  const { kind } = type;
  return kind === "struct" || kind === "union" || kind === "list" || kind === "map" || unwrapped(type) !== undefined;
}

/** True for a field that is repeated itself: absent is empty. */
export function repeats(field: Field): boolean {
  return !field.optional && (field.type.kind === "list" || field.type.kind === "map");
}

/** The numbers of an enum's members. */
export function numbersOf({ members, numbers }: EnumType): readonly number[] {
  return numbers ?? members.map((_, place) => place);
}

/** What a field that was left out is: the member with the number 0, or the first where none has it. */
export function zeroMember(type: EnumType): string {
  return type.members[Math.max(numbersOf(type).indexOf(0), 0)] as string;
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
