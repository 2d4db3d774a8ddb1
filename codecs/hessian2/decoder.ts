import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import { Misfit } from "../../core/misfit.ts";
import type { Shape } from "../../core/source.ts";
import type { StructType, Type } from "../../core/type.ts";
import type { Convert } from "./conversion.ts";
import { Converters } from "./converter.ts";
import { Parser } from "./parser.ts";
import { compileReader, type FastCursor, type ReadHessian } from "./reader.ts";

/** The two ways to read a struct: the compiled one, and the exact one for everything else. */
interface Reader {
  readonly read: ReadHessian;
  readonly convert: Convert;
}

/** The readers of one codec. */
export class Readers {
  readonly #shape: Shape;
  readonly #exact: boolean;
  readonly #reads = new WeakMap<StructType, ReadHessian>();
  readonly #pairs = new WeakMap<StructType, WeakMap<StructType, Reader>>();

  constructor(shape: Shape, exact: boolean) {
    this.#shape = shape;
    this.#exact = exact;
  }

  decoder(writer: StructType, reader: StructType, limits: CodecLimits): CompiledCodec["decode"] {
    const { read, convert } = this.#of(writer, reader);
    const { maxDepth, maxElements } = limits;
    const exact = this.#exact;
    return (b, start, end) => {
      // Compiled readers do not tell the kinds of numbers in untyped values apart.
      if (!exact) {
        const cursor: FastCursor = { b, p: start, s: start, e: end, n: maxElements, k: 0 };
        const value = read(cursor, maxDepth);
        if (cursor.p === end && cursor.n >= 0) return value;
      }
      return decodeExactly(b, start, end, limits, convert, exact);
    };
  }

  #of(writer: StructType, reader: StructType): Reader {
    let byReader = this.#pairs.get(writer);
    if (byReader === undefined) {
      byReader = new WeakMap();
      this.#pairs.set(writer, byReader);
    }
    let pair = byReader.get(reader);
    if (pair === undefined) {
      const names = new Map<Type, Set<string>>();
      collectNames(writer, reader, names, new Map());
      const read = this.#reads.get(reader) ?? compileReader(reader, this.#shape);
      this.#reads.set(reader, read);
      pair = { read, convert: new Converters(names).of(reader) };
      byReader.set(reader, pair);
    }
    return pair;
  }
}

export function decodeExactly(
  b: Uint8Array,
  start: number,
  end: number,
  limits: CodecLimits,
  convert: Convert,
  exact: boolean,
): unknown {
  const parser = new Parser(b, start, end, limits, exact);
  const node = parser.value();
  parser.close();
  const conversion = { values: parser.shared ? new Map() : undefined, exact, n: limits.maxElements };
  try {
    return convert(node, conversion, limits.maxDepth);
  } catch (thrown) {
    throw thrown instanceof Misfit ? thrown.toError() : thrown;
  }
}

/** The names that structs of the reader have, there and on the side of the writer. */
function collectNames(writer: Type, reader: Type, names: Map<Type, Set<string>>, seen: Map<Type, Set<Type>>): void {
  if (writer.kind !== reader.kind || seen.get(writer)?.has(reader)) return;
  seen.set(writer, (seen.get(writer) ?? new Set()).add(reader));
  switch (reader.kind) {
    case "list":
      return collectNames((writer as typeof reader).item, reader.item, names, seen);
    case "map":
      return collectNames((writer as typeof reader).value, reader.value, names, seen);
    case "struct":
    case "union":
      names.set(reader, (names.get(reader) ?? new Set([reader.name])).add((writer as typeof reader).name));
      for (const field of reader.fields) {
        const written = (writer as typeof reader).fields.find((one) => one.name === field.name);
        if (written !== undefined) collectNames(written.type, field.type, names, seen);
      }
      return;
    default:
  }
}
