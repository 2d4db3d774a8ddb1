import { RpcError } from "../../core/error.ts";
import { unitsOf } from "../../core/schema/avro-decimal.ts";
import { scalarForm, wrongAbsence, wrongForm } from "../../core/schema/avro-form.ts";
import type { FormMisfit } from "../../core/type/explain.ts";
import type { Field, Type } from "../../core/type/type.ts";
import { type SeenTypes, walkType } from "../../core/type/walk.ts";

/** Refuses a type that asks for a form which Avro does not have, and names the field. */
export function checkForms(type: Type, path: string, seen?: SeenTypes): void {
  const refuse = (at: string, word: string | undefined, kind: string): void => {
    if (word !== undefined) throw noForm(at, word, kind);
  };
  const visitor = {
    type: (one: Type, at: string) => refuse(at, wrongForm(one), one.kind),
    field: (field: Field, at: string) => refuse(at, wrongAbsence(field), "optional"),
  };
  walkType(type, path, visitor, seen);
}

function noForm(path: string, word: string, kind: string): RpcError {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `${path}: avro cannot write ${kind} as ${word}; docs/mapping.md lists its words`,
  });
}

/** What the form of a value of the right type does not take. */
export const formMisfit: FormMisfit = (type, value) => {
  if (type.kind === "bytes") {
    const size = scalarForm(type)?.fixed?.size;
    return size === undefined || (value as Uint8Array).length === size ? undefined : `bytes, ${size} of them`;
  }
  if (type.kind !== "decimal") return undefined;
  const decimal = scalarForm(type)?.decimal;
  if (decimal === undefined || unitsOf(value as string, decimal) !== undefined) return undefined;
  return `decimal of at most ${decimal.precision} digits, ${decimal.scale} of them behind the point`;
};
