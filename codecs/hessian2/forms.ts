import type { Type } from "../../core/type/type.ts";

/** A node that a parser read, for anyone to convert. */
export const NODE = 0;
/** An untyped value. */
export const ANY = 1;

/**
 * What lists, maps and objects are written and read as, by number: a struct is only itself, lists of the same items are
 * the same. Only what has one form can be one value to both sides of a reference.
 */
export class Forms {
  readonly #numbers = new WeakMap<Type, number>();
  readonly #collections = new Map<string, number>();
  #next = ANY + 1;

  of(type: Type): number {
    let number = this.#numbers.get(type);
    if (number !== undefined) return number;
    if (type.kind === "list" || type.kind === "map") {
      const key = `${type.kind} ${this.#part(type.kind === "list" ? type.item : type.value)}`;
      number = this.#collections.get(key) ?? this.#next++;
      this.#collections.set(key, number);
    } else number = this.#next++;
    this.#numbers.set(type, number);
    return number;
  }

  #part(type: Type): string | number {
    switch (type.kind) {
      case "struct":
      case "union":
      case "enum":
      case "list":
      case "map":
        return this.of(type);
      default:
        return type.kind;
    }
  }
}
