import type { CompiledCodec } from "../codec.ts";
import { refuseForeign } from "./foreign.ts";

/**
 * A message whose functions are made on first use: a contract of hundreds of operations is agreed on at once, and who
 * calls three of them waits for three. What can be wrong with the types must have been found before.
 * Nobody writes by a `foreign` type.
 */
export function lazyCodec(
  foreign: boolean,
  makeEncode: () => CompiledCodec["encodeInto"],
  makeDecode: () => CompiledCodec["decode"],
): CompiledCodec {
  let encode: CompiledCodec["encodeInto"] | undefined;
  let decode: CompiledCodec["decode"] | undefined;
  return Object.freeze({
    encodeInto(value, out) {
      encode ??= foreign ? refuseForeign : makeEncode();
      encode(value, out);
    },
    decode(bytes, start, end) {
      decode ??= makeDecode();
      return decode(bytes, start, end);
    },
  } satisfies CompiledCodec);
}
