import { copyBytes } from "../../core/bytes/byte-copy.ts";
import { isDefinition } from "./class-def.ts";
import { ClassShape } from "./class-shape.ts";

const MAX_CLASSES = 4;
const MAX_BYTES = 1024;

/** A class, and the bytes of its definition. */
export interface DefinedClass {
  readonly bytes: Uint8Array;
  readonly shape: ClassShape;
}

/**
 * The classes that peers have for one struct of ours: a peer defines the same one in every message, and to find its fields
 * anew takes longer than to read a small object. What is remembered changes nothing but the time; it is the last 4
 * definitions that were new, of at most 1 KiB each, whatever a peer sends.
 */
export class ClassMemory {
  readonly #classes: DefinedClass[] = [];
  #next = 0;

  /** The class whose definition stands at `p`. */
  recall(b: Uint8Array, p: number): DefinedClass | undefined {
    for (const one of this.#classes) if (isDefinition(b, p, one.bytes)) return one;
    return undefined;
  }

  /** The class that the short ASCII texts from `start` to `end` define. */
  learn(b: Uint8Array, start: number, end: number): ClassShape {
    if (end - start > MAX_BYTES) return new ClassShape(undefined, b, start + 1);
    const bytes = copyBytes(b, start, end);
    const shape = new ClassShape(undefined, bytes, 1);
    this.#classes[this.#next] = { bytes, shape };
    this.#next = (this.#next + 1) % MAX_CLASSES;
    return shape;
  }
}
