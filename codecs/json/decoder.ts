import { readUtf8 } from "../../core/bytes/text.ts";
import type { CodecLimits } from "../../core/codec.ts";
import { memoryFor } from "../../core/compile/memory.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import type { Shape } from "../../core/compile/source.ts";
import { RpcError } from "../../core/error.ts";
import type { StructType } from "../../core/type/type.ts";
import { compileParser, MISS } from "./parser.ts";
import type { Revivers } from "./reviver.ts";
import { mayBreakPairs } from "./string.ts";

export type Decode = (bytes: Uint8Array, start: number, end: number, limits: CodecLimits) => unknown;

/**
 * Reads what our own encoder writes straight from the bytes. Whatever else is valid JSON, keys in another order for one,
 * goes through JSON.parse and the compiled check, which also knows where an error is. JSON.parse is not told how much memory
 * it may take: nothing that it reads becomes more than some 22 times its text, names like indexes and `[[],[]]` included.
 */
export function compileDecoder(type: StructType, shape: Shape, revivers: Revivers): Decode {
  const parse = compileParser(type, shape);
  const revive = revivers.of(type);
  return (bytes, start, end, limits) => {
    const memory = memoryFor(limits, end - start);
    if (parse !== undefined) {
      const value = parse(bytes, start, end, memory);
      if (value !== MISS) return value;
    }
    const text = readUtf8(bytes, start, end);
    const json = parseJson(text);
    try {
      return revive(json, { memory, brokenPairs: mayBreakPairs(text, end - start) }, limits.maxDepth);
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `json: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}
