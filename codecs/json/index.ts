import { type Codec, type CodecLimits, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { checkReadable } from "../../core/compat.ts";
import { refuseForeign } from "../../core/foreign.ts";
import { refuse } from "../../core/misfit.ts";
import type { Output } from "../../core/output.ts";
import { Shape } from "../../core/source.ts";
import type { StructType } from "../../core/type.ts";
import { compileDecoder, type Decode } from "./decoder.ts";
import { compileWriter, type WriteJson } from "./encoder.ts";

export { type JsonSchema, jsonSchema } from "./schema.ts";

/** JSON by the rules of ProtoJSON. */
export function json(): Codec {
  const shape = new Shape();
  const writers = new WeakMap<StructType, WriteJson>();
  const decoders = new WeakMap<StructType, Decode>();
  return Object.freeze({
    name: "json",
    selfDescribing: true,
    compile(writer, reader, options = {}): CompiledCodec {
      checkReadable(writer, reader, reader.name);
      const limits = options.limits ?? defaultCodecLimits;
      // Fields are found by name, so that only the reader's type decides how a message is read.
      let decode = decoders.get(reader);
      if (decode === undefined) {
        decode = compileDecoder(reader, shape);
        decoders.set(reader, decode);
      }
      const read = decode;
      return Object.freeze({
        encodeInto: options.foreign ? refuseForeign : encoder(writer, writers, shape, limits),
        decode: (bytes: Uint8Array, start: number, end: number) => read(bytes, start, end, limits),
      });
    },
  } satisfies Codec);
}

function encoder(
  type: StructType,
  writers: WeakMap<StructType, WriteJson>,
  shape: Shape,
  limits: CodecLimits,
): CompiledCodec["encodeInto"] {
  let compiled = writers.get(type);
  if (compiled === undefined) {
    compiled = compileWriter(type, shape);
    writers.set(type, compiled);
  }
  const write = compiled;
  const { maxDepth } = limits;
  return (value: unknown, out: Output) => {
    try {
      out.position = write(value, out, out.position, maxDepth);
    } catch (thrown) {
      throw refuse(type, value, thrown, maxDepth);
    }
  };
}
