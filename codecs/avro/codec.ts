import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { checkReadable } from "../../core/compat.ts";
import { encoder, type Write } from "../../core/encoder.ts";
import { refuseForeign } from "../../core/foreign.ts";
import { lazyCodec } from "../../core/lazy-codec.ts";
import { Memo } from "../../core/memo.ts";
import { Shape } from "../../core/source.ts";
import type { StructType } from "../../core/type.ts";
import { checkTyped } from "../../core/typed.ts";
import { SoundTypes } from "../../core/walk.ts";
import { decoder, Readers } from "./decoder.ts";
import { compileWriter } from "./encoder.ts";
import { checkForms, formMisfit } from "./form.ts";

function create(): Codec {
  const shape = new Shape();
  const writers = new Memo<StructType, Write>();
  const readers = new Readers(shape);
  const typed = new SoundTypes();
  const formed = new SoundTypes();
  return Object.freeze({
    name: "avro",
    selfDescribing: false,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec {
      typed.check((seen) => checkTyped("avro", reader, reader.name, seen));
      if (!foreign) checkReadable(writer, reader, reader.name);
      for (const type of [reader, writer]) formed.check((seen) => checkForms(type, type.name, seen));
      if (!foreign) typed.check((seen) => checkTyped("avro", writer, writer.name, seen));
      return lazyCodec(
        () => {
          if (foreign) return refuseForeign;
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

/**
 * Apache Avro's binary encoding: nothing but the values, so that both sides must know the writer's schema, which a
 * connection's handshake sees to. Where the reader's differs, the two are resolved by name.
 */
export function avro(): Codec {
  return shared;
}
