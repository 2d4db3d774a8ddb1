import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { checkReadable } from "../../core/compat.ts";
import { encoder, type Write } from "../../core/encoder.ts";
import { refuseForeign } from "../../core/foreign.ts";
import { Memo } from "../../core/memo.ts";
import { Shape } from "../../core/source.ts";
import type { StructType } from "../../core/type.ts";
import { checkTyped } from "../../core/typed.ts";
import { decoder, Readers } from "./decoder.ts";
import { compileWriter } from "./encoder.ts";
import { checkForms } from "./form.ts";
import { formMisfit } from "./form-misfit.ts";

export { protoText, typeProtoText } from "./proto-text.ts";

/** Protocol Buffers (proto3): the bytes that any Protobuf implementation writes and reads for the same message. */
export function protobuf(): Codec {
  const shape = new Shape();
  const writers = new Memo<StructType, Write>();
  const readers = new Readers(shape);
  return Object.freeze({
    name: "protobuf",
    selfDescribing: false,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec {
      checkTyped("protobuf", reader, reader.name);
      checkForms(reader, reader.name);
      checkForms(writer, writer.name);
      checkReadable(writer, reader, reader.name);
      const decode = decoder(readers.compiled(writer, reader), readers.exact(writer, reader), limits);
      if (foreign) return Object.freeze({ encodeInto: refuseForeign, decode });
      checkTyped("protobuf", writer, writer.name);
      const write = writers.of(writer, () => compileWriter(writer, shape));
      return Object.freeze({ encodeInto: encoder(writer, write, limits, formMisfit), decode });
    },
  } satisfies Codec);
}
