import type { FormMisfit } from "../../core/type/explain.ts";
import { type IntegerForm, integerForm, keyForm, unwrapped } from "./form.ts";
import { isInteger } from "./integer.ts";

/** What the form that `t.encoded` chose does not take, of a value or of a map's key. */
export const formMisfit: FormMisfit = (type, value) => {
  if (type.kind === "map") {
    const form = keyForm(type);
    return form === undefined || isKey(form, value as string) ? undefined : keyExpectation(form);
  }
  const form = integerForm(unwrapped(type) ?? type);
  return form === undefined || isInteger(form, String(value)) ? undefined : `${type.kind}, ${range(form)}`;
};

function isKey(form: IntegerForm | "bool", key: string): boolean {
  return form === "bool" ? key === "true" || key === "false" : isInteger(form, key);
}

function keyExpectation(form: IntegerForm | "bool"): string {
  return form === "bool" ? '"true" or "false"' : `the digits of an integer, ${range(form)}`;
}

function range({ word, min, max }: IntegerForm): string {
  return `as ${word} from ${min} to ${max}`;
}
