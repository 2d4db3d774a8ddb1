import { MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "../type/explain.ts";
import type { Field, Type } from "../type/type.ts";
import { readDecimal } from "./avro-decimal.ts";
import { isNull, scalarForm } from "./avro-form.ts";

/** The value that a default of a schema stands for; `undefined` where it does not fit. */
export function defaultOf(type: Type, json: unknown): unknown {
  switch (type.kind) {
    case "bool":
      return typeof json === "boolean" ? json : undefined;
    case "int32":
      return typeof json === "number" && (json | 0) === json ? json : undefined;
    case "int64":
      // What JSON made of a larger number may not be what was written.
      return Number.isSafeInteger(json) ? BigInt(json as number) : undefined;
    case "float32":
    case "float64":
      // JSON has no number for these; Java writes them so.
      if (json === "NaN" || json === "Infinity" || json === "-Infinity") return Number(json);
      return typeof json === "number" ? json : undefined;
    case "string":
      return typeof json === "string" ? json : undefined;
    case "bytes": {
      const bytes = latin1(json);
      const size = scalarForm(type)?.fixed?.size ?? bytes?.length;
      return bytes?.length === size ? bytes : undefined;
    }
    case "decimal": {
      const [bytes, decimal] = [latin1(json), scalarForm(type)?.decimal];
      return bytes && decimal && readDecimal(bytes, decimal);
    }
    case "timestamp":
      return typeof json === "number" && json >= MIN_TIMESTAMP_MS && json <= MAX_TIMESTAMP_MS
        ? new Date(json)
        : undefined;
    case "enum":
      return type.members.includes(json as string) ? json : undefined;
    case "list":
      return Array.isArray(json) ? whole(json.map((one) => defaultOf(type.item, one))) : undefined;
    case "map": {
      if (!isObject(json)) return undefined;
      const values = whole(Object.values(json).map((one) => defaultOf(type.value, one)));
      return values && Object.fromEntries(Object.keys(json).map((key, i) => [key, values[i]]));
    }
    case "struct":
      if (isNull(type)) return json === null ? {} : undefined;
      return isObject(json) ? recordDefault(type.fields, json) : undefined;
    case "union":
      // Before version 1.12 of Avro it is one of the first branch.
      for (const { name, type: branch } of type.fields) {
        const value = defaultOf(branch, json);
        if (value !== undefined) return { kind: name, value };
      }
      return undefined;
    default:
      return undefined;
  }
}

function recordDefault(fields: readonly Field[], json: Record<string, unknown>): object | undefined {
  const values = fields.map(({ name, type, optional, defaultValue }) => {
    const given = Object.hasOwn(json, name) ? json[name] : undefined;
    if (optional && (given === undefined || given === null)) return null;
    return given === undefined ? defaultValue : defaultOf(type, given);
  });
  if (whole(values) === undefined) return undefined;
  const members = fields.map(({ name }, i) => [name, values[i]] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== null));
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function whole(values: unknown[]): unknown[] | undefined {
  return values.includes(undefined) ? undefined : values;
}

/** Bytes are text of which each character is one. */
function latin1(json: unknown): Uint8Array | undefined {
  if (typeof json !== "string") return undefined;
  const units = Array.from({ length: json.length }, (_, i) => json.charCodeAt(i));
  return units.every((unit) => unit < 256) ? Uint8Array.from(units) : undefined;
}
