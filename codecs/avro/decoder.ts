import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import { memoryFor } from "../../core/compile/memory.ts";
import { isLeft, Misfit } from "../../core/compile/misfit.ts";
import type { Shape } from "../../core/compile/source.ts";
import { Memo, PairMemo } from "../../core/memo.ts";
import { sameType } from "../../core/type/same.ts";
import type { StructType, Type, UnionType } from "../../core/type/type.ts";
import { type Cursor, cursorOf, malformed, type Read } from "./cursor.ts";
import { minBytes } from "./read.ts";
import { compileReader } from "./reader.ts";
import { type Resolved, resolveRecord } from "./resolver.ts";

type Record = StructType | UnionType;

/** The readers of one codec: compiled for a type of this process, and exact for any pair of types. */
export class Readers {
  readonly #shape: Shape;
  readonly #compiled = new Memo<StructType, Read>();
  readonly #exact = new PairMemo<Record, Read>();
  readonly #minBytes = new WeakMap<Type, number>();
  readonly #resolved: Resolved = {
    readerOf: (writer, reader) => this.exact(writer, reader),
    minBytes: (type) => minBytes(type, this.#minBytes),
  };

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** `undefined` where the two types differ. */
  compiled(writer: StructType, reader: StructType): Read | undefined {
    if (!sameType(writer, reader)) return undefined;
    return this.#compiled.of(reader, () => compileReader(reader, this.#shape));
  }

  exact(writer: Record, reader: Record): Read {
    return this.#exact.of(writer, reader, () => resolveRecord(writer, reader, this.#resolved));
  }
}

export function decoder(compiled: Read | undefined, exact: Read, limits: CodecLimits): CompiledCodec["decode"] {
  const { maxDepth } = limits;
  return (b, start, end) => {
    const memory = memoryFor(limits, end - start);
    if (compiled !== undefined) {
      try {
        const cursor = cursorOf(b, start, end, memory);
        const value = compiled(cursor, maxDepth);
        // Numbers are read without looking where the message ends; what lies beyond shows here.
        if (cursor.p === end && cursor.n >= 0) return value;
      } catch (thrown) {
        // The exact reader takes it, or says what is wrong, in as much time again.
        if (!isLeft(thrown)) throw thrown;
      }
    }
    const cursor = cursorOf(b, start, end, memory);
    try {
      const value = exact(cursor, maxDepth);
      finish(cursor);
      return value;
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
  };
}

function finish({ p, s, e }: Cursor): void {
  if (p < e) throw malformed(`${e - p} bytes follow the message, at byte ${p - s}`);
}
