import { toBase64 } from "../../core/base64.ts";
import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { refuseForeign } from "../../core/compile/foreign.ts";
import { plain, setOwn } from "../../core/compile/plain.ts";
import { RpcError } from "../../core/error.ts";
import { isRecord } from "../../core/is-record.ts";
import { explain, mismatch } from "../../core/type/explain.ts";
import { parseScalar } from "../../core/type/scalar-text.ts";
import type { EnumType, Field, ScalarType, StructType, Type } from "../../core/type/type.ts";

/*
 * JSON as `index.ts` has it, by walking the type for each value instead of compiling it: several times slower and a
 * fifth in size. It takes the place of index.ts in browsers, by `browser` in package.json. Nothing of what it reads can take much
 * more memory than its text, and a page trusts its server with that.
 */

const MAX_DEPTH = 64;

const decoder = new TextDecoder("utf-8", { fatal: true });

export function json(): Codec {
  return codec;
}

const codec: Codec = Object.freeze({
  name: "json",
  mediaTypes: Object.freeze(["application/json"]),
  selfDescribing: true,
  compile: (writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec => ({
    encodeInto(value, out) {
      if (foreign) refuseForeign();
      const misfit = explain(writer, value, { maxDepth: limits.maxDepth });
      if (misfit !== undefined) throw misfit;
      out.writeUtf8(JSON.stringify(printed(writer, value)));
    },
    decode: (bytes, start, end) => revive(reader, parsed(bytes.subarray(start, end)), "", limits.maxDepth),
  }),
} satisfies Codec);

/** A value that fits, as JSON.stringify takes it. */
function printed(type: Type, value: unknown): unknown {
  switch (type.kind) {
    case "list":
      return (value as unknown[]).map((one) => printed(type.item, one));
    case "map":
      return mapped(value as object, (one) => printed(type.value, one));
    case "struct": {
      const members: Record<string, unknown> = {};
      for (const { name, type: inner, defaultValue } of type.fields) {
        const given = Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined;
        const one = given ?? (given === null ? null : defaultValue);
        if (one !== undefined) members[name] = printed(inner, one);
      }
      return members;
    }
    case "union": {
      const { kind, value: inner } = value as { readonly kind: string; readonly value: unknown };
      const field = type.fields.find(({ name }) => name === kind) as Field;
      return { [kind]: printed(field.type, inner) };
    }
    case "any":
      return untyped(plain(value, MAX_DEPTH));
    default:
      return untyped(value);
  }
}

function untyped(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  // JSON.stringify would lose the sign of a zero.
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return toBase64(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(untyped);
  return typeof value === "object" && value !== null ? mapped(value, untyped) : value;
}

function mapped(object: object, map: (value: unknown, key: string) => unknown): object {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) setOwn(made, key, map(value, key));
  return made;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new RpcError({ code: "INVALID_ARGUMENT", message: `json: ${(cause as Error).message}`, cause });
  }
}

function revive(type: Type, json: unknown, path: string, depth: number): unknown {
  if (depth < 0) throw mismatch(path, "what is not nested deeper than maxDepth", "…");
  switch (type.kind) {
    case "list":
      if (!Array.isArray(json)) throw mismatch(path, "a list", json);
      return json.map((one, i) => revive(type.item, one, `${path}[${i}]`, depth - 1));
    case "map":
      if (!isRecord(json)) throw mismatch(path, "a map, as an object", json);
      return mapped(json, (one, key) => revive(type.value, one, `${path}[${JSON.stringify(key)}]`, depth - 1));
    case "struct":
      if (!isRecord(json)) throw mismatch(path, type.name, json);
      return reviveFields(type, json, path, depth);
    case "union": {
      const [name = "", ...more] = isRecord(json) ? Object.keys(json) : [];
      const field = more.length === 0 ? type.fields.find((one) => one.name === name) : undefined;
      if (field === undefined) {
        const got = more.length === 0 && name !== "" ? name : json;
        throw mismatch(path, `an object with one member of ${type.fields.map((one) => one.name).join(", ")}`, got);
      }
      const inner = (json as Record<string, unknown>)[name];
      return { kind: name, value: revive(field.type, inner, inside(path, name), depth - 1) };
    }
    case "any":
      return plain(json, depth, path);
    default:
      return reviveScalar(type, json, path);
  }
}

function reviveFields(type: StructType, json: Record<string, unknown>, path: string, depth: number): object {
  const value: Record<string, unknown> = {};
  for (const field of type.fields) {
    const { name } = field;
    const given = Object.hasOwn(json, name) ? json[name] : undefined;
    const here = inside(path, name);
    if (given !== undefined && (given !== null || field.type.kind === "any")) {
      setOwn(value, name, revive(field.type, given, here, depth - 1));
    } else if (!field.optional) setOwn(value, name, absent(field, here));
  }
  for (const field of type.transient ?? []) if (!field.optional) setOwn(value, field.name, absent(field, field.name));
  return value;
}

function reviveScalar(type: ScalarType | EnumType, json: unknown, path: string): unknown {
  const value =
    typeof json === "string"
      ? parseScalar(type, json, path)
      : type.kind === "int64" && Number.isSafeInteger(json)
        ? BigInt(json as number)
        : json;
  const misfit = explain(type, value, { path });
  if (misfit !== undefined) throw misfit;
  return type.kind === "float32" ? Math.fround(value as number) : value;
}

/** What stands for an absent field: its default, or the zero of its type. */
function absent({ type, defaultValue }: Field, path: string): unknown {
  const value = defaultValue ?? zeros[type.kind]?.(type as EnumType);
  if (value === undefined) throw mismatch(path, "name" in type ? type.name : type.kind, undefined);
  return structuredClone(value);
}

const zero = (): number => 0;
const zeros: Partial<Record<Type["kind"], (type: EnumType) => unknown>> = {
  bool: () => false,
  int32: zero,
  int53: zero,
  float32: zero,
  float64: zero,
  int64: () => 0n,
  decimal: () => "0",
  string: () => "",
  bytes: () => new Uint8Array(),
  timestamp: () => new Date(0),
  any: () => null,
  list: () => [],
  map: () => ({}),
  enum: (type) => type.members[0],
};

function inside(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
