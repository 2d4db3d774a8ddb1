import { avroJson } from "../../core/schema/avro.ts";
import { isType } from "../../core/type/fields.ts";
import type { Type } from "../../core/type/type.ts";
import { canonicalForm } from "./canonical.ts";
import { type AvroSchema, avroSchema } from "./schema.ts";

/** The fingerprint of no bytes, and the polynomial. */
const EMPTY = 0xc15d213aa4d7a795n;

/**
 * The 64-bit Rabin fingerprint (`CRC-64-AVRO`) of the parsing canonical form of a type's schema, or of a schema or its
 * text: an integer without a sign, where Java's has one.
 */
export function avroFingerprint(schema: Type | AvroSchema): bigint {
  const json = isType(schema) ? avroSchema(schema) : (avroJson(schema) as AvroSchema);
  let fingerprint = EMPTY;
  for (const byte of new TextEncoder().encode(canonicalForm(json))) {
    fingerprint ^= BigInt(byte);
    for (let i = 0; i < 8; i++) fingerprint = (fingerprint >> 1n) ^ (fingerprint & 1n ? EMPTY : 0n);
  }
  return fingerprint;
}
