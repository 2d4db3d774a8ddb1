import type protobufjs from "protobufjs";
import {
  type EnumDescriptor,
  EXPLICIT,
  type FieldDescriptor,
  IMPLICIT,
  LEGACY_REQUIRED,
  type MessageDescriptor,
} from "../../core/schema/protobuf-descriptor.ts";
import { InputError } from "../input-error.ts";
import type { ServiceDescriptor } from "./service.ts";

/** The numbers of google.protobuf.FieldDescriptorProto.Type. */
const scalars: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};

/** What protobufjs has parsed, as descriptors of Protobuf-ES have it. */
export class ProtoDescriptors {
  readonly #messages = new Map<protobufjs.Type, MessageDescriptor>();
  readonly #enums = new Map<protobufjs.Enum, EnumDescriptor>();

  service(service: protobufjs.Service): ServiceDescriptor {
    return {
      typeName: nameOf(service),
      methods: service.methodsArray.map((method) => ({
        name: method.name,
        input: this.message(method.resolvedRequestType as protobufjs.Type),
        output: this.message(method.resolvedResponseType as protobufjs.Type),
        clientStream: method.requestStream === true,
        serverStream: method.responseStream === true,
        idempotent: /^(IDEMPOTENT|NO_SIDE_EFFECTS)$/.test(String(method.options?.["idempotency_level"])),
        noSideEffects: method.options?.["idempotency_level"] === "NO_SIDE_EFFECTS",
        http: optionOf(method, "google.api.http"),
      })),
    };
  }

  message(type: protobufjs.Type): MessageDescriptor {
    const known = this.#messages.get(type);
    if (known !== undefined) return known;
    const fields: FieldDescriptor[] = [];
    const desc: MessageDescriptor = { kind: "message", typeName: nameOf(type), fields };
    // Known before its fields are, so that recursion ends.
    this.#messages.set(type, desc);
    for (const field of type.fieldsArray) if (!field.declaringField) fields.push(this.#field(field));
    return desc;
  }

  enum(type: protobufjs.Enum): EnumDescriptor {
    const known = this.#enums.get(type);
    if (known !== undefined) return known;
    const values = Object.entries(type.values).map(([name, number]) => ({ name, number }));
    const desc: EnumDescriptor = { kind: "enum", typeName: nameOf(type), values };
    this.#enums.set(type, desc);
    return desc;
  }

  #field(field: protobufjs.Field): FieldDescriptor {
    const { name, id, resolvedType: of } = field;
    // With the means that `instanceof` takes, a module that is loaded on use would have to be handed around.
    const isEnum = of !== null && "values" in of;
    const message = of === null || isEnum ? undefined : this.message(of as protobufjs.Type);
    return {
      name,
      localName: camelCase(name),
      number: id,
      fieldKind: field.map ? "map" : field.repeated ? "list" : message ? "message" : isEnum ? "enum" : "scalar",
      scalar: scalars[field.type],
      mapKey: field.map ? scalars[(field as unknown as protobufjs.MapField).keyType] : undefined,
      enum: isEnum ? this.enum(of as protobufjs.Enum) : undefined,
      message,
      presence: field.required ? LEGACY_REQUIRED : field.hasPresence ? EXPLICIT : IMPLICIT,
      oneof: field.partOf !== null && !field.partOf.isProto3Optional ? field.partOf : undefined,
      delimitedEncoding: field.delimited,
      longAsString: field.options?.["jstype"] === "JS_STRING",
      getDefaultValue: () => defaultOf(field),
    };
  }
}

/** The declared default: a number for an enum, a bigint for 64 bits. */
function defaultOf(field: protobufjs.Field): unknown {
  const declared: unknown = field.options?.["default"];
  if (declared === undefined) return undefined;
  if (field.bytes) return Uint8Array.from(field.defaultValue as Uint8Array);
  if (!field.long) return field.defaultValue;
  if (Number.isSafeInteger(declared)) return BigInt(declared as number);
  throw new InputError(
    `${field.fullName.slice(1)}: its default is beyond 2^53 and cannot be read exactly; leave it out`,
  );
}

/** An option that is a message, whole. */
function optionOf({ parsedOptions }: protobufjs.Method, name: string): unknown {
  const all = (parsedOptions ?? []) as readonly Readonly<Record<string, unknown>>[];
  return all.map((one) => one[`(${name})`] ?? one[`(.${name})`]).find((value) => value !== undefined);
}

/** How Protobuf makes the name in JSON. */
export function camelCase(name: string): string {
  return name.replace(/_+([a-z])/g, (_, letter: string) => letter.toUpperCase()).replaceAll("_", "");
}

export function nameOf({ fullName }: protobufjs.ReflectionObject): string {
  return fullName.replace(/^\./, "");
}
