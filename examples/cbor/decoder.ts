import {
  type CodecLimits,
  type CompiledCodec,
  explain,
  type Field,
  memoryFor,
  mismatch,
  type StructType,
  setOwn,
  type Type,
  zero,
} from "../../core/index.ts";
import { Reader } from "./reader.ts";

/** Reads messages as values of `type`, whoever wrote them: fields are found by their names. */
export function decoder(type: StructType, limits: CodecLimits): CompiledCodec["decode"] {
  return (bytes, start, end) => {
    const reader = new Reader(bytes, { start, end }, memoryFor(limits, end - start));
    return conform(type, reader.readAll(limits.maxDepth), "");
  };
}

/** An untyped value as one of the type. Throws the error that gives the path where it does not fit. */
function conform(type: Type, value: unknown, path: string): unknown {
  switch (type.kind) {
    case "any":
      return value;
    case "list":
      if (!Array.isArray(value)) throw mismatch(path, "a list", value);
      return value.map((item, i) => conform(type.item, item, `${path}[${i}]`));
    case "map":
      if (!isMap(value)) throw mismatch(path, "a map", value);
      for (const key of Object.keys(value)) {
        setOwn(value, key, conform(type.value, value[key], `${path}[${JSON.stringify(key)}]`));
      }
      return value;
    case "struct":
      return conformStruct(type, value, path);
    case "union": {
      const [entry, second] = isMap(value) ? Object.entries(value) : [];
      const names = type.fields.map(({ name }) => name).join(", ");
      const field = second === undefined ? type.fields.find(({ name }) => name === entry?.[0]) : undefined;
      if (field === undefined) throw mismatch(path, `a map with one entry of ${names}`, entry?.[0] ?? value);
      return { kind: field.name, value: conform(field.type, entry?.[1], join(path, field.name)) };
    }
    default: {
      const widened = widen(type.kind, value);
      const error = explain(type, widened, { path });
      if (error) throw error;
      return widened;
    }
  }
}

function conformStruct(type: StructType, value: unknown, path: string): unknown {
  if (!isMap(value)) throw mismatch(path, type.name, value);
  const struct: Record<string, unknown> = {};
  for (const field of type.fields) {
    const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    const absent = given === undefined || (given === null && field.type.kind !== "any");
    if (absent && field.optional) continue;
    setOwn(struct, field.name, absent ? standIn(field, path) : conform(field.type, given, join(path, field.name)));
  }
  for (const field of type.transient ?? []) if (!field.optional) setOwn(struct, field.name, standIn(field, path));
  return struct;
}

/** What stands for a field that the writer left out: a new one each time. */
function standIn({ name, type, defaultValue }: Field, path: string): unknown {
  const value = structuredClone(defaultValue) ?? zero(type);
  if (value === undefined) throw mismatch(join(path, name), "name" in type ? type.name : type.kind, undefined);
  return value;
}

/** A writer of an older version may have had a smaller type. */
function widen(kind: Type["kind"], value: unknown): unknown {
  if (kind === "int64" && Number.isSafeInteger(value)) return BigInt(value as number);
  const number = typeof value === "bigint" ? Number(value) : value;
  if (kind === "float32" && typeof number === "number") return Math.fround(number);
  const isNumber = kind === "int32" || kind === "int53" || kind === "float64";
  return isNumber && typeof value === "bigint" ? number : value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
