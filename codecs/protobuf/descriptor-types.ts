import { t } from "../../core/schema/t.ts";
import type { Infer, StructFor } from "../../core/type/type.ts";

/*
 * What a descriptor of a file says (https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto),
 * as far as a contract has it. Whether a number is there counts in proto2, so that numbers are optional: a zero is written.
 */

const field = t.field;
const text = t.optional(t.string);

export const FieldDescriptor = t.struct("google.protobuf.FieldDescriptorProto", {
  name: field(1, t.string),
  number: field(3, t.optional(t.int32)),
  label: field(4, t.optional(t.int32)),
  type: field(5, t.optional(t.int32)),
  typeName: field(6, text),
  oneofIndex: field(9, t.optional(t.int32)),
  jsonName: field(10, text),
  proto3Optional: field(17, t.optional(t.bool)),
});
export type FieldDescriptor = Infer<typeof FieldDescriptor>;

export const EnumDescriptor = t.struct("google.protobuf.EnumDescriptorProto", {
  name: field(1, t.string),
  value: field(
    2,
    t.list(
      t.struct("google.protobuf.EnumValueDescriptorProto", {
        name: field(1, t.string),
        number: field(2, t.optional(t.int32)),
      }),
    ),
  ),
});
export type EnumDescriptor = Infer<typeof EnumDescriptor>;

export interface MessageDescriptor {
  name: string;
  field: FieldDescriptor[];
  nestedType: MessageDescriptor[];
  enumType: EnumDescriptor[];
  options?: { mapEntry: boolean } | undefined;
  oneofDecl: { name: string }[];
}
const DescriptorProto: StructFor<MessageDescriptor> = t.struct("google.protobuf.DescriptorProto", {
  name: field(1, t.string),
  field: field(2, t.list(FieldDescriptor)),
  get nestedType() {
    return field(3, t.list(DescriptorProto));
  },
  enumType: field(4, t.list(EnumDescriptor)),
  options: field(7, t.optional(t.struct("google.protobuf.MessageOptions", { mapEntry: field(7, t.bool) }))),
  oneofDecl: field(8, t.list(t.struct("google.protobuf.OneofDescriptorProto", { name: field(1, t.string) }))),
});

export const MethodDescriptor = t.struct("google.protobuf.MethodDescriptorProto", {
  name: field(1, t.string),
  inputType: field(2, t.string),
  outputType: field(3, t.string),
  options: field(
    4,
    t.optional(t.struct("google.protobuf.MethodOptions", { idempotencyLevel: field(34, t.optional(t.int32)) })),
  ),
  clientStreaming: field(5, t.optional(t.bool)),
  serverStreaming: field(6, t.optional(t.bool)),
});
export type MethodDescriptor = Infer<typeof MethodDescriptor>;

const Location = t.struct("google.protobuf.SourceCodeInfo.Location", {
  path: field(1, t.list(t.int32)),
  span: field(2, t.list(t.int32)),
  leadingComments: field(3, t.string),
});
export type Location = Infer<typeof Location>;

export const FileDescriptor = t.struct("google.protobuf.FileDescriptorProto", {
  name: field(1, t.string),
  package: field(2, t.string),
  dependency: field(3, t.list(t.string)),
  messageType: field(4, t.list(DescriptorProto)),
  enumType: field(5, t.list(EnumDescriptor)),
  service: field(
    6,
    t.list(
      t.struct("google.protobuf.ServiceDescriptorProto", {
        name: field(1, t.string),
        method: field(2, t.list(MethodDescriptor)),
      }),
    ),
  ),
  sourceCodeInfo: field(
    9,
    t.optional(t.struct("google.protobuf.SourceCodeInfo", { location: field(1, t.list(Location)) })),
  ),
  syntax: field(12, t.string),
});
export type FileDescriptor = Infer<typeof FileDescriptor>;

export const FileDescriptorSet = t.struct("google.protobuf.FileDescriptorSet", {
  file: t.list(FileDescriptor),
});
