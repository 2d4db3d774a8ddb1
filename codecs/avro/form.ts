import { RpcError } from "../../core/error.ts";
import type { FormMisfit } from "../../core/explain.ts";
import { unitsOf } from "../../core/schema/avro-decimal.ts";
import { scalarForm, wrongAbsence, wrongForm } from "../../core/schema/avro-form.ts";
import type { Type } from "../../core/type.ts";

/** Refuses a type that asks for a form which Avro does not have, and names the field. */
export function checkForms(type: Type, path: string, seen = new Set<Type>()): void {
  const wrong = wrongForm(type);
  if (wrong !== undefined) throw noForm(path, wrong, type.kind);
  switch (type.kind) {
    case "list":
      return checkForms(type.item, `${path}[]`, seen);
    case "map":
      return checkForms(type.value, `${path}[]`, seen);
    case "struct":
    case "union":
      if (seen.has(type)) return;
      seen.add(type);
      for (const field of type.fields) {
        const at = `${path}.${field.name}`;
        const absence = wrongAbsence(field);
        if (absence !== undefined) throw noForm(at, absence, "optional");
        checkForms(field.type, at, seen);
      }
      return;
    default:
  }
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
