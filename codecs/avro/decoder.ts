import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import { cursorOf } from "../../core/compile/cursor.ts";
import { memoryFor } from "../../core/compile/memory.ts";
import { isLeft, Misfit } from "../../core/compile/misfit.ts";
import { RecordReaders } from "../../core/compile/record-readers.ts";
import type { Shape } from "../../core/compile/source.ts";
import { sameType } from "../../core/type/same.ts";
import type { Type } from "../../core/type/type.ts";
import { type Cursor, malformed, type Read } from "./cursor.ts";
import { minBytes } from "./read.ts";
import { compileReader } from "./reader.ts";
import { resolveRecord } from "./resolver.ts";

/** The readers of one codec. */
export class Readers extends RecordReaders<Read, Read> {
  constructor(shape: Shape) {
    const known = new WeakMap<Type, number>();
    super({
      same: sameType,
      compile: (type) => compileReader(type, shape),
      resolve: (writer, reader, readerOf) =>
        resolveRecord(writer, reader, { readerOf, minBytes: (type) => minBytes(type, known) }),
    });
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
