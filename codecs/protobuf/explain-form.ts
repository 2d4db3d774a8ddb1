import type { RpcError } from "../../core/error.ts";
import { mismatch } from "../../core/explain.ts";
import type { Type } from "../../core/type.ts";
import { type IntegerForm, integerForm, keyForm, unwrapped } from "./form.ts";
import { isInteger } from "./integer.ts";

/** Says where a value that fits its type does not fit the form that `t.encoded` chose; `undefined` if it does. */
export function explainForm(type: Type, value: unknown, path = ""): RpcError | undefined {
  switch (type.kind) {
    case "list":
      return first(value as unknown[], (one, i) => explainForm(type.item, one, `${path}[${i}]`));
    case "map": {
      const form = keyForm(type);
      return first(Object.entries(value as object), ([key, one]) => {
        if (form !== undefined && !isKey(form, key)) return mismatch(`a key of ${path}`, keyExpectation(form), key);
        return explainForm(type.value, one, `${path}[${JSON.stringify(key)}]`);
      });
    }
    case "struct":
      return first(type.fields, (field) => {
        const member = (value as Record<string, unknown>)[field.name] ?? field.defaultValue;
        if (member === undefined) return undefined;
        return explainForm(field.type, member, path === "" ? field.name : `${path}.${field.name}`);
      });
    case "union": {
      const { kind, value: inside } = value as { kind: string; value: unknown };
      const field = type.fields.find((one) => one.name === kind);
      return field === undefined ? undefined : explainForm(field.type, inside, `${path}.${kind}`);
    }
    default: {
      const form = integerForm(unwrapped(type) ?? type);
      if (form === undefined || isInteger(form, String(value))) return undefined;
      return mismatch(path, `${type.kind}, ${range(form)}`, value);
    }
  }
}

function first<T>(items: readonly T[], tell: (item: T, i: number) => RpcError | undefined): RpcError | undefined {
  for (let i = 0; i < items.length; i++) {
    const error = tell(items[i] as T, i);
    if (error !== undefined) return error;
  }
  return undefined;
}

function isKey(form: IntegerForm | "bool", key: string): boolean {
  return form === "bool" ? key === "true" || key === "false" : isInteger(form, key);
}

function keyExpectation(form: IntegerForm | "bool"): string {
  return form === "bool" ? '"true" or "false"' : `the digits of an integer, ${range(form)}`;
}

function range({ word, min, max }: IntegerForm): string {
  return `as ${word} from ${min} to ${max}`;
}
