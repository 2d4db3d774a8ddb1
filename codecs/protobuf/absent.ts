import { zero } from "../../core/check.ts";
import { compileCopy } from "../../core/copy.ts";
import { Misfit } from "../../core/misfit.ts";
import type { EnumType, Field, Type } from "../../core/type.ts";
import { isMessage, repeats } from "./format.ts";
import { memberOf } from "./scalar.ts";

/** What an absent field of the reader is. */
export function absentField(field: Field, written: Field | undefined): () => unknown {
  if (written !== undefined) {
    // A list is empty where its writer has the field: Protobuf cannot tell that from absent.
    if (repeats(written)) return () => zero(field.type);
    const leavesOutZero = !written.optional && written.defaultValue === undefined;
    if (leavesOutZero && !isMessage(field.type)) return zeroOf(written.type, field.type);
  }
  if (field.optional) return () => undefined;
  if (field.defaultValue !== undefined) {
    const copy = compileCopy(field.type);
    return () => copy(field.defaultValue);
  }
  return zeroOf(field.type, field.type);
}

/** What the reader makes of a zero of the writer. */
export function zeroOf(writer: Type, reader: Type): () => unknown {
  if (reader.kind === "enum") return () => memberOf(writer as EnumType, reader, 0);
  if (zero(reader) !== undefined) return () => zero(reader);
  const name = "name" in reader ? reader.name : reader.kind;
  return () => {
    throw new Misfit("", name, undefined);
  };
}
