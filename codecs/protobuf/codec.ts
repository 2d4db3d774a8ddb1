import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { encoder, type Write } from "../../core/compile/encoder.ts";
import { lazyCodec } from "../../core/compile/lazy-codec.ts";
import { Shape } from "../../core/compile/source.ts";
import { Memo } from "../../core/memo.ts";
import type { StructType } from "../../core/type/type.ts";
import { schemaCheck } from "../../core/type/typed.ts";
import { decoder, Readers } from "./decoder.ts";
import { compileWriter } from "./encoder.ts";
import { checkForms } from "./form.ts";
import { formMisfit } from "./form-misfit.ts";

function create(): Codec {
  const shape = new Shape();
  const writers = new Memo<StructType, Write>();
  const readers = new Readers(shape);
  const check = schemaCheck("protobuf", checkForms);
  return Object.freeze({
    name: "protobuf",
    // As Connect has it, then as it is registered, and as it was called before.
    mediaTypes: Object.freeze(["application/proto", "application/protobuf", "application/x-protobuf"]),
    selfDescribing: false,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec {
      check(writer, reader, foreign);
      return lazyCodec(
        foreign,
        () => {
          const write = writers.of(writer, () => compileWriter(writer, shape));
          return encoder(writer, write, limits, formMisfit);
        },
        () => decoder(readers.compiled(writer, reader), readers.exact(writer, reader), limits),
      );
    },
  } satisfies Codec);
}

// One for all: references that ask for it again share what was agreed on, and what was compiled.
const shared = create();

/** Protocol Buffers (proto3): the bytes that any Protobuf implementation writes and reads for the same message. */
export function protobuf(): Codec {
  return shared;
}
