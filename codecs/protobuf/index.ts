export { type AnyType, anyOf, type PackedAny, pack, unpack } from "./any.ts";
export { protobuf } from "./codec.ts";
export { protoDescriptorSet } from "./descriptor.ts";
export { protoText, typeProtoText } from "./proto-text.ts";
