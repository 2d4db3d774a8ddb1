import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import { cursorOf } from "../../core/compile/cursor.ts";
import { memoryFor } from "../../core/compile/memory.ts";
import { isLeft, Misfit } from "../../core/compile/misfit.ts";
import { RecordReaders } from "../../core/compile/record-readers.ts";
import type { Shape } from "../../core/compile/source.ts";
import { sameType } from "../../core/type/same.ts";
import type { Field } from "../../core/type/type.ts";
import type { ReadSpans } from "./pieces.ts";
import { compileReader, type ReadCompiled } from "./reader.ts";
import { resolveRecord } from "./resolver.ts";

/** The readers of one codec. */
export class Readers extends RecordReaders<ReadCompiled, ReadSpans> {
  constructor(shape: Shape) {
    super({
      same: (writer, reader) => sameType(writer, reader, sameDefault),
      compile: (type) => compileReader(type, shape),
      resolve: resolveRecord,
    });
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
