import { toBase64 } from "../base64.ts";
import { plain, setOwn } from "../compile/plain.ts";
import { isRecord } from "../is-record.ts";
import { explain, mismatch } from "../type/explain.ts";
import { parseScalar } from "../type/scalar-text.ts";
import type { Field, Type } from "../type/type.ts";

const MAX_DEPTH = 64;

/**
 * A value as JSON has it, by the rules of ProtoJSON: an int64 as digits, a timestamp by RFC 3339, bytes as base64, a union as
 * an object with one member. As the JSON codec writes it, and without a codec: for defaults, files, and those who call by hand.
 * Throws `INVALID_ARGUMENT` at a value that does not fit.
 */
export function toJson(type: Type, value: unknown, path = ""): unknown {
  const misfit = explain(type, value, { path });
  if (misfit !== undefined) throw misfit;
  return printed(type, value);
}

function printed(type: Type, value: unknown): unknown {
  switch (type.kind) {
    case "int64":
      return String(value);
    case "float32":
    case "float64":
      return Number.isFinite(value) ? value : String(value);
    case "bytes":
      return toBase64(value as Uint8Array);
    case "timestamp":
      return (value as Date).toISOString();
    case "any":
      return untyped(plain(value, MAX_DEPTH));
    case "list":
      return (value as unknown[]).map((one) => printed(type.item, one));
    case "map":
      return mapped(value as object, (one) => printed(type.value, one));
    case "struct":
      return printedFields(type.fields, value as Record<string, unknown>);
    case "union": {
      const { kind, value: inner } = value as { readonly kind: string; readonly value: unknown };
      const field = type.fields.find(({ name }) => name === kind) as Field;
      return { [kind]: printed(field.type, inner) };
    }
    default:
      return value;
  }
}

function printedFields(fields: readonly Field[], value: Record<string, unknown>): object {
  const members: Record<string, unknown> = {};
  for (const { name, type, defaultValue } of fields) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const one = given === undefined ? defaultValue : given;
    if (one !== undefined) members[name] = printed(type, one);
  }
  return members;
}

function untyped(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return toBase64(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(untyped);
  return typeof value === "object" && value !== null ? mapped(value, untyped) : value;
}

/**
 * The value that such JSON stands for. What is of the type already passes as it is; a field that is absent or null is left out,
 * for its default to fill in. Throws `INVALID_ARGUMENT` with the path where it does not fit.
 */
export function fromJson(type: Type, json: unknown, path = ""): unknown {
  const value = read(type, json, path, MAX_DEPTH);
  const misfit = explain(type, value, { path });
  if (misfit !== undefined) throw misfit;
  return value;
}

/** What is neither the JSON nor the value of the type, or is too deep, stays for `explain` to find. */
function read(type: Type, json: unknown, path: string, depth: number): unknown {
  if (depth < 0) return json;
  if (typeof json === "string") return readText(type, json, path);
  switch (type.kind) {
    case "int64":
      return Number.isSafeInteger(json) ? BigInt(json as number) : json;
    case "list":
      if (!Array.isArray(json)) return json;
      return json.map((one, i) => read(type.item, one, `${path}[${i}]`, depth - 1));
    case "map":
      if (!isRecord(json)) return json;
      return mapped(json, (one, key) => read(type.value, one, `${path}[${JSON.stringify(key)}]`, depth - 1));
    case "struct":
      return isRecord(json) ? readFields(type.fields, json, path, depth) : json;
    case "union": {
      const [name = "", ...more] = isRecord(json) ? Object.keys(json) : [];
      const field = more.length === 0 ? type.fields.find((one) => one.name === name) : undefined;
      const cases = type.fields.map((one) => one.name).join(", ");
      if (field === undefined) throw mismatch(path, `an object with one member of ${cases}`, json);
      const inner = (json as Record<string, unknown>)[name];
      return { kind: name, value: read(field.type, inner, within(path, name), depth - 1) };
    }
    default:
      return json;
  }
}

function readText(type: Type, text: string, path: string): unknown {
  switch (type.kind) {
    case "int32":
    case "int53":
    case "int64":
    case "float32":
    case "float64":
    case "bytes":
    case "timestamp":
      return parseScalar(type, text, path);
    default:
      return text;
  }
}

function readFields(fields: readonly Field[], json: Record<string, unknown>, path: string, depth: number): object {
  const value: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    const given = Object.hasOwn(json, name) ? json[name] : undefined;
    if (given === undefined || (given === null && type.kind !== "any")) continue;
    value[name] = read(type, given, within(path, name), depth - 1);
  }
  return value;
}

function mapped(object: object, map: (value: unknown, key: string) => unknown): object {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) setOwn(made, key, map(value, key));
  return made;
}

function within(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
