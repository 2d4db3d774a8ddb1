import type { Output } from "../../core/bytes/output.ts";
import { type CodecLimits, defaultCodecLimits } from "../../core/codec.ts";
import { refuse } from "../../core/compile/misfit.ts";
import { Shape } from "../../core/compile/source.ts";
import type { Type } from "../../core/type/type.ts";
import { Conversion, type Convert } from "./conversion.ts";
import { Converters } from "./converter.ts";
import { compileWriter, type WriteHessian } from "./encoder.ts";
import { Forms } from "./forms.ts";
import { Parser } from "./parser.ts";
import { newSheet } from "./sheet.ts";
import { toAny } from "./untyped-converter.ts";
import { type UntypedOptions, untypedWriter } from "./untyped-writer.ts";

/** Writes values one after the other, which share classes, types and references; what Dubbo's messages are made of. */
export interface ValueWriter {
  write(value: unknown): void;
  writeAs(type: Type, value: unknown): void;
}

/** Reads values one after the other. */
export interface ValueReader {
  read(): unknown;
  readAs(type: Type): unknown;
  /** Refuses bytes that are left. */
  close(): void;
}

export interface ValueStreams {
  writer(out: Output): ValueWriter;
  reader(bytes: Uint8Array, start: number, end: number): ValueReader;
}

export interface StreamOptions extends UntypedOptions {
  readonly limits?: CodecLimits;
  readonly exact?: boolean;
}

export function hessianStreams(options: StreamOptions = {}): ValueStreams {
  const { limits = defaultCodecLimits, exact = false, cycles = true } = options;
  const { maxDepth } = limits;
  const writing = { shape: new Shape(), forms: new Forms(), writeAny: untypedWriter(options), shared: true };
  const writers = new WeakMap<Type, WriteHessian>();
  const converters = new Converters();

  return Object.freeze({
    writer(out: Output): ValueWriter {
      const sheet = newSheet();
      return {
        write(value) {
          out.position = writing.writeAny(out, out.position, value, sheet, maxDepth, 0);
        },
        writeAs(type, value) {
          const write = writers.get(type) ?? compileWriter(type, writing);
          writers.set(type, write);
          try {
            out.position = write(value, out, out.position, maxDepth, sheet);
          } catch (thrown) {
            throw refuse(type, value, thrown, maxDepth);
          }
        },
      };
    },
    reader(bytes: Uint8Array, start: number, end: number): ValueReader {
      const parser = new Parser(bytes, start, end, limits, exact);
      const conversion = new Conversion(parser, { exact, cycles, names: new Map() });
      const convert = (as: Convert): unknown => {
        const node = parser.value();
        if (parser.shared) conversion.share();
        return conversion.root(as, node, maxDepth);
      };
      return {
        read: () => convert(toAny),
        readAs: (type) => convert(converters.of(type)),
        close: () => parser.close(),
      };
    },
  });
}
