import type { ScalarType } from "../type/type.ts";
import { t } from "./t.ts";

interface Scalar {
  readonly type: ScalarType;
  /** Its name in a .proto file. */
  readonly word: string;
}

function integer(type: ScalarType, word: string): Scalar {
  return { type: t.encoded(type, { protobuf: word }), word };
}

/** By the numbers of google.protobuf.FieldDescriptorProto.Type. */
const scalars: Readonly<Record<number, Scalar>> = {
  1: { type: t.float64, word: "double" },
  2: { type: t.float32, word: "float" },
  3: { type: t.int64, word: "int64" },
  4: integer(t.int64, "uint64"),
  5: { type: t.int32, word: "int32" },
  6: integer(t.int64, "fixed64"),
  7: integer(t.int53, "fixed32"),
  8: { type: t.bool, word: "bool" },
  9: { type: t.string, word: "string" },
  12: { type: t.bytes, word: "bytes" },
  13: integer(t.int53, "uint32"),
  15: integer(t.int32, "sfixed32"),
  16: integer(t.int64, "sfixed64"),
  17: integer(t.int32, "sint32"),
  18: integer(t.int64, "sint64"),
};

/** `asText` gives 64 bits as a decimal, as `jstype = JS_STRING` asks for. */
export function scalarType(number: number, asText: boolean, path: string): ScalarType {
  const { type, word } = scalarOf(number, path);
  return asText && type.kind === "int64" ? t.encoded(t.decimal, { protobuf: word }) : type;
}

export function scalarWord(number: number, path: string): string {
  return scalarOf(number, path).word;
}

function scalarOf(number: number, path: string): Scalar {
  const scalar = scalars[number];
  if (scalar === undefined)
    throw new TypeError(`${path}: Protobuf has no scalar type ${number}; generate the code anew`);
  return scalar;
}

/** The scalar in a message like google.protobuf.StringValue, which stands for the scalar where it is a field. */
export function wrapperType(typeName: string): ScalarType | undefined {
  return wrappers.get(typeName);
}

const wrappers: ReadonlyMap<string, ScalarType> = new Map(
  Object.entries({
    BoolValue: t.bool,
    Int32Value: t.int32,
    Int64Value: t.int64,
    UInt32Value: t.int53,
    UInt64Value: t.int64,
    FloatValue: t.float32,
    DoubleValue: t.float64,
    StringValue: t.string,
    BytesValue: t.bytes,
  }).map(([name, type]) => {
    const typeName = `google.protobuf.${name}`;
    return [typeName, t.encoded(type as ScalarType, { protobuf: typeName })];
  }),
);
