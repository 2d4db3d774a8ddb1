import type { StructType } from "../../core/type/type.ts";
import { ClassMemory } from "./class-memory.ts";
import type { ClassShape } from "./class-shape.ts";

/** The names of a struct's fields, to find in the definition of a class of any order. */
export class FieldNames {
  readonly type: StructType;
  readonly memory = new ClassMemory();
  readonly #places: ReadonlyMap<string, number>;
  /** The places by `slotOf` their names; -1 is empty. At most half are taken, so that a search ends soon. */
  readonly #slots: Int32Array;
  readonly #bytes: readonly Uint8Array[];
  readonly #none: readonly boolean[];

  constructor(type: StructType) {
    const names = type.fields.map((field) => field.name);
    this.type = type;
    this.#places = new Map(names.map((name, i) => [name, i]));
    this.#bytes = names.map((name) => new TextEncoder().encode(name));
    this.#none = names.map(() => false);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * names.length + 1))).fill(-1);
    this.#bytes.forEach((bytes, place) => {
      const last = this.#slots.length - 1;
      let slot = slotOf(bytes, 0, bytes.length) & last;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & last;
      this.#slots[slot] = place;
    });
  }

  /** The place of the field whose name, of ASCII, stands at `p`; -1 for none. */
  find(b: Uint8Array, p: number, length: number): number {
    const slots = this.#slots;
    for (let slot = slotOf(b, p, length); ; slot++) {
      const place = slots[slot & (slots.length - 1)] as number;
      if (place === -1 || isSame(b, p, length, this.#bytes[place] as Uint8Array)) return place;
    }
  }

  /** Finds the struct's fields in a class. */
  lay(shape: ClassShape): void {
    const places = this.#places;
    this.keep(
      shape,
      shape.fields.map((name) => places.get(name) ?? -1),
    );
  }

  /** Keeps what was found. A class that has a name twice, as where a subclass hides a field, means the first. */
  keep(shape: ClassShape, layout: number[]): void {
    const found = this.#none.slice();
    for (let i = 0; i < layout.length; i++) {
      const place = layout[i] as number;
      if (place < 0) continue;
      if (found[place] === true) layout[i] = -1;
      found[place] = true;
    }
    const { fields } = this.type;
    shape.names = this;
    shape.layout = layout;
    shape.whole = found.length > 0;
    shape.absent = NONE;
    for (let i = 0; i < found.length; i++) {
      if (found[i] === true || fields[i]?.optional === true) continue;
      shape.absent = undefined;
      if (fields[i]?.defaultValue === undefined) shape.whole = false;
    }
  }

  /** The fields that are not in the class, and for which something must stand. */
  absent(shape: ClassShape): readonly number[] {
    if (shape.absent !== undefined) return shape.absent;
    const found = new Set(shape.layout);
    const places = this.type.fields.map((field, place) => (field.optional || found.has(place) ? -1 : place));
    shape.absent = places.filter((place) => place >= 0);
    return shape.absent;
  }
}

const NONE: readonly number[] = [];

/** Tells most names apart by their length and three of their bytes. */
function slotOf(b: Uint8Array, p: number, length: number): number {
  if (length === 0) return 0;
  const [first, middle, last] = [b[p] as number, b[p + (length >> 1)] as number, b[p + length - 1] as number];
  return length + 5 * first + 17 * middle + 31 * last;
}

function isSame(b: Uint8Array, p: number, length: number, name: Uint8Array): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (b[p + i] !== name[i]) return false;
  return true;
}
