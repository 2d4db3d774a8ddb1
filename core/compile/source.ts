import type { Field, Type } from "../type/type.ts";
import { build } from "./generation.ts";

const SAFE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Larger structs become functions of their own, so that a type used many times does not unfold without bound. */
const MAX_INLINE_NODES = 48;

/**
 * JavaScript being written from a type of this process; never from a type that came over a wire. Where the runtime takes no
 * text for code, `closures/` reads it instead, so keep to the statements and operators that are known there.
 */
export class Source {
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];
  readonly #known = new Map<unknown, string>();
  readonly #functions: (() => string)[] = [];
  readonly #functionNames = new Map<object, string>();
  #lines: (string | (() => string))[] = [];
  /** Writes functions that are named already. */
  readonly #unwritten: (() => void)[] = [];
  #count = 0;

  /** A new local name. */
  local(hint: string): string {
    this.#count++;
    return `${hint}${this.#count}`;
  }

  /** The name under which the code sees `value`. */
  constant(hint: string, value: unknown): string {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const name = this.local(`${hint}_`);
    this.#known.set(value, name);
    this.#names.push(name);
    this.#values.push(value);
    return name;
  }

  line(code: string): void {
    this.#lines.push(code);
  }

  /** A line that is known only later: what `code` gives when all functions are written. */
  later(code: () => string): void {
    this.#lines.push(code);
  }

  /** The name of the function of a type: written aside on first use, and found by its name from within itself too. */
  functionOf(type: object, hint: string, params: string, body: () => void): string {
    const written = this.#functionNames.get(type);
    if (written !== undefined) return written;
    const name = this.local(hint);
    this.#functionNames.set(type, name);
    this.afterwards(() => this.function(name, params, body));
    return name;
  }

  /** Lets `write` write a function when the present one is written: not within it, as types nest deeper than a stack goes. */
  afterwards(write: () => void): void {
    this.#unwritten.push(write);
  }

  /** Writes a function aside; `body` writes its lines. */
  function(name: string, params: string, body: () => void): void {
    const outer = this.#lines;
    this.#lines = [];
    body();
    const lines = this.#lines;
    const text = (): string => lines.map((line) => (typeof line === "function" ? line() : line)).join("\n");
    this.#functions.push(() => `function ${name}(${params}) {\n${text()}\n}`);
    this.#lines = outer;
  }

  /** Compiles all functions and returns the one called `name`. */
  compile<F>(name: string): F {
    for (let write = this.#unwritten.pop(); write !== undefined; write = this.#unwritten.pop()) write();
    const code = `"use strict";\n${this.#functions.map((text) => text()).join("\n")}\nreturn ${name};`;
    return build(new Map(this.#names.map((name, i) => [name, this.#values[i]])), code) as F;
  }
}

/** `x.name`. The check is the last line of defence should a name that is not an identifier reach a generator. */
export function member(object: string, name: string): string {
  const read = `${object}.${safeName(name)}`;
  // What every object inherits, a `toString`, is no field of this one.
  return name in Object.prototype ? `(Object.hasOwn(${object}, "${name}") ? ${read} : undefined)` : read;
}

export function safeName(name: string): string {
  if (!SAFE_NAME.test(name) || name === "__proto__") throw new TypeError(`${JSON.stringify(name)} cannot become code`);
  return name;
}

/** Which structs and unions of a type refer to themselves, and how many nodes a type unfolds to. */
export class Shape {
  readonly #sizes = new WeakMap<Type, number>();
  readonly #recursive = new WeakMap<Type, boolean>();

  /** True where a struct or union is written into the code of its owner. */
  inlines(type: Type): boolean {
    return !this.recursive(type) && this.size(type) <= MAX_INLINE_NODES;
  }

  recursive(type: Type): boolean {
    let known = this.#recursive.get(type);
    if (known === undefined) {
      known = reachesItself(type);
      this.#recursive.set(type, known);
    }
    return known;
  }

  /** Nodes of the unfolded type; infinite where it contains recursion. */
  size(type: Type): number {
    const known = this.#sizes.get(type);
    if (known !== undefined) return known;
    this.#sizes.set(type, Number.POSITIVE_INFINITY);
    let size = 1;
    for (const child of children(type)) size += this.size(child);
    this.#sizes.set(type, size);
    return size;
  }
}

function reachesItself(type: Type): boolean {
  const seen = new Set<Type>();
  const open = [...children(type)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === type) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...children(next));
  }
  return false;
}

function children(type: Type): readonly Type[] {
  switch (type.kind) {
    case "list":
      return [type.item];
    case "map":
      return [type.value];
    case "struct":
    case "union":
      return type.fields.map((field: Field) => field.type);
    default:
      return [];
  }
}
