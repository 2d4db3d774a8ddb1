/*
 * What is read of a descriptor of Protobuf-ES (https://github.com/bufbuild/protobuf-es). It is described here, not
 * imported, so that who does not use that library needs none of its types.
 */

/** google.protobuf.FeatureSet.FieldPresence, as resolved for a field. */
export const EXPLICIT = 1;
export const IMPLICIT = 2;
export const LEGACY_REQUIRED = 3;

export interface EnumDescriptor {
  readonly kind: "enum";
  readonly typeName: string;
  readonly values: readonly { readonly name: string; readonly number: number }[];
}
export interface MessageDescriptor {
  readonly kind: "message";
  readonly typeName: string;
  readonly fields: readonly FieldDescriptor[];
}
/** A field, its list's items or its map's values by the same members. */
export interface FieldDescriptor {
  readonly name: string;
  readonly localName: string;
  readonly number: number;
  readonly fieldKind: "scalar" | "enum" | "message" | "list" | "map";
  /** Of google.protobuf.FieldDescriptorProto.Type. */
  readonly scalar?: number | undefined;
  readonly mapKey?: number | undefined;
  readonly enum?: EnumDescriptor | undefined;
  readonly message?: MessageDescriptor | undefined;
  readonly presence: number;
  /** Not one that only makes a field of proto3 `optional`. */
  readonly oneof?: object | undefined;
  /** True for a group. */
  readonly delimitedEncoding?: boolean | undefined;
  /** True where `jstype = JS_STRING` asks for 64 bits as text. */
  readonly longAsString?: boolean | undefined;
  /** What the file declares. */
  getDefaultValue?(): unknown;
}
