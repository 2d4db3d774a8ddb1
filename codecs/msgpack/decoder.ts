import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import type { Cursor, Read } from "../../core/compile/cursor.ts";
import { memoryFor, overMemory } from "../../core/compile/memory.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import type { Shape } from "../../core/compile/source.ts";
import { Memo, PairMemo } from "../../core/memo.ts";
import { sameType } from "../../core/type/same.ts";
import type { StructType, UnionType } from "../../core/type/type.ts";
import { malformed, truncated } from "./cursor.ts";
import { compileReader } from "./reader.ts";
import { resolveRecord } from "./resolver.ts";

type Record = StructType | UnionType;

/** The readers of one codec: compiled for a type of this process, closures for a pair of types that differ. */
export class Readers {
  readonly #shape: Shape;
  readonly #compiled = new Memo<Record, Read>();
  readonly #otherForms = new Memo<Record, Read>();
  readonly #pairs = new PairMemo<Record, Read>();

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  of(writer: Record, reader: Record): Read {
    if (!sameType(writer, reader)) return this.#pair(writer, reader);
    return this.#compiled.of(reader, () =>
      compileReader(reader, { shape: this.#shape, otherForm: (type) => this.#otherForm(type) }),
    );
  }

  #pair(writer: Record, reader: Record): Read {
    return this.#pairs.of(writer, reader, () => resolveRecord(writer, reader, (w, r) => this.of(w, r)));
  }

  /** One function per type, which resolves itself when a message of that form comes. */
  #otherForm(type: Record): Read {
    return this.#otherForms.of(type, () => (cursor, depth) => this.#pair(type, type)(cursor, depth));
  }
}

export function decoder(read: Read, limits: CodecLimits): CompiledCodec["decode"] {
  const { maxDepth } = limits;
  return (b, start, end) => {
    const cursor: Cursor = { b, p: start, s: start, e: end, n: memoryFor(limits, end - start) };
    let value: unknown;
    try {
      value = read(cursor, maxDepth);
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
    // Numbers are read without looking where the message ends; what lies beyond shows here.
    if (cursor.p > end) throw truncated(cursor);
    if (cursor.p < end) throw malformed(`${end - cursor.p} bytes follow the message, at byte ${cursor.p - start}`);
    if (cursor.n < 0) throw overMemory();
    return value;
  };
}
