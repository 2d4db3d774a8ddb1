import type { Output } from "../bytes/output.ts";
import type { CodecLimits, CompiledCodec } from "../codec.ts";
import type { FormMisfit } from "../type/explain.ts";
import type { StructType } from "../type/type.ts";
import { refuse } from "./misfit.ts";

/** Writes `value` at `position` and returns the position after it; throws MISFIT where it does not fit. */
export type Write = (value: unknown, out: Output, position: number, depth: number) => number;

/** A codec's `encodeInto` around the writer that was compiled for `type`: its errors say what does not fit, and where. */
export function encoder(
  type: StructType,
  write: Write,
  { maxDepth }: CodecLimits,
  formMisfit?: FormMisfit,
): CompiledCodec["encodeInto"] {
  return (value, out) => {
    try {
      out.position = write(value, out, out.position, maxDepth);
    } catch (thrown) {
      throw refuse(type, value, thrown, maxDepth, formMisfit);
    }
  };
}
