import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { encoder, type Write } from "../../core/compile/encoder.ts";
import { lazyCodec } from "../../core/compile/lazy-codec.ts";
import { Shape } from "../../core/compile/source.ts";
import { Memo } from "../../core/memo.ts";
import { checkReadable } from "../../core/type/compat.ts";
import type { StructType } from "../../core/type/type.ts";
import { compileDecoder, type Decode } from "./decoder.ts";
import { compileWriter } from "./encoder.ts";
import { formMisfit } from "./own-form.ts";
import { Revivers } from "./reviver.ts";

export { type JsonSchema, jsonSchema } from "./schema.ts";

function create(): Codec {
  const shape = new Shape();
  const writers = new Memo<StructType, Write>();
  const writerOf = (type: StructType): Write => writers.of(type, () => compileWriter(type, shape, writerOf));
  const revivers = new Revivers(shape);
  const decoders = new Memo<StructType, Decode>();
  return Object.freeze({
    name: "json",
    mediaTypes: Object.freeze(["application/json"]),
    selfDescribing: true,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec {
      if (!foreign) checkReadable(writer, reader, reader.name);
      return lazyCodec(
        foreign,
        () => {
          return encoder(writer, writerOf(writer), limits, formMisfit);
        },
        () => {
          // Fields are found by name, so that only the reader's type decides how a message is read.
          const read = decoders.of(reader, () => compileDecoder(reader, shape, revivers));
          return (bytes, start, end) => read(bytes, start, end, limits);
        },
      );
    },
  } satisfies Codec);
}

// One for all: references that ask for it again share what was agreed on, and what was compiled.
const shared = create();

/** JSON by the rules of ProtoJSON. */
export function json(): Codec {
  return shared;
}
