import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { encoder, type Write } from "../../core/compile/encoder.ts";
import { lazyCodec } from "../../core/compile/lazy-codec.ts";
import { Shape } from "../../core/compile/source.ts";
import { Memo } from "../../core/memo.ts";
import { checkReadable } from "../../core/type/compat.ts";
import type { StructType } from "../../core/type/type.ts";
import { Readers } from "./decoder.ts";
import { compileWriter } from "./encoder.ts";
import { Forms } from "./forms.ts";
import { type UntypedOptions, untypedWriter } from "./untyped-writer.ts";

export {
  type Envelope,
  type EnvelopeMethod,
  hessianEnvelope,
  type IncomingCall,
  type IncomingReply,
  type MethodEnvelope,
  type ValueParser,
} from "./envelope.ts";
export { exceptionOf, exceptionType } from "./exception.ts";
export type { DeclaredDetail, Fault } from "./fault.ts";
export { double, javaClassOf, long, Typed, typed } from "./java.ts";
export { hessianStreams, type StreamOptions, type ValueReader, type ValueStreams, type ValueWriter } from "./stream.ts";

export interface Hessian2Options extends UntypedOptions {
  /** Reads what only Java tells apart (whole doubles, collections other than ArrayList and HashMap, library classes) as `Typed`. @default false */
  readonly exact?: boolean;
}

function create(options: Hessian2Options): Codec {
  const { exact = false, cycles = true } = options;
  const types = { shape: new Shape(), forms: new Forms() };
  const writing = { ...types, writeAny: untypedWriter(options) };
  const writers = new Memo<StructType, Write>();
  const readers = new Readers({ ...types, exact, cycles });
  return Object.freeze({
    name: "hessian2",
    mediaTypes: Object.freeze(["x-application/hessian2"]),
    selfDescribing: true,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec {
      if (!foreign) checkReadable(writer, reader, reader.name);
      return lazyCodec(
        foreign,
        () => {
          const write = writers.of(writer, () => compileWriter(writer, writing));
          return encoder(writer, write, limits);
        },
        () => readers.decoder(writer, reader, limits),
      );
    },
  } satisfies Codec);
}

// One for all: references that ask for it again share what was agreed on, and what was compiled.
const usual = create({});

/** Hessian 2.0: Java's binary serialization, as Caucho's Hessian and Dubbo's hessian-lite read and write it. */
export function hessian2(options: Hessian2Options = {}): Codec {
  const { exact = false, cycles = true, java = "dubbo" } = options;
  return !exact && cycles && java === "dubbo" ? usual : create(options);
}
