import { DECIMAL, MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "../type/explain.ts";
import type { EnumType, Field, ScalarType, Type } from "../type/type.ts";
import type { Source } from "./source.ts";

/** Own or inherited by arrays, dates or byte arrays, so that finding them proves nothing about a struct. */
const AMBIGUOUS = new Set(["length", "byteLength", "byteOffset", "buffer", "BYTES_PER_ELEMENT"]);

/** The code of a condition that is true where `x` does not fit; strings are checked for well-formedness apart. */
export function misfitCondition(source: Source, type: ScalarType | EnumType, x: string): string {
  switch (type.kind) {
    case "any":
      return "false";
    case "bool":
      return `typeof ${x} !== "boolean"`;
    case "int32":
      return `typeof ${x} !== "number" || (${x} | 0) !== ${x}`;
    case "int53":
      return `!Number.isSafeInteger(${x})`;
    case "int64":
      return `typeof ${x} !== "bigint" || BigInt.asIntN(64, ${x}) !== ${x}`;
    case "float32":
      return `typeof ${x} !== "number" || (${x} - ${x} === 0 && Math.abs(Math.fround(${x})) === Infinity)`;
    case "float64":
      return `typeof ${x} !== "number"`;
    case "string":
      return `typeof ${x} !== "string"`;
    case "decimal":
      return `typeof ${x} !== "string" || !${source.constant("DECIMAL", DECIMAL)}.test(${x})`;
    case "bytes":
      return `!(${x} instanceof Uint8Array)`;
    case "timestamp":
      return `!(${x} instanceof Date) || !(${x}.getTime() >= ${MIN_TIMESTAMP_MS} && ${x}.getTime() <= ${MAX_TIMESTAMP_MS})`;
    case "enum":
      return type.members.length <= 8
        ? type.members.map((one) => `${x} !== ${JSON.stringify(one)}`).join(" && ")
        : `!${source.constant("MEMBERS", new Set(type.members))}.has(${x})`;
  }
}

/** True where `x` is not an object that can be a struct. Arrays and dates have no field that fits one that must be there. */
export function recordCondition(source: Source, fields: readonly Field[], x: string): string {
  const proven = fields.some(
    (field) =>
      !field.optional &&
      field.defaultValue === undefined &&
      field.type.kind !== "any" &&
      !AMBIGUOUS.has(field.name) &&
      !(field.name in Object.prototype),
  );
  if (proven) return `typeof ${x} !== "object" || ${x} === null`;
  return `typeof ${x} !== "object" || !${source.constant("isRecord", plainRecord)}(${x})`;
}

function plainRecord(value: unknown): boolean {
  return value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !(value instanceof Date);
}

/** What a reader fills in where the writer left a field out; `undefined` where nothing can stand for it. */
export function zero(type: Type): unknown {
  switch (type.kind) {
    case "bool":
      return false;
    case "int32":
    case "int53":
    case "float32":
    case "float64":
      return 0;
    case "int64":
      return 0n;
    case "decimal":
      return "0";
    case "string":
      return "";
    case "bytes":
      return new Uint8Array(0);
    case "timestamp":
      return new Date(0);
    case "any":
      return null;
    case "list":
      return [];
    case "map":
      return {};
    case "enum":
      return type.members[0];
    default:
      return undefined;
  }
}
