/*
 * What only Java tells apart. Plain values need none of this: a whole number of 32 bits is an int, any other number a
 * double, a bigint a long (a BigInteger beyond 64 bits), an array an ArrayList, an object or Map a HashMap.
 */

/** A value of a type that JavaScript has no value for; inside `t.any` and in the arguments of Hessian calls. */
export class Typed {
  readonly type: string;
  readonly value: unknown;

  constructor(type: string, value: unknown) {
    this.type = type;
    this.value = value;
  }
}

/**
 * A value of a Java type, by the name of its class: `typed("java.math.BigDecimal", "1.50")`, a date as
 * `typed("java.sql.Timestamp", date)`, a java.time value by its ISO text, an enum by its member's name
 * (`typed("shop.Color", "RED")`), an object by its fields, a collection or array by its items
 * (`typed("java.util.HashSet", ["a"])`, `typed("[int", [1, 2])`), a map by an object or Map.
 */
export function typed(type: string, value: unknown): Typed {
  return new Typed(type, value);
}

export function long(value: bigint | number): Typed {
  return new Typed("long", value);
}

export function double(value: number): Typed {
  return new Typed("double", value);
}

class Same {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: what lets a subclass give a private field to any object.
    return value;
  }
}

/** Adds a private field to an object, which no loop, copy or comparison sees; much faster than a defined property. */
class Mark extends Same {
  readonly #name: string;

  constructor(value: object, name: string) {
    super(value);
    this.#name = name;
  }

  static of(value: object): string | undefined {
    return #name in value ? (value as Mark).#name : undefined;
  }
}

/** The class of an untyped object that was read, which it is written as again; `undefined` where it came from none. */
export function javaClassOf(value: object): string | undefined {
  return Mark.of(value);
}

/** Marks an object, once, with its class. */
export function markClass(value: object, name: string): void {
  new Mark(value, name);
}
