import { messageBytes } from "../../core/bytes/output.ts";
import { defaultCodecLimits } from "../../core/codec.ts";
import type { JsonValue } from "../../core/json-value.ts";
import { fromDynamic, toDynamic } from "../../core/type/well-known-json.ts";
import { wellFormed } from "../../core/well-formed.ts";
import { protobuf } from "./codec.ts";
import { Value } from "./well-known-types.ts";

/** JSON that this side made nests 32 deep, and each level takes two messages. */
const limits = { ...defaultCodecLimits, maxDepth: 128, maxMemoryBytes: 1_000_000 };
const codec = protobuf().compile(Value, Value, { limits });

/** JSON as the bytes of a google.protobuf.Value. */
export function encodeJson(json: JsonValue): Uint8Array {
  return messageBytes(Number.POSITIVE_INFINITY, (out) => codec.encodeInto(toDynamic(json, wellFormed), out));
}

/** Throws what the codec throws for bytes that are no `Value`; what JSON cannot say is `undefined`. */
export function decodeJson(bytes: Uint8Array): unknown {
  return fromDynamic(codec.decode(bytes, 0, bytes.length) as Parameters<typeof fromDynamic>[0]);
}
