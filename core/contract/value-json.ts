import { toBase64 } from "../base64.ts";
import { plain, setOwn } from "../compile/plain.ts";
import { isRecord } from "../is-record.ts";
import { explain, type FormMisfit, mismatch } from "../type/explain.ts";
import { parseScalar } from "../type/scalar-text.ts";
import type { Field, StructType, Type } from "../type/type.ts";
import { isOwnJson, NAMED, typeNameIn, wellKnownJson, wrappedField } from "../type/well-known-json.ts";

const MAX_DEPTH = 64;

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/**
 * A value as JSON has it, by the rules of ProtoJSON: an int64 as digits, a timestamp by RFC 3339, bytes as base64, a union as
 * an object with one member. As the JSON codec writes it, and without a codec: for defaults, files, and those who call by hand.
 * Throws `INVALID_ARGUMENT` at a value that does not fit.
 */
export function toJson(type: Type, value: unknown, path = ""): unknown {
  const misfit = explain(type, value, { path, formMisfit });
  if (misfit !== undefined) throw misfit;
  return printed(type, value);
}

function printed(type: Type, value: unknown, depth = MAX_DEPTH): unknown {
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
      return (value as unknown[]).map((one) => printed(type.item, one, depth));
    case "map":
      return mapped(value as object, (one) => printed(type.value, one, depth));
    case "struct":
      return printedStruct(type, value as Record<string, unknown>, depth);
    case "union": {
      const { kind, value: inner } = value as { readonly kind: string; readonly value: unknown };
      const field = type.fields.find(({ name }) => name === kind) as Field;
      return { [kind]: printed(field.type, inner, depth) };
    }
    default:
      return value;
  }
}

function printedStruct(type: StructType, value: Record<string, unknown>, depth: number): unknown {
  const wrapped = wrappedField(type);
  if (wrapped !== undefined) return printed(wrapped.type, value[wrapped.name], depth);
  const form = wellKnownJson(type);
  if (form !== undefined) return form.print(value as never);
  return type.packed === undefined
    ? printedFields(type.fields, value, depth)
    : printedAny(type.packed, value as never, depth);
}

function printedAny(packed: NonNullable<StructType["packed"]>, any: Any, depth: number): object {
  if (any.typeUrl === "" && any.value.length === 0) return {};
  const message = packed(typeNameIn(any.typeUrl));
  if (message === undefined) throw mismatch("@type", NAMED, any.typeUrl);
  if (depth <= 0) throw mismatch("@type", "less than maxDepth levels", any.typeUrl);
  const value = message.decode(any.value);
  const misfit = explain(message.type, value, { formMisfit });
  if (misfit !== undefined) throw misfit;
  const json = printed(message.type, value, depth - 1);
  return { "@type": any.typeUrl, ...(isOwnJson(message.type) ? { value: json } : (json as object)) };
}

/** What JSON cannot say of a value that fits its type. */
const formMisfit: FormMisfit = (type, value) => {
  const form = type.kind === "struct" ? wellKnownJson(type) : undefined;
  return form?.print(value as never) === undefined ? form?.range : undefined;
};

function printedFields(fields: readonly Field[], value: Record<string, unknown>, depth: number): object {
  const members: Record<string, unknown> = {};
  for (const { name, type, defaultValue } of fields) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const one = given === undefined ? defaultValue : given;
    if (one !== undefined) members[name] = printed(type, one, depth);
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
  if (typeof json === "string" && type.kind !== "struct") return readText(type, json, path);
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
      return readStruct(type, json, path, depth);
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

function readStruct(type: StructType, json: unknown, path: string, depth: number): unknown {
  const form = wellKnownJson(type);
  // What is the value already passes as it is.
  if (form !== undefined && (!isRecord(json) || explain(type, json) !== undefined)) {
    return nestsDeeper(json, depth) ? json : (form.read(json) ?? json);
  }
  if (type.packed !== undefined && isRecord(json) && typeof json["@type"] === "string") {
    const typeUrl = json["@type"];
    const message = type.packed(typeNameIn(typeUrl));
    if (message === undefined) throw mismatch(within(path, "@type"), NAMED, typeUrl);
    const inner = isOwnJson(message.type) ? json["value"] : json;
    return { typeUrl, value: message.encode(read(message.type, inner, path, depth - 1)) };
  }
  const wrapped = wrappedField(type);
  if (wrapped !== undefined && !isRecord(json)) return { [wrapped.name]: read(wrapped.type, json, path, depth - 1) };
  return isRecord(json) ? readFields(type.fields, json, path, depth) : json;
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
    if (given === undefined || (given === null && !takesNull(type))) continue;
    value[name] = read(type, given, within(path, name), depth - 1);
  }
  return value;
}

function nestsDeeper(json: unknown, depth: number): boolean {
  if (typeof json !== "object" || json === null) return false;
  return depth <= 0 || Object.values(json).some((one) => nestsDeeper(one, depth - 1));
}

function takesNull(type: Type): boolean {
  return type.kind === "any" || (type.kind === "struct" && wellKnownJson(type)?.takesNull === true);
}

function mapped(object: object, map: (value: unknown, key: string) => unknown): object {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) setOwn(made, key, map(value, key));
  return made;
}

function within(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
