import { readAscii } from "../../core/bytes/ascii.ts";
import { ENTRY, MAP, OBJECT, SLOT } from "../../core/compile/memory.ts";
import { INT_ZERO } from "./format.ts";

/** A class, as a message defines it. */
export class ClassShape {
  /** Who asked last for the fields of a struct here: its `FieldNames`. */
  names: object | undefined;
  /** Which of the struct's fields each field of the class is, -1 for none. */
  layout: readonly number[] = NONE;
  /** The struct's fields that are not here; `undefined` until an object asks, as a definition of three bytes may lack hundreds. */
  absent: readonly number[] | undefined;
  /** Whether the class has all that the struct must have. */
  whole = false;
  /** Whether it is one of the Java library's that are values of their own; `undefined` where nobody has asked. */
  library: boolean | undefined;
  #texts: ClassTexts | undefined;
  readonly #b: Uint8Array | undefined;
  readonly #at: number;

  /** `b`: where the definition stands at `at`, unless `texts` says it. Most classes are never asked for their texts. */
  constructor(texts: ClassTexts | undefined, b?: Uint8Array, at = 0) {
    this.#texts = texts;
    this.#b = b;
    this.#at = at;
  }

  get name(): string {
    return this.#read().name;
  }

  get fields(): readonly string[] {
    return this.#read().fields;
  }

  #read(): ClassTexts {
    this.#texts ??= readTexts(this.#b as Uint8Array, this.#at);
    return this.#texts;
  }
}

export interface ClassTexts {
  readonly name: string;
  readonly fields: readonly string[];
}

const NONE: readonly number[] = [];

/** The memory of a class with so many fields, whose names and hidden classes its objects share. */
export function classCost(fields: number): number {
  return 2 * MAP + fields * ENTRY;
}

/** The memory of an untyped object with so many: beyond some 16, V8 keeps each member with its name. */
export function objectCost(fields: number): number {
  return OBJECT + fields * (fields > 16 ? 6 * SLOT : 2 * SLOT);
}

/** A definition of short ASCII texts, after its first byte. */
function readTexts(b: Uint8Array, at: number): ClassTexts {
  let p = at;
  const text = (): string => {
    const from = p + 1;
    p = from + (b[p] as number);
    return readAscii(b, from, p);
  };
  const name = text();
  const count = (b[p++] as number) - INT_ZERO;
  return { name, fields: Array.from({ length: count }, text) };
}
