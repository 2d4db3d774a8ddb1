import { Memo, PairMemo } from "../memo.ts";
import type { StructType, UnionType } from "../type/type.ts";

type Record = StructType | UnionType;

export interface RecordReading<Compiled, Exact> {
  /** Whether both types are written the same way, so that the compiled reader of one serves. */
  same(writer: StructType, reader: StructType): boolean;
  compile(type: StructType): Compiled;
  /** Makes the exact reader of two records; `readerOf` gives those of the records in them. */
  resolve(writer: Record, reader: Record, readerOf: (writer: Record, reader: Record) => Exact): Exact;
}

/** The readers of one codec, each made once: compiled for a type of this process, and exact for any pair of types. */
export class RecordReaders<Compiled, Exact> {
  readonly #reading: RecordReading<Compiled, Exact>;
  readonly #compiled = new Memo<StructType, Compiled>();
  readonly #exact = new PairMemo<Record, Exact>();

  constructor(reading: RecordReading<Compiled, Exact>) {
    this.#reading = reading;
  }

  /** `undefined` where the two types differ. */
  compiled(writer: StructType, reader: StructType): Compiled | undefined {
    if (!this.#reading.same(writer, reader)) return undefined;
    return this.#compiled.of(reader, () => this.#reading.compile(reader));
  }

  exact(writer: Record, reader: Record): Exact {
    return this.#exact.of(writer, reader, () =>
      this.#reading.resolve(writer, reader, (theirs, mine) => this.exact(theirs, mine)),
    );
  }
}
