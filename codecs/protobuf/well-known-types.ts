import { t } from "../../core/schema/t.ts";
import type { ScalarType, StructType } from "../../core/type/type.ts";

/*
 * The messages that every implementation of Protobuf has (https://protobuf.dev/reference/protobuf/google.protobuf/), by the
 * names that a .proto file gives their fields in JSON. The oneof of `Value` is a message of which one field is set.
 */

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
export const Value: StructType = t.struct("google.protobuf.Value", {
  nullValue: t.optional(t.enums("google.protobuf.NullValue", ["NULL_VALUE"])),
  numberValue: t.optional(t.float64),
  stringValue: t.optional(t.string),
  boolValue: t.optional(t.bool),
  structValue: t.optional(Struct),
  listValue: t.optional(ListValue),
});
export const Duration = t.struct("google.protobuf.Duration", { seconds: t.int64, nanos: t.int32 });

const wrapped: Readonly<Record<string, ScalarType>> = {
  BoolValue: t.bool,
  BytesValue: t.bytes,
  DoubleValue: t.float64,
  FloatValue: t.float32,
  Int32Value: t.int32,
  Int64Value: t.int64,
  StringValue: t.string,
  UInt32Value: t.encoded(t.int53, { protobuf: "uint32" }),
  UInt64Value: t.encoded(t.decimal, { protobuf: "uint64" }),
};

/** By name, but for Any, which each schema has with the types that it may hold. */
export const wellKnownTypes: ReadonlyMap<string, StructType> = new Map(
  [
    ListValue,
    Struct,
    Value,
    Duration,
    t.struct("google.protobuf.Timestamp", { seconds: t.int64, nanos: t.int32 }),
    t.struct("google.protobuf.FieldMask", { paths: t.list(t.string) }),
    t.struct("google.protobuf.Empty", {}),
    ...Object.entries(wrapped).map(([name, value]) => t.struct(`google.protobuf.${name}`, { value })),
  ].map((type): [string, StructType] => [type.name, type]),
);
