import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { checkReadable } from "../../core/compat.ts";
import { encoder, type Write } from "../../core/encoder.ts";
import { refuseForeign } from "../../core/foreign.ts";
import { Memo } from "../../core/memo.ts";
import { Shape } from "../../core/source.ts";
import type { StructType } from "../../core/type.ts";
import { compileDecoder, type Decode } from "./decoder.ts";
import { compileWriter } from "./encoder.ts";

export { type JsonSchema, jsonSchema } from "./schema.ts";

/** JSON by the rules of ProtoJSON. */
export function json(): Codec {
  const shape = new Shape();
  const writers = new Memo<StructType, Write>();
  const decoders = new Memo<StructType, Decode>();
  return Object.freeze({
    name: "json",
    selfDescribing: true,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec {
      checkReadable(writer, reader, reader.name);
      // Fields are found by name, so that only the reader's type decides how a message is read.
      const read = decoders.of(reader, () => compileDecoder(reader, shape));
      const decode: CompiledCodec["decode"] = (bytes, start, end) => read(bytes, start, end, limits);
      if (foreign) return Object.freeze({ encodeInto: refuseForeign, decode });
      const write = writers.of(writer, () => compileWriter(writer, shape));
      return Object.freeze({ encodeInto: encoder(writer, write, limits), decode });
    },
  } satisfies Codec);
}
