import { zero } from "../../core/compile/check.ts";
import { type Copy, compileCopy } from "../../core/compile/copy.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import type { EnumType, Field, Type } from "../../core/type/type.ts";
import { isMessage, numbersOf, repeats } from "./format.ts";
import { memberOf } from "./scalar.ts";

/** What an absent field of the reader is. */
export function absentField(field: Field, written: Field | undefined): () => unknown {
  if (written !== undefined) {
    // A list is empty where its writer has the field: Protobuf cannot tell that from absent.
    if (repeats(written)) return () => zero(field.type);
    const leavesOutZero = !written.optional && written.defaultValue === undefined;
    if (leavesOutZero && !isMessage(written.type)) return zeroOf(written.type, field.type);
  }
  if (field.optional) return () => undefined;
  if (field.defaultValue !== undefined) {
    let copy: Copy | undefined;
    return () => {
      copy ??= compileCopy(field.type);
      return copy(field.defaultValue);
    };
  }
  // Of an enum the first member, whatever its number.
  return field.type.kind === "enum" ? () => zero(field.type) : zeroOf(field.type, field.type);
}

/** What the reader makes of a zero of the writer. */
export function zeroOf(writer: Type, reader: Type): () => unknown {
  // Where no member has the number 0, nothing is left out, and zero is the first member.
  if (reader.kind === "enum" && numbersOf(writer as EnumType).includes(0))
    return () => memberOf(writer as EnumType, reader, 0);
  if (zero(reader) !== undefined) return () => zero(reader);
  const name = "name" in reader ? reader.name : reader.kind;
  return () => {
    throw new Misfit("", name, undefined);
  };
}
