import type { Type } from "../type/type.ts";
import { AvroTranslator } from "./avro-translator.ts";

/** An Avro schema as JSON: a union or an object; the name of a primitive alone is `t`'s to say. */
export type AvroSchema = readonly unknown[] | { readonly type: unknown };

const WORDS = new Set("null boolean int long float double bytes string record error enum array map fixed".split(" "));
/** Words that both Avro and JSON Schema use for `type`. */
const SHARED = new Set(["null", "boolean", "string", "array"]);

/** True for what can only be an Avro schema; JSON Schema has `items` too, but no names of Avro's primitives. */
export function isAvro(schema: unknown): schema is AvroSchema {
  if (typeof schema === "string") return WORDS.has(schema);
  if (Array.isArray(schema)) return true;
  if (typeof schema !== "object" || schema === null) return false;
  const { type, logicalType, items } = schema as { type?: unknown; logicalType?: unknown; items?: unknown };
  if (typeof type === "object" && type !== null && !Array.isArray(type)) return isAvro(type);
  if (typeof type !== "string" || !WORDS.has(type)) return false;
  if (logicalType !== undefined || !SHARED.has(type)) return true;
  return type === "array" && (Array.isArray(items) ? items.some(isAvro) : isAvro(items));
}

/**
 * The type of an Avro schema: plain JSON, or its text. Its words that have no kind of their own here are kept in the
 * type's encoding, so that the Avro codec writes the bytes of the schema, and `avroSchema` prints it again.
 */
export function fromAvro(schema: unknown): Type {
  const translator = new AvroTranslator();
  const type = translator.type(avroJson(schema), { path: "the schema", namespace: "" });
  translator.finish();
  return type;
}

/** A schema as JSON, of which it may be the text; a name is not. */
export function avroJson(schema: unknown): unknown {
  return typeof schema === "string" && /^\s*["[{]/.test(schema) ? JSON.parse(schema) : schema;
}
