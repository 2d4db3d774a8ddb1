import { explain } from "../type/explain.ts";
import type { Field, StructType, Type } from "../type/type.ts";
import { zero } from "./check.ts";
import { plain } from "./plain.ts";
import { type Source, safeName } from "./source.ts";

const MAX_DEPTH = 64;

/** The code of what stands for an absent field: its default or zero, new each time; `undefined` where nothing can. */
export function absentLiteral(source: Source, { name, type, defaultValue }: Field): string | undefined {
  const value = defaultValue ?? zero(type);
  if (value === undefined) return undefined;
  const error = explain(type, value, { path: name, maxDepth: MAX_DEPTH });
  if (error) throw error;
  return literal(source, type, value);
}

/** The members, as in an object literal, of the fields that no message carries; absent where they are optional. */
export function transientMembers(source: Source, type: StructType): string[] {
  const given = (type.transient ?? []).filter((field) => !field.optional);
  return given.map((field) => `${safeName(field.name)}: ${absentLiteral(source, field)}`);
}

/** The code of a value that fits the type. */
function literal(source: Source, type: Type, value: unknown): string {
  switch (type.kind) {
    case "list":
      return `[${Array.from(value as unknown[], (item) => literal(source, type.item, item)).join(", ")}]`;
    case "map": {
      // A name in brackets is an own member, `__proto__` too.
      const entries = Object.entries(value as Record<string, unknown>);
      return `{ ${entries.map(([key, one]) => `[${JSON.stringify(key)}]: ${literal(source, type.value, one)}`).join(", ")} }`;
    }
    case "struct":
      return `{ ${[...members(source, type, value as Record<string, unknown>), ...transientMembers(source, type)].join(", ")} }`;
    case "union": {
      const { kind, value: inner } = value as { kind: string; value: unknown };
      const chosen = type.fields.find((field) => field.name === kind) as Field;
      return `{ kind: ${JSON.stringify(kind)}, value: ${literal(source, chosen.type, inner)} }`;
    }
    case "any":
      return value === null
        ? "null"
        : `${source.constant("plain", plain)}(${source.constant("ANY", value)}, ${MAX_DEPTH})`;
    case "bytes": {
      const bytes = value as Uint8Array;
      return `new Uint8Array(${bytes.length === 0 ? 0 : source.constant("BYTES", new Uint8Array(bytes))})`;
    }
    case "timestamp":
      return `new Date(${(value as Date).getTime()})`;
    case "int64":
      return `${value}n`;
    case "float32":
      return number(Math.fround(value as number));
    case "float64":
      return number(value as number);
    case "int32":
    case "int53":
      return number((value as number) + 0);
    default:
      return JSON.stringify(value);
  }
}

function members(source: Source, type: StructType, value: Record<string, unknown>): string[] {
  return type.fields.flatMap((field) => {
    const one = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    if (one !== undefined) return [`${safeName(field.name)}: ${literal(source, field.type, one)}`];
    return field.optional ? [] : [`${safeName(field.name)}: ${absentLiteral(source, field)}`];
  });
}

function number(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
