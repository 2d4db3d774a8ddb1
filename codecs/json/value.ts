import { Output } from "../../core/bytes/output.ts";
import { defaultCodecLimits } from "../../core/codec.ts";
import { Shape } from "../../core/compile/source.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { compileDecoder } from "./decoder.ts";
import { compileWriter } from "./encoder.ts";

/** One value as the JSON that this codec writes, parsed; for schemas and files, as each call compiles anew. */
export function toJson(type: Type, value: unknown): unknown {
  const out = new Output();
  const end = compileWriter(holder(type), new Shape())({ value }, out, 0, defaultCodecLimits.maxDepth);
  return (JSON.parse(new TextDecoder().decode(out.buffer.subarray(0, end))) as { value: unknown }).value;
}

/** The value of such JSON; throws an `RpcError` where it does not fit. */
export function fromJson(type: Type, json: unknown): unknown {
  const bytes = new TextEncoder().encode(JSON.stringify({ value: json }));
  const decode = compileDecoder(holder(type), new Shape());
  return (decode(bytes, 0, bytes.length, defaultCodecLimits) as { value: unknown }).value;
}

function holder(type: Type): StructType {
  const field = { name: "value", number: 1, type, optional: false, defaultValue: undefined };
  return { kind: "struct", name: "value", fields: [field] };
}
