import { isType } from "../type/fields.ts";
import type { ProtobufDescriptor, StandardSchema } from "../type/schema.ts";
import type { DefaultType, OptionalType, Type } from "../type/type.ts";

/*
 * Takes the place of translate.ts in browsers, by `browser` in package.json: what schemas of other libraries need is as large as
 * the rest of the client.
 */

export function isForeign(_declared: unknown): _declared is StandardSchema | ProtobufDescriptor {
  return false;
}

export function toType(declared: unknown): Type {
  if (isType(declared)) return declared;
  throw new TypeError("in a browser a contract takes types of t; schemas of other libraries are for servers");
}

export function toParam(declared: unknown): Type | OptionalType | DefaultType {
  return toWhole(declared);
}

export function toWhole(declared: unknown): Type | OptionalType {
  return (declared as OptionalType | undefined)?.kind === "optional" ? (declared as OptionalType) : toType(declared);
}
