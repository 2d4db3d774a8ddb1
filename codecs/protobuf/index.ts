import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { checkReadable } from "../../core/compat.ts";
import { explain } from "../../core/explain.ts";
import { refuseForeign } from "../../core/foreign.ts";
import { MISFIT, refuse } from "../../core/misfit.ts";
import type { Output } from "../../core/output.ts";
import { Shape } from "../../core/source.ts";
import type { StructType } from "../../core/type.ts";
import { checkTyped } from "../../core/typed.ts";
import { decoder, Readers } from "./decoder.ts";
import { compileWriter, type WriteProtobuf } from "./encoder.ts";
import { explainForm } from "./explain-form.ts";
import { checkForms } from "./form.ts";

export { protoText, typeProtoText } from "./proto-text.ts";

/** Protocol Buffers (proto3): the bytes that any Protobuf implementation writes and reads for the same message. */
export function protobuf(): Codec {
  const shape = new Shape();
  const writers = new WeakMap<StructType, WriteProtobuf>();
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
      const write = writers.get(writer) ?? compileWriter(writer, shape);
      writers.set(writer, write);
      const { maxDepth } = limits;
      const encodeInto = (value: unknown, out: Output): void => {
        try {
          out.position = write(value, out, out.position, maxDepth);
        } catch (thrown) {
          // What fits its type may yet not fit the form in which it is written.
          const unfit = thrown === MISFIT && explain(writer, value, "", maxDepth) === undefined;
          throw refuse(writer, value, (unfit && explainForm(writer, value)) || thrown, maxDepth);
        }
      };
      return Object.freeze({ encodeInto, decode });
    },
  } satisfies Codec);
}
