import { create, createFileRegistry, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import {
  type FieldDescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FieldDescriptorProto_Type as Kind,
  FieldDescriptorProto_Label as Label,
  type Timestamp,
  timestampFromMs,
} from "@bufbuild/protobuf/wkt";
import { integerForm, unwrapped } from "../../codecs/protobuf/form.ts";
import { numbersOf, repeats } from "../../codecs/protobuf/format.ts";
import { type ProtoField, type ProtoFile, type ProtoMessage, SchemaBuilder } from "../../codecs/protobuf/schema.ts";
import type { ListType, MapType, StructType, Type, UnionType } from "../../core/type/type.ts";

/*
 * Protobuf-ES as the oracle: a descriptor of our schema, made here without any text, and values turned into its
 * messages and back.
 */

const scalars: Readonly<Record<string, Kind>> = {
  bool: Kind.BOOL,
  int32: Kind.INT32,
  int64: Kind.INT64,
  uint32: Kind.UINT32,
  uint64: Kind.UINT64,
  sint32: Kind.SINT32,
  sint64: Kind.SINT64,
  fixed32: Kind.FIXED32,
  fixed64: Kind.FIXED64,
  sfixed32: Kind.SFIXED32,
  sfixed64: Kind.SFIXED64,
  string: Kind.STRING,
  float: Kind.FLOAT,
  double: Kind.DOUBLE,
  bytes: Kind.BYTES,
};

export function descriptorOf(type: StructType): DescMessage {
  const builder = new SchemaBuilder("shop.Test");
  const name = builder.add(type);
  const files = [file_google_protobuf_timestamp, file_google_protobuf_wrappers];
  const registry = createFileRegistry(fileOf(builder.file()), (path) =>
    files.find((file) => path === `${file.name}.proto`),
  );
  return registry.getMessage(`shop.${name}`) as DescMessage;
}

function fileOf(file: ProtoFile): ReturnType<typeof create<typeof FileDescriptorProtoSchema>> {
  return create(FileDescriptorProtoSchema, {
    name: "test.proto",
    package: file.package,
    syntax: "proto3",
    dependency: ["google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto"],
    messageType: file.messages.map((message) => messageOf(message, file.package)),
    enumType: file.enums.map(({ name, values }) => ({ name, value: [...values] })),
  });
}

function messageOf(message: ProtoMessage, scope: string): object {
  const oneofs = message.oneof === undefined ? [] : [message.oneof];
  const nested: object[] = [];
  const field = message.fields.map((one): Partial<FieldDescriptorProto> => {
    const base = {
      name: one.name,
      number: one.number,
      ...(one.jsonName === undefined ? {} : { jsonName: one.jsonName }),
    };
    if (one.label === "map") {
      const entry = `Entry${one.number}`;
      const key = { name: "key", number: 1, label: Label.OPTIONAL, type: scalars[one.key] as Kind };
      const value = { name: "value", number: 2, label: Label.OPTIONAL, ...kindOf(one, scope) };
      nested.push({ name: entry, field: [key, value], options: { mapEntry: true } });
      return { ...base, label: Label.REPEATED, type: Kind.MESSAGE, typeName: `.${scope}.${message.name}.${entry}` };
    }
    const label = one.label === "repeated" ? Label.REPEATED : Label.OPTIONAL;
    if (one.label === "optional") {
      oneofs.push(`_opt_${one.number}`);
      return { ...base, label, ...kindOf(one, scope), proto3Optional: true, oneofIndex: oneofs.length - 1 };
    }
    return { ...base, label, ...kindOf(one, scope), ...(message.oneof === undefined ? {} : { oneofIndex: 0 }) };
  });
  return { name: message.name, field, nestedType: nested, oneofDecl: oneofs.map((name) => ({ name })) };
}

function kindOf({ type, of }: ProtoField, scope: string): { type: Kind; typeName?: string } {
  if (of === "scalar") return { type: scalars[type] as Kind };
  return {
    type: of === "enum" ? Kind.ENUM : Kind.MESSAGE,
    typeName: type.startsWith("google.") ? `.${type}` : `.${scope}.${type}`,
  };
}

export function toMessage(type: StructType | UnionType, value: unknown, desc: DescMessage): Message {
  const init: Record<string, unknown> = {};
  const from = value as Record<string, unknown>;
  for (const field of type.fields) {
    const target = desc.fields.find((one) => one.number === field.number) as DescField;
    if (type.kind === "union") {
      if (from["kind"] !== field.name) continue;
      const oneof = target.oneof?.localName as string;
      init[oneof] = { case: target.localName, value: toItem(field.type, from["value"], target.message) };
      continue;
    }
    const given = from[field.name] ?? field.defaultValue;
    if (given === undefined) continue;
    init[target.localName] = repeats(field)
      ? toRepeated(field.type as ListType | MapType, given, target.message)
      : toSingle(field.type, given, target.message);
  }
  // By assignment, because `create` leaves out what it takes for unset.
  return Object.assign(create(desc), init);
}

/** Protobuf-ES has the value itself for a wrapper that is a field, and the message anywhere else. */
function toItem(type: Type, value: unknown, message: DescMessage | undefined): unknown {
  const single = toSingle(type, value, message);
  return unwrapped(type) === undefined ? single : Object.assign(create(message as DescMessage), { value: single });
}

function toSingle(given: Type, value: unknown, message: DescMessage | undefined): unknown {
  const type = unwrapped(given) ?? given;
  const form = integerForm(type);
  if (form !== undefined) return form.word.endsWith("64") ? BigInt(value as string) : Number(value);
  switch (type.kind) {
    case "struct":
    case "union":
      return toMessage(type, value, message as DescMessage);
    case "list":
    case "map": {
      const [inner] = (message as DescMessage).fields as [DescField];
      return Object.assign(create(message as DescMessage), {
        [inner.localName]: toRepeated(type, value, inner.message),
      });
    }
    case "timestamp":
      return timestampFromMs((value as Date).getTime());
    case "int53":
      return BigInt(value as number);
    case "enum":
      return numbersOf(type)[type.members.indexOf(value as string)];
    default:
      return value;
  }
}

function toRepeated(type: ListType | MapType, value: unknown, message: DescMessage | undefined): unknown {
  if (type.kind === "list") return (value as unknown[]).map((one) => toItem(type.item, one, message));
  return mapped(value, (one) => toItem(type.value, one, message));
}

function mapped(value: unknown, one: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, one(item)]));
}

export function fromMessage(type: StructType | UnionType, message: Message, desc: DescMessage): unknown {
  const from = message as unknown as Record<string, unknown>;
  if (type.kind === "union") {
    const oneof = from[desc.oneofs[0]?.localName as string] as { case: string; value: unknown };
    const target = desc.fields.find((one) => one.localName === oneof.case) as DescField;
    const field = type.fields.find((one) => one.number === target.number) as (typeof type.fields)[number];
    return { kind: field.name, value: fromItem(field.type, oneof.value, target.message) };
  }
  const value: Record<string, unknown> = {};
  for (const field of type.fields) {
    const target = desc.fields.find((one) => one.number === field.number) as DescField;
    const got = Object.hasOwn(from, target.localName) ? from[target.localName] : undefined;
    if (repeats(field)) value[field.name] = fromRepeated(field.type as ListType | MapType, got, target.message);
    else if (got !== undefined) value[field.name] = fromSingle(field.type, got, target.message);
    else if (field.defaultValue !== undefined) value[field.name] = field.defaultValue;
    else if (field.type.kind === "timestamp" && !field.optional) value[field.name] = new Date(0);
  }
  return value;
}

function fromItem(type: Type, value: unknown, message: DescMessage | undefined): unknown {
  const item = unwrapped(type) === undefined ? value : (value as Record<string, unknown>)["value"];
  return fromSingle(type, item, message);
}

function fromSingle(given: Type, value: unknown, message: DescMessage | undefined): unknown {
  const type = unwrapped(given) ?? given;
  const form = integerForm(type);
  if (form !== undefined && type.kind === "decimal") return String(value);
  switch (type.kind) {
    case "struct":
    case "union":
      return fromMessage(type, value as Message, message as DescMessage);
    case "list":
    case "map": {
      const [inner] = (message as DescMessage).fields as [DescField];
      return fromRepeated(type, (value as Record<string, unknown>)[inner.localName], inner.message);
    }
    case "timestamp": {
      const { seconds, nanos } = value as Timestamp;
      return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1_000_000));
    }
    case "decimal":
      // A peer that left the text out.
      return value === "" ? "0" : value;
    case "int32":
    case "int53":
      return Number(value);
    case "int64":
      return BigInt(value as bigint | number);
    case "enum":
      return type.members[numbersOf(type).indexOf(value as number)];
    case "bytes":
      return new Uint8Array(value as Uint8Array);
    default:
      return value;
  }
}

function fromRepeated(type: ListType | MapType, value: unknown, message: DescMessage | undefined): unknown {
  if (type.kind === "list") return (value as unknown[]).map((one) => fromItem(type.item, one, message));
  return mapped(value, (one) => fromItem(type.value, one, message));
}
