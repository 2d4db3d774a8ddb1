import { zero } from "../compile/check.ts";
import { isName } from "../name.ts";
import type { ProtobufDescriptor } from "../type/schema.ts";
import type { DefaultType, EnumType, FieldType, OptionalType, StructType, Type } from "../type/type.ts";
import {
  type EnumDescriptor,
  EXPLICIT,
  type FieldDescriptor,
  LEGACY_REQUIRED,
  type MessageDescriptor,
} from "./protobuf-descriptor.ts";
import { scalarType, scalarWord, wrapperType } from "./protobuf-scalar.ts";
import { t } from "./t.ts";

/** What was made of a descriptor, so that the same is the same, and recursion ends. */
const enums = new WeakMap<EnumDescriptor, EnumType>();
const structs = new WeakMap<MessageDescriptor, StructType>();

export function isProtobuf(schema: unknown): schema is ProtobufDescriptor {
  const desc = schema as Partial<ProtobufDescriptor> | null;
  return typeof desc === "object" && (desc?.kind === "message" || desc?.kind === "enum") && "typeName" in desc;
}

/** The type of a Protobuf-ES message or enum descriptor: the same bytes in Protobuf, the names of Protobuf-ES. */
export function fromProtobuf(desc: ProtobufDescriptor): Type {
  return desc.kind === "enum" ? enumOf(desc as EnumDescriptor) : messageOf(desc as MessageDescriptor);
}

/** A message as a struct, google.protobuf.Timestamp too: as the request or response of a service, which are messages. */
export function structFromProtobuf(desc: MessageDescriptor): StructType {
  const known = structs.get(desc);
  if (known !== undefined) return known;
  const struct = t.struct(desc.typeName, lazyFields(desc)) as StructType;
  structs.set(desc, struct);
  // Whatever is wrong with the fields is said now.
  void struct.fields;
  return struct;
}

function messageOf(desc: MessageDescriptor): Type {
  return desc.typeName === "google.protobuf.Timestamp" ? t.timestamp : structFromProtobuf(desc);
}

/** Each field by a getter, so that a message may contain itself. */
function lazyFields(desc: MessageDescriptor): Record<string, FieldType> {
  const fields: Record<string, FieldType> = {};
  for (const field of desc.fields) {
    const name = fieldName(field.localName);
    if (Object.hasOwn(fields, name)) {
      throw new TypeError(`${desc.typeName}.${field.name}: another field is called ${name} too; rename one of them`);
    }
    Object.defineProperty(fields, name, { get: () => fieldOf(desc, field), enumerable: true });
  }
  return fields;
}

/** What every object has already; Protobuf-ES marks it by `$`. Other names would reach a prototype or make a thenable. */
const inherited = new Set(["constructor", "toString", "toJSON", "valueOf"]);

function fieldName(localName: string): string {
  const name = localName.replace(/\$$/, "");
  return isName(name) && !inherited.has(name) ? name : `${name}_`;
}

function fieldOf(desc: MessageDescriptor, field: FieldDescriptor): FieldType {
  const type = fieldValue(desc, field);
  return t.field(field.number, withPresence(type, field));
}

function withPresence(type: Type, field: FieldDescriptor): Type | OptionalType | DefaultType {
  if (field.fieldKind === "list" || field.fieldKind === "map") return type;
  // Of a oneof nothing may be set, and a default would set all its members at once.
  if (field.oneof !== undefined) return t.optional(type);
  if (field.presence === LEGACY_REQUIRED) {
    // A peer of proto2 wants a required zero too, which a field with a default writes.
    return field.fieldKind === "message" ? type : t.default(type as Type, zero(type) as never);
  }
  if (field.presence !== EXPLICIT) return field.fieldKind === "message" ? t.optional(type) : type;
  const value = field.getDefaultValue?.();
  return value === undefined ? t.optional(type) : t.default(type, defaultOf(type, field, value) as never);
}

function defaultOf(type: Type, { enum: of }: FieldDescriptor, value: unknown): unknown {
  if (of !== undefined) return of.values.find(({ number }) => number === value)?.name;
  if (type.kind === "decimal") return String(value);
  return value;
}

/** What a field holds: a list, a map, or one value. */
function fieldValue(desc: MessageDescriptor, field: FieldDescriptor): Type {
  switch (field.fieldKind) {
    case "list":
      return t.list(itemOf(desc, field));
    case "map": {
      const word = scalarWord(field.mapKey as number, `${desc.typeName}.${field.name}`);
      const map = t.map(itemOf(desc, field));
      return word === "string" ? map : t.encoded(map, { protobuf: word });
    }
    case "message":
      if (field.oneof === undefined) return wrapperType(field.message?.typeName ?? "") ?? itemOf(desc, field);
      return itemOf(desc, field);
    default:
      return itemOf(desc, field);
  }
}

/** One value: the field's or an item's. */
function itemOf(desc: MessageDescriptor, field: FieldDescriptor): Type {
  const path = `${desc.typeName}.${field.name}`;
  if (field.delimitedEncoding === true) {
    throw new TypeError(`${path}: is a group, which is not supported; make it a field of a message`);
  }
  if (field.message !== undefined) return messageOf(field.message);
  if (field.enum !== undefined) return enumOf(field.enum);
  return scalarType(field.scalar as number, field.longAsString === true, path);
}

/** By the names in the .proto file, as Protobuf's JSON has them; of several with one number the first. */
function enumOf(desc: EnumDescriptor): EnumType {
  const known = enums.get(desc);
  if (known !== undefined) return known;
  const names = new Map<number, string>();
  for (const { name, number } of desc.values) if (!names.has(number)) names.set(number, name);
  const type = t.enums(desc.typeName, Object.fromEntries([...names].map(([number, name]) => [name, number])));
  enums.set(desc, type);
  return type;
}
