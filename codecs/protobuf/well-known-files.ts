import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from "./schema.ts";

/*
 * The files of google.protobuf that contracts import, for those who have no copies of them.
 */

const PACKAGE = "google.protobuf";

/** A field as it would be written: `repeated string paths`, `map<string, Value> fields`; its number is its place. */
export function fields(...texts: readonly string[]): ProtoField[] {
  return texts.map((text, place) => {
    const [, map, key = "", value, repeated, type, name = "", number] =
      /^(?:(map)<(\w+), ([\w.]+)>|(repeated )?([\w.]+)) (\w+)(?: = (\d+))?$/.exec(text) ?? [];
    const word = (map === undefined ? type : value) as string;
    return {
      name,
      number: number === undefined ? place + 1 : Number(number),
      label: map !== undefined ? "map" : repeated !== undefined ? "repeated" : "implicit",
      type: word,
      key,
      of: /^[a-z\d]+$/.test(word) ? "scalar" : /(Status|NullValue)$/.test(word) ? "enum" : "message",
      jsonName: undefined,
    };
  });
}

export function message(name: string, all: readonly ProtoField[], oneof?: string): ProtoMessage {
  return { name, fields: all, oneof };
}

export function file(
  inPackage: string,
  messages: readonly ProtoMessage[],
  more: Partial<Pick<ProtoFile, "enums" | "service">> = {},
): ProtoFile {
  return { package: inPackage, messages, enums: [], service: undefined, ...more };
}

function known(messages: readonly ProtoMessage[], enums: readonly ProtoEnum[] = []): ProtoFile {
  return file(PACKAGE, messages, { enums });
}

const wrapped = "double float int64 uint64 int32 uint32 bool string bytes".split(" ");
const wrapperNames = "Double Float Int64 UInt64 Int32 UInt32 Bool String Bytes".split(" ");
const moment = fields("int64 seconds", "int32 nanos");

/** By the name by which they are imported. */
export const wellKnownFiles: ReadonlyMap<string, ProtoFile> = new Map(
  Object.entries({
    any: known([message("Any", fields("string type_url", "bytes value"))]),
    duration: known([message("Duration", moment)]),
    empty: known([message("Empty", [])]),
    field_mask: known([message("FieldMask", fields("repeated string paths"))]),
    struct: known(
      [
        message("Struct", fields("map<string, google.protobuf.Value> fields")),
        message(
          "Value",
          fields(
            "google.protobuf.NullValue null_value",
            "double number_value",
            "string string_value",
            "bool bool_value",
            "google.protobuf.Struct struct_value",
            "google.protobuf.ListValue list_value",
          ),
          "kind",
        ),
        message("ListValue", fields("repeated google.protobuf.Value values")),
      ],
      [{ name: "NullValue", values: [{ name: "NULL_VALUE", number: 0 }] }],
    ),
    timestamp: known([message("Timestamp", moment)]),
    wrappers: known(wrapped.map((word, i) => message(`${wrapperNames[i]}Value`, fields(`${word} value`)))),
  }).map(([name, one]) => [`google/protobuf/${name}.proto`, one]),
);
