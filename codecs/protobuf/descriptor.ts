import { messageBytes } from "../../core/bytes/output.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import type { StructType } from "../../core/type/type.ts";
import { protobuf } from "./codec.ts";
import { contractSchema } from "./contract-schema.ts";
import {
  type EnumDescriptor,
  type FieldDescriptor,
  FileDescriptor,
  FileDescriptorSet,
  type Location,
  type MessageDescriptor,
  type MethodDescriptor,
} from "./descriptor-types.ts";
import { defaultJsonName } from "./names.ts";
import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage, ProtoMethod } from "./schema.ts";
import { filesOf } from "./well-known.ts";
import { wellKnownFiles } from "./well-known-files.ts";

/** The numbers of google.protobuf.FieldDescriptorProto.Type. */
const types: Readonly<Record<string, number>> = Object.fromEntries(
  [
    "double float int64 uint64 int32 fixed64 fixed32 bool string group message bytes uint32 enum sfixed32 sfixed64",
    "sint32 sint64",
  ]
    .join(" ")
    .split(" ")
    .map((word, place) => [word, place + 1]),
);
const [OPTIONAL, REPEATED] = [1, 3];
const [NO_SIDE_EFFECTS, IDEMPOTENT] = [1, 2];
/** The numbers, in a file and in its messages, by which comments say what they are of. */
const [MESSAGES, ENUMS, SERVICES, MEMBERS] = [4, 5, 6, 2];

/** The name of the file in which `protoText` of a contract stands: `shop/Orders.proto`. */
export function fileNameOf(contract: Pick<ContractDescriptor, "name">): string {
  return `${contract.name.replaceAll(".", "/")}.proto`;
}

/** The file that `protoText` prints, as a descriptor; without options of google.api.http, which need files of their own. */
export function fileDescriptor(contract: ContractDescriptor): FileDescriptor {
  return describeFile(contractSchema(contract), fileNameOf(contract));
}

/**
 * A google.protobuf.FileDescriptorSet of what `protoText` prints and all that it imports, as `protoc --include_imports
 * --descriptor_set_out` makes it, comments included: for protoc's `--descriptor_set_in`, buf, grpcurl's `-protoset` and the
 * registries of other languages. It has no options of google.api.http.
 */
export function protoDescriptorSet(contract: ContractDescriptor): Uint8Array {
  const file = fileDescriptor(contract);
  const imported = file.dependency.flatMap((name) => wellKnownDescriptor(name) ?? []);
  return bytesOf(FileDescriptorSet, { file: [...imported, file] });
}

/** A file that `protoText` may import. */
export function wellKnownDescriptor(name: string): FileDescriptor | undefined {
  const known = wellKnownFiles.get(name);
  return known && describeFile(known, name);
}

export function fileBytes(file: FileDescriptor): Uint8Array {
  return bytesOf(FileDescriptor, file);
}

function bytesOf(type: StructType, value: unknown): Uint8Array {
  const codec = protobuf().compile(type, type);
  return messageBytes(Number.POSITIVE_INFINITY, (out) => codec.encodeInto(value, out));
}

export function describeFile(file: ProtoFile, name: string): FileDescriptor {
  const { messages, enums, service } = file;
  const methods = service?.methods ?? [];
  const used = [
    ...methods.flatMap(({ request, response }) => [request, response]),
    ...messages.flatMap(({ fields }) => fields.map(({ type }) => type)),
  ];
  const location = comments(file);
  return {
    name,
    package: file.package,
    dependency: filesOf(used).filter((one) => one !== name),
    messageType: messages.map((message) => describeMessage(message, file.package)),
    enumType: enums.map(describeEnum),
    service: service === undefined ? [] : [{ name: service.name, method: methods.map((one) => method(one, file)) }],
    ...(location.length > 0 && { sourceCodeInfo: { location } }),
    syntax: "proto3",
  };
}

/** Types of the file stand side by side; those that it imports say their package. */
function qualified(type: string, inPackage: string): string {
  return type.startsWith("google.protobuf.") || inPackage === "" ? `.${type}` : `.${inPackage}.${type}`;
}

function method(method: ProtoMethod, { package: inPackage }: ProtoFile): MethodDescriptor {
  const { name, request, response, clientStream, serverStream, idempotent, noSideEffects } = method;
  const idempotencyLevel = noSideEffects ? NO_SIDE_EFFECTS : idempotent ? IDEMPOTENT : undefined;
  return {
    name,
    inputType: qualified(request, inPackage),
    outputType: qualified(response, inPackage),
    ...(idempotencyLevel && { options: { idempotencyLevel } }),
    ...(clientStream && { clientStreaming: true }),
    ...(serverStream && { serverStreaming: true }),
  };
}

function describeMessage({ name, fields, oneof, nested = [] }: ProtoMessage, inPackage: string): MessageDescriptor {
  const declared = [...new Set(fields.map((field) => field.oneof ?? oneof).filter((one) => one !== undefined))];
  // What is optional by itself is a oneof of its own, behind those that were declared.
  const taken = new Set([...declared, ...fields.map((field) => field.name)]);
  const optional = new Map(
    fields.filter(({ label }) => label === "optional").map((field) => [field, ownOneof(field.name, taken)]),
  );
  const oneofs = [...declared, ...optional.values()];
  const full = inPackage === "" ? name : `${inPackage}.${name}`;
  return {
    name,
    field: fields.map((field) => {
      const group = optional.get(field) ?? field.oneof ?? oneof;
      return {
        ...describeField(field, full, inPackage),
        ...(group !== undefined && { oneofIndex: oneofs.indexOf(group) }),
      };
    }),
    nestedType: fields.filter(({ label }) => label === "map").map((field) => entry(field, inPackage)),
    enumType: nested.map(describeEnum),
    oneofDecl: oneofs.map((one) => ({ name: one })),
  };
}

/** As protoc calls it. */
function ownOneof(field: string, taken: Set<string>): string {
  let name = field.startsWith("_") ? field : `_${field}`;
  while (taken.has(name)) name = `X${name}`;
  taken.add(name);
  return name;
}

function describeField(field: ProtoField, message: string, inPackage: string): FieldDescriptor {
  const { name, number, label, jsonName = defaultJsonName(name) } = field;
  const head = { name, number, label: label === "repeated" || label === "map" ? REPEATED : OPTIONAL };
  if (label === "map")
    return { ...head, type: types["message"] as number, typeName: `.${message}.${entryName(field)}`, jsonName };
  return { ...head, ...typeOf(field, inPackage), jsonName, ...(label === "optional" && { proto3Optional: true }) };
}

function typeOf({ type, of }: ProtoField, inPackage: string): Pick<FieldDescriptor, "type" | "typeName"> {
  if (of === "scalar") return { type: types[type] as number };
  return { type: types[of] as number, typeName: qualified(type, inPackage) };
}

/** The message that each entry of a map is, by the name that compilers ask for. */
function entry(field: ProtoField, inPackage: string): MessageDescriptor {
  const key = { name: "key", number: 1, label: OPTIONAL, type: types[field.key] as number, jsonName: "key" };
  const value = { name: "value", number: 2, label: OPTIONAL, ...typeOf(field, inPackage), jsonName: "value" };
  return {
    name: entryName(field),
    field: [key, value],
    nestedType: [],
    enumType: [],
    options: { mapEntry: true },
    oneofDecl: [],
  };
}

function entryName({ name }: ProtoField): string {
  const words = name.split("_").map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join("")}Entry`;
}

function describeEnum({ name, values }: ProtoEnum): EnumDescriptor {
  return { name, value: values.map(({ name, number }) => ({ name, number })) };
}

function comments({ messages, enums, service }: ProtoFile): Location[] {
  const all: Location[] = [];
  const add = (comment: string | undefined, ...path: number[]): void => {
    // Compilers keep the blank behind the two strokes.
    if (comment !== undefined)
      all.push({ path, span: [0, 0, 0], leadingComments: ` ${comment.replace(/\n(?=.)/g, "\n ")}\n` });
  };
  add(service?.comment, SERVICES, 0);
  for (const [i, one] of (service?.methods ?? []).entries()) add(one.comment, SERVICES, 0, MEMBERS, i);
  for (const [i, message] of messages.entries()) {
    add(message.comment, MESSAGES, i);
    for (const [j, field] of message.fields.entries()) add(field.comment, MESSAGES, i, MEMBERS, j);
  }
  for (const [i, one] of enums.entries()) add(one.comment, ENUMS, i);
  return all;
}
