import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import { memoryFor } from "../../core/compile/memory.ts";
import { isLeft, Misfit } from "../../core/compile/misfit.ts";
import type { Shape } from "../../core/compile/source.ts";
import { Memo, PairMemo } from "../../core/memo.ts";
import { sameType } from "../../core/type/same.ts";
import type { Field, StructType, UnionType } from "../../core/type/type.ts";
import { cursorOf } from "./cursor.ts";
import type { ReadSpans } from "./pieces.ts";
import { compileReader, type ReadCompiled } from "./reader.ts";
import { resolveRecord } from "./resolver.ts";

type Record = StructType | UnionType;

/** The readers of one codec: compiled for a type of this process, and exact for any pair of types. */
export class Readers {
  readonly #shape: Shape;
  readonly #compiled = new Memo<StructType, ReadCompiled>();
  readonly #exact = new PairMemo<Record, ReadSpans>();

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** `undefined` where the two types differ. */
  compiled(writer: StructType, reader: StructType): ReadCompiled | undefined {
    if (!sameType(writer, reader, sameDefault)) return undefined;
    return this.#compiled.of(reader, () => compileReader(reader, this.#shape));
  }

  exact(writer: Record, reader: Record): ReadSpans {
    return this.#exact.of(writer, reader, () => resolveRecord(writer, reader, (w, r) => this.exact(w, r)));
  }
}

/** A writer leaves out the zero of a field without a default. */
function sameDefault(a: Field, b: Field): boolean {
  return (a.defaultValue === undefined) === (b.defaultValue === undefined);
}

export function decoder(
  compiled: ReadCompiled | undefined,
  exact: ReadSpans,
  limits: CodecLimits,
): CompiledCodec["decode"] {
  const { maxDepth } = limits;
  return (b, start, end) => {
    const memory = memoryFor(limits, end - start);
    if (compiled !== undefined) {
      try {
        const cursor = cursorOf(b, start, end, memory);
        const value = compiled(cursor, maxDepth, end);
        if (cursor.n >= 0) return value;
      } catch (thrown) {
        // The exact reader takes it, or says what is wrong, in as much time again.
        if (!isLeft(thrown)) throw thrown;
      }
    }
    try {
      return exact(cursorOf(b, start, end, memory), [start, end], maxDepth);
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
  };
}
