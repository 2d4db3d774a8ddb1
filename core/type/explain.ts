import { RpcError } from "../error.ts";
import { isRecord } from "../is-record.ts";
import { show } from "../show.ts";
import { isWellFormed } from "../well-formed.ts";
import type { Field, Type } from "./type.ts";

const INT32_MIN = -2147483648;
const INT32_MAX = 2147483647;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** Sign, digits, fraction, exponent; the same as Java's BigDecimal reads. */
export const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?$/;
/** The moments that RFC 3339 and Protobuf's Timestamp can say: years 1 to 9999. */
export const MIN_TIMESTAMP_MS = -62_135_596_800_000;
export const MAX_TIMESTAMP_MS = 253_402_300_799_999;

/** An error that gives the path: `order.items[2].qty: expected int32, got "x"`. */
export function mismatch(path: string, expected: string, value: unknown): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${path === "" ? "the value" : path}: expected ${expected}, got ${show(value)}`,
  });
}

/**
 * What a codec's own form of a type asks of a value beside its type: the expectation that `value` does not meet. For a
 * map it is asked about each key.
 */
export type FormMisfit = (type: Type, value: unknown) => string | undefined;

/** Where a value stands, and what is asked of it besides its type. */
export interface ExplainOptions {
  /** Put before the path of what does not fit. Default "". */
  readonly path?: string;
  /** How deeply the value may nest. Default 64. */
  readonly maxDepth?: number;
  readonly formMisfit?: FormMisfit | undefined;
}

/** The error that says where and why `value` does not fit `type`; `undefined` if it fits. The slow, exact check. */
export function explain(type: Type, value: unknown, options: ExplainOptions = {}): RpcError | undefined {
  const { path = "", maxDepth = 64, formMisfit } = options;
  const inside = (at: string): ExplainOptions => ({ path: at, maxDepth: maxDepth - 1, formMisfit });
  if (maxDepth < 0) {
    return new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${path}: nested deeper than maxDepth; a cycle cannot be sent`,
    });
  }
  switch (type.kind) {
    case "any":
      return undefined;
    case "list": {
      if (!Array.isArray(value)) return mismatch(path, "a list", value);
      for (let i = 0; i < value.length; i++) {
        const error = explain(type.item, value[i], inside(`${path}[${i}]`));
        if (error) return error;
      }
      return undefined;
    }
    case "map": {
      if (!isRecord(value)) return mismatch(path, "a map, as a plain object", value);
      for (const key of Object.keys(value)) {
        const expected = isWellFormed(key) ? formMisfit?.(type, key) : "well-formed Unicode";
        if (expected !== undefined) return mismatch(`a key of ${path || "the map"}`, expected, key);
        const error = explain(type.value, value[key], inside(`${path}[${JSON.stringify(key)}]`));
        if (error) return error;
      }
      return undefined;
    }
    case "enum":
      return type.members.includes(value as string)
        ? undefined
        : mismatch(path, `one of ${type.members.join(", ")}`, value);
    case "struct": {
      if (!isRecord(value)) return mismatch(path, type.name, value);
      const error = explainFields(type.fields, value, { path, maxDepth, formMisfit });
      if (error) return error;
      const expected = formMisfit?.(type, value);
      return expected === undefined ? undefined : mismatch(path, expected, value);
    }
    case "union": {
      const kind = isRecord(value) ? value["kind"] : undefined;
      const field = type.fields.find((one) => one.name === kind);
      if (field === undefined) {
        return mismatch(
          path,
          `{ kind, value } with kind one of ${type.fields.map((one) => one.name).join(", ")}`,
          isRecord(value) ? kind : value,
        );
      }
      const inner = (value as Record<string, unknown>)["value"];
      return explain(field.type, inner, inside(`${path}.${field.name}`));
    }
    default: {
      const expected = fits(type.kind, value) ? formMisfit?.(type, value) : expectation(type.kind);
      return expected === undefined ? undefined : mismatch(path, expected, value);
    }
  }
}

export function explainFields(
  fields: readonly Field[],
  value: object,
  { path = "", maxDepth = 64, formMisfit }: ExplainOptions = {},
): RpcError | undefined {
  for (const field of fields) {
    const inherited = field.name in Object.prototype && !Object.hasOwn(value, field.name);
    const given = inherited ? undefined : (value as Record<string, unknown>)[field.name];
    // A default is of the type; whether it is of the form, too, nobody has asked yet.
    const member = given === undefined && formMisfit ? field.defaultValue : given;
    if (member === undefined && (field.optional || field.defaultValue !== undefined)) continue;
    const at = path === "" ? field.name : `${path}.${field.name}`;
    const error = explain(field.type, member, { path: at, maxDepth: maxDepth - 1, formMisfit });
    if (error) return error;
  }
  return undefined;
}

/** Whether a value fits a scalar type. */
export function fits(
  kind: Exclude<Type["kind"], "list" | "map" | "enum" | "struct" | "union">,
  value: unknown,
): boolean {
  switch (kind) {
    case "any":
      return true;
    case "bool":
      return typeof value === "boolean";
    case "int32":
      return typeof value === "number" && (value | 0) === value && value >= INT32_MIN && value <= INT32_MAX;
    case "int53":
      return Number.isSafeInteger(value);
    case "int64":
      return typeof value === "bigint" && value >= INT64_MIN && value <= INT64_MAX;
    case "float32":
      return typeof value === "number" && (!Number.isFinite(value) || Number.isFinite(Math.fround(value)));
    case "float64":
      return typeof value === "number";
    case "string":
      return typeof value === "string" && isWellFormed(value);
    case "decimal":
      return typeof value === "string" && DECIMAL.test(value);
    case "bytes":
      return value instanceof Uint8Array;
    case "timestamp":
      return value instanceof Date && value.getTime() >= MIN_TIMESTAMP_MS && value.getTime() <= MAX_TIMESTAMP_MS;
  }
}

function expectation(kind: string): string {
  if (kind === "int64") return "int64, a bigint";
  if (kind === "string") return "string, well-formed Unicode";
  if (kind === "bytes") return "bytes, a Uint8Array";
  if (kind === "timestamp") return "timestamp, a valid Date of the years 1 to 9999";
  if (kind === "decimal") return 'decimal, a string like "12.50"';
  return kind;
}
