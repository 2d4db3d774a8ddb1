/** A value that JSON carries as it is. Members that are `undefined` are left out. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue | undefined };

const MAX_DEPTH = 32;
/** About as many characters of JSON: what describes an error is no place for what it is about. */
const MAX_CHARACTERS = 32_768;

/** A checked, frozen copy. Throws a `TypeError` that begins with the path of what JSON cannot carry. */
export function jsonValue(value: unknown, path: string): JsonValue {
  return new Copier(path).copy(value, path, 0);
}

class Copier {
  readonly #root: string;
  #left = MAX_CHARACTERS;

  constructor(root: string) {
    this.#root = root;
  }

  copy(value: unknown, path: string, depth: number): JsonValue {
    switch (typeof value) {
      case "string":
        this.#spend(value.length + 2);
        return value;
      case "boolean":
        this.#spend(5);
        return value;
      case "number":
        this.#spend(8);
        if (!Number.isFinite(value)) throw refused(path, String(value), "a string");
        // JSON knows no -0.
        return value === 0 ? 0 : value;
      case "object":
        this.#spend(4);
        if (value === null) return null;
        if (depth >= MAX_DEPTH) throw new TypeError(`${path}: nested deeper than ${MAX_DEPTH}; a cycle is not JSON`);
        return Array.isArray(value) ? this.#list(value, path, depth) : this.#object(value, path, depth);
      case "bigint":
        throw refused(path, "a bigint", "a string");
      case "undefined":
        throw refused(path, "undefined", "null");
      default:
        throw refused(path, `a ${typeof value}`, "plain data");
    }
  }

  #list(list: readonly unknown[], path: string, depth: number): JsonValue {
    const copy: JsonValue[] = [];
    for (let i = 0; i < list.length; i++) copy.push(this.copy(list[i], `${path}[${i}]`, depth + 1));
    return Object.freeze(copy);
  }

  #object(object: object, path: string, depth: number): JsonValue {
    const prototype = Object.getPrototypeOf(object) as object | null;
    // Not by identity: plain objects come from other realms too.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      const { name } = (prototype.constructor ?? {}) as { name?: unknown };
      throw refused(path, `an instance of ${String(name)}`, object instanceof Date ? "a string" : "plain data");
    }
    const members: [string, JsonValue][] = [];
    for (const [key, member] of Object.entries(object)) {
      if (member === undefined) continue;
      this.#spend(key.length + 4);
      members.push([key, this.copy(member, `${path}.${key}`, depth + 1)]);
    }
    // An own member even where it is called `__proto__`.
    return Object.freeze(Object.fromEntries(members));
  }

  #spend(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) {
      throw new TypeError(`${this.#root}: larger than ${MAX_CHARACTERS} characters of JSON; send less`);
    }
  }
}

function refused(path: string, what: string, instead: string): TypeError {
  return new TypeError(
    `${path}: ${what} is not JSON; use ${instead}, or declare an error with t.error to carry typed fields`,
  );
}
