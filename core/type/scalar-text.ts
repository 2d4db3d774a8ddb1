import { fromBase64 } from "../base64.ts";
import { fits, mismatch } from "./explain.ts";
import { readTimestamp } from "./rfc3339.ts";
import type { EnumType, ScalarType } from "./type.ts";

const INTEGER = /^-?(0|[1-9]\d{0,18})$/;
const FLOAT = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** What a text is expected to be, where the name of the type does not say it. */
const FORMS: Partial<Record<ScalarType["kind"], string>> = {
  bool: "bool, true or false",
  bytes: "bytes, as base64",
  timestamp: "timestamp, as RFC 3339",
  decimal: "decimal, like 12.50",
  string: "string, well-formed Unicode",
};

/**
 * A scalar from text, as it stands in a path or a query: what ProtoJSON and google.api.http have, and nothing else. No blanks, no
 * `+`, no leading zeros; base64 of both alphabets, padded or not; an enum by its member or its number. A text for `any` is
 * that text. Throws `INVALID_ARGUMENT`, which names `path`, for what does not fit.
 */
export function parseScalar(type: ScalarType | EnumType, text: string, path = ""): unknown {
  if (type.kind === "enum") return member(type, text, path);
  const value = scalarOf(type.kind, text);
  if (value === undefined || !fits(type.kind, value)) throw mismatch(path, FORMS[type.kind] ?? type.kind, text);
  return value;
}

function scalarOf(kind: ScalarType["kind"], text: string): unknown {
  switch (kind) {
    case "bool":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "int32":
    case "int53":
      // Without the sign of a zero.
      return INTEGER.test(text) ? Number(text) + 0 : undefined;
    case "int64":
      return INTEGER.test(text) ? BigInt(text) : undefined;
    case "float32":
    case "float64":
      return float(kind, text);
    case "bytes":
      return fromBase64(text);
    case "timestamp":
      return readTimestamp(text);
    case "string":
    case "decimal":
    case "any":
      return text;
  }
}

function float(kind: "float32" | "float64", text: string): number | undefined {
  if (Object.hasOwn(NOT_FINITE, text)) return NOT_FINITE[text];
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  const rounded = kind === "float32" ? Math.fround(value) : value;
  // One that is too great for its type is no infinity.
  return Number.isFinite(rounded) ? rounded : undefined;
}

function member(type: EnumType, text: string, path: string): string {
  if (type.members.includes(text)) return text;
  const number = INTEGER.test(text) ? Number(text) : Number.NaN;
  const found = type.members[type.numbers === undefined ? number : type.numbers.indexOf(number)];
  if (found === undefined) throw mismatch(path, `one of ${type.members.join(", ")}`, text);
  return found;
}
