import { messageBytes } from "../../core/bytes/output.ts";
import { defaultCodecLimits } from "../../core/codec.ts";
import type { JsonValue } from "../../core/json-value.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { wellFormed } from "../../core/well-formed.ts";
import { protobuf } from "./index.ts";

/*
 * google.protobuf.Value: JSON as a message (https://protobuf.dev/reference/protobuf/google.protobuf/#value). Its oneof is
 * a message of which one field is set.
 */

interface Dynamic {
  readonly nullValue?: "NULL_VALUE";
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: { readonly fields: Readonly<Record<string, Dynamic>> };
  readonly listValue?: { readonly values: readonly Dynamic[] };
}

const ListValue: StructType = t.struct("google.protobuf.ListValue", {
  get values() {
    return t.list(Value);
  },
});
const Struct: StructType = t.struct("google.protobuf.Struct", {
  get fields() {
    return t.map(Value);
  },
});
const Value: StructType = t.struct("google.protobuf.Value", {
  nullValue: t.optional(t.enums("google.protobuf.NullValue", ["NULL_VALUE"])),
  numberValue: t.optional(t.float64),
  stringValue: t.optional(t.string),
  boolValue: t.optional(t.bool),
  structValue: t.optional(Struct),
  listValue: t.optional(ListValue),
});

/** JSON that this side made nests 32 deep, and each level takes two messages. */
const limits = { ...defaultCodecLimits, maxDepth: 128, maxMemoryBytes: 1_000_000 };
const codec = protobuf().compile(Value, Value, { limits });

export function encodeJson(json: JsonValue): Uint8Array {
  return messageBytes(Number.POSITIVE_INFINITY, (out) => codec.encodeInto(dynamic(json), out));
}

/** Throws what the codec throws for bytes that are no `Value`. */
export function decodeJson(bytes: Uint8Array): JsonValue {
  return json(codec.decode(bytes, 0, bytes.length) as Dynamic);
}

function dynamic(value: JsonValue | undefined): Dynamic {
  switch (typeof value) {
    case "number":
      return { numberValue: value };
    case "string":
      return { stringValue: wellFormed(value) };
    case "boolean":
      return { boolValue: value };
    case "object":
      if (value === null) break;
      if (Array.isArray(value)) return { listValue: { values: value.map(dynamic) } };
      return { structValue: { fields: members(value as Readonly<Record<string, JsonValue>>, dynamic) } };
  }
  return { nullValue: "NULL_VALUE" };
}

function json(value: Dynamic): JsonValue {
  const { numberValue, stringValue, boolValue, structValue, listValue } = value;
  // JSON has no word for NaN and what is infinite.
  if (numberValue !== undefined) return Number.isFinite(numberValue) ? numberValue : String(numberValue);
  if (structValue !== undefined) return members(structValue.fields, json);
  if (listValue !== undefined) return listValue.values.map(json);
  return stringValue ?? boolValue ?? null;
}

/** Also of one that is called `__proto__`. */
function members<A, B>(all: Readonly<Record<string, A>>, of: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [wellFormed(name), of(value)]));
}
