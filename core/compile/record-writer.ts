import type { StructType, UnionType } from "../type/type.ts";
import { ByteSource } from "./byte-source.ts";
import type { Write } from "./encoder.ts";
import type { Shape } from "./source.ts";

/** The code that writes a record: where it stands, or by a function of its own, if it is large or contains itself. */
export abstract class RecordWriter {
  protected readonly source = new ByteSource();
  readonly #shape: Shape;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  compile(type: StructType): Write {
    return this.source.compile(this.#functionOf(type));
  }

  /** Writes the record that the local `x` holds, `depth` below the value of the function. */
  protected record(type: StructType | UnionType, x: string, depth: number): void {
    if (this.#shape.inlines(type)) this.#inPlace(type, x, depth);
    else this.source.call(`${this.#functionOf(type)}(${x}, o, p, d - ${depth})`);
  }

  protected abstract struct(type: StructType, x: string, depth: number): void;
  protected abstract union(type: UnionType, x: string, depth: number): void;

  #inPlace(type: StructType | UnionType, x: string, depth: number): void {
    if (type.kind === "union") this.union(type, x, depth);
    else this.struct(type, x, depth);
  }

  #functionOf(type: StructType | UnionType): string {
    return this.source.writerOf(type, this.#shape.recursive(type), () => this.#inPlace(type, "v", 0));
  }
}
