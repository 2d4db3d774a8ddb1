import { isType } from "../type/fields.ts";
import type { ProtobufDescriptor, Schema, StandardSchema } from "../type/schema.ts";
import type { DefaultType, OptionalType, SchemaOf, Type } from "../type/type.ts";
import { fromAvro, isAvro } from "./avro.ts";
import { fromJsonSchema } from "./json-schema.ts";
import { fromProtobuf, isProtobuf } from "./protobuf.ts";
import { fromStandard, fromStandardOptional, fromStandardParam, isStandard } from "./standard.ts";

/** Whether it is a schema of another library that may have a `kind` of its own. */
export function isForeign(declared: unknown): declared is StandardSchema | ProtobufDescriptor {
  return isStandard(declared) || isProtobuf(declared);
}

/**
 * The type that a schema of any known kind describes; a type of `t` is itself. `name` is for what a schema leaves
 * without one.
 */
export function toType(schema: unknown, name?: string): Type {
  if (isStandard(schema)) return fromStandard(schema, name);
  if (isProtobuf(schema)) return fromProtobuf(schema);
  if (isType(schema)) return schema;
  if (isAvro(schema)) return fromAvro(schema);
  return fromJsonSchema(schema, name);
}

/** As `toWhole`, for a parameter, of which a Standard Schema may also say a default. */
export function toParam(schema: unknown, name: string): Type | OptionalType | DefaultType {
  return isStandard(schema) ? fromStandardParam(schema, name) : toWhole(schema, name);
}

/** As `toType`, for a whole parameter or result, which may be absent: where `t` or a Standard Schema says so. */
export function toWhole(schema: unknown, name: string): Type | OptionalType {
  if ((schema as OptionalType | undefined)?.kind === "optional") return schema as OptionalType;
  return isStandard(schema) ? fromStandardOptional(schema, name) : toType(schema, name);
}

/**
 * A schema of another library as a type, for use inside of `t`: `t.list(typeOf(Item))`. A contract takes schemas as
 * they are. `name` is for an object or enum that has no name of its own; it throws a `TypeError` where one is missing.
 */
export function typeOf<const S extends Schema | readonly unknown[]>(schema: S, name?: string): SchemaOf<S> {
  return toType(schema, name) as SchemaOf<S>;
}
