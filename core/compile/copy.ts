import { copyBytes } from "../bytes/byte-copy.ts";
import type { StructType, Type, UnionType } from "../type/type.ts";
import { isWellFormed } from "../well-formed.ts";
import { absentLiteral } from "./absent.ts";
import { misfitCondition, recordCondition } from "./check.ts";
import { entryCode } from "./entry-code.ts";
import { structLiteral } from "./literal.ts";
import { MISFIT, refuse } from "./misfit.ts";
import { plain } from "./plain.ts";
import { member, Shape, Source } from "./source.ts";

/** Copies a value of the type; throws the error of `explain` at one that does not fit. */
export type Copy = (value: unknown) => unknown;

/**
 * Compiles the deep copy of a value, which is also its validation: what a codec would do by writing and reading it,
 * without bytes. An object that stands in two places is copied twice.
 */
export function compileCopy(type: Type, maxDepth = 64): Copy {
  const copy = new CopySource(false).compileRoot(type);
  return (value) => {
    try {
      return copy(value, maxDepth);
    } catch (thrown) {
      throw refuse(type, value, thrown, maxDepth);
    }
  };
}

/** The same, but an object that stands in two places is copied once; that costs a look-up for each. */
export function compileGraphCopy(type: Type, maxDepth = 64): Copy {
  const copy = new CopySource(true).compileRoot(type);
  return (value) => {
    try {
      return copy(value, maxDepth, []);
    } catch (thrown) {
      throw refuse(type, value, thrown, maxDepth);
    }
  };
}

/** `made`: by the number of a type, what its objects became. */
type CompiledCopy = (value: unknown, depth: number, made?: Map<unknown, unknown>[]) => unknown;

class CopySource {
  readonly #source = new Source();
  readonly #shape = new Shape();
  readonly #keepsIdentity: boolean;
  /** The numbers of types: one object seen as two types becomes two. */
  readonly #numbers = new Map<Type, number>();

  constructor(keepsIdentity: boolean) {
    this.#keepsIdentity = keepsIdentity;
  }

  compileRoot(type: Type): CompiledCopy {
    return this.#source.compile(this.#functionOf(type));
  }

  #functionOf(type: Type): string {
    return this.#source.functionOf(type, "copy", "v, d, m", () => {
      if (this.#shape.recursive(type)) this.#source.line(`if (d < 0) throw ${this.#misfit()};`);
      this.#source.line("let r;");
      this.#into("r", type, "v", 0);
      this.#source.line("return r;");
    });
  }

  #misfit(): string {
    return this.#source.constant("MISFIT", MISFIT);
  }

  /** The copy of a part of the value: a function of its own for large or recursive types, else in place. */
  #part(target: string, type: Type, x: string, depth: number): void {
    const made = this.#keepsIdentity && isObject(type) ? this.#made(type) : undefined;
    if (made !== undefined) this.#source.line(`if ((${target} = ${made}.get(${x})) === undefined) {`);
    const apart = (type.kind === "struct" || type.kind === "union") && !this.#shape.inlines(type);
    if (apart) this.#source.line(`${target} = ${this.#functionOf(type)}(${x}, d - ${depth}, m);`);
    else this.#into(target, type, x, depth);
    if (made !== undefined) this.#source.line(`${made}.set(${x}, ${target}); }`);
  }

  #made(type: Type): string {
    const number = this.#numbers.get(type) ?? this.#numbers.size;
    this.#numbers.set(type, number);
    const made = this.#source.local("m");
    this.#source.line(`const ${made} = m[${number}] ??= new Map();`);
    return made;
  }

  #into(target: string, type: Type, x: string, depth: number): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
        this.#struct(target, type, x, depth);
        return;
      case "union":
        this.#union(target, type, x, depth);
        return;
      case "list": {
        const [i, one, copy] = [source.local("i"), source.local("v"), source.local("r")];
        source.line(`if (!Array.isArray(${x})) throw ${this.#misfit()};`);
        source.line(`${target} = [];`);
        source.line(`for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}]; let ${copy};`);
        this.#part(copy, type.item, one, depth + 1);
        source.line(`${target}.push(${copy}); }`);
        return;
      }
      case "map": {
        const [key, one, copy] = [source.local("k"), source.local("v"), source.local("r")];
        source.line(`if (${recordCondition(source, [], x)}) throw ${this.#misfit()};`);
        const entry = entryCode(source, target);
        source.line(`for (const ${key} of Object.keys(${x})) { const ${one} = ${x}[${key}]; let ${copy};`);
        source.line(`if (!${source.constant("isWellFormed", isWellFormed)}(${key})) throw ${this.#misfit()};`);
        this.#part(copy, type.value, one, depth + 1);
        source.line(`${entry(key, copy)} }`);
        return;
      }
      case "any":
        source.line(`${target} = ${source.constant("plain", plain)}(${x}, d - ${depth});`);
        return;
      default:
    }
    source.line(`if (${misfitCondition(source, type, x)}) throw ${this.#misfit()};`);
    switch (type.kind) {
      case "string":
        source.line(`if (!${source.constant("isWellFormed", isWellFormed)}(${x})) throw ${this.#misfit()};`);
        source.line(`${target} = ${x};`);
        return;
      case "bytes":
        source.line(`${target} = ${source.constant("copyBytes", copyBytes)}(${x}, 0, ${x}.length);`);
        return;
      case "timestamp":
        source.line(`${target} = new Date(${x}.getTime());`);
        return;
      case "float32":
        source.line(`${target} = Math.fround(${x});`);
        return;
      case "int32":
      case "int53":
        // As on a wire, where integers know no negative zero.
        source.line(`${target} = ${x} + 0;`);
        return;
      default:
        source.line(`${target} = ${x};`);
    }
  }

  #struct(target: string, type: StructType, x: string, depth: number): void {
    const source = this.#source;
    source.line(`if (${recordCondition(source, type.fields, x)}) throw ${this.#misfit()};`);
    const values = type.fields.map((field) => {
      const [value, copy] = [source.local("v"), source.local("r")];
      source.line(`const ${value} = ${member(x, field.name)}; let ${copy};`);
      const mayLack = field.optional || field.defaultValue !== undefined;
      if (mayLack) source.line(`if (${value} !== undefined) {`);
      this.#part(copy, field.type, value, depth + 1);
      if (mayLack) {
        const absent = field.optional ? undefined : absentLiteral(source, field);
        source.line(absent === undefined ? "}" : `} else ${copy} = ${absent};`);
      }
      return copy;
    });
    structLiteral(source, target, type, values);
  }

  #union(target: string, type: UnionType, x: string, depth: number): void {
    const source = this.#source;
    const [value, copy] = [source.local("v"), source.local("r")];
    source.line(`if (typeof ${x} !== "object" || ${x} === null) throw ${this.#misfit()};`);
    source.line(`const ${value} = ${x}.value; let ${copy};`);
    source.line(`switch (${x}.kind) {`);
    for (const field of type.fields) {
      const name = JSON.stringify(field.name);
      source.line(`case ${name}: {`);
      this.#part(copy, field.type, value, depth + 1);
      source.line(`${target} = { kind: ${name}, value: ${copy} }; break; }`);
    }
    source.line(`default: throw ${this.#misfit()}; }`);
  }
}

/** Whether values of the type are objects, which can be the same one. */
function isObject({ kind }: Type): boolean {
  return ["struct", "union", "list", "map", "bytes", "timestamp"].includes(kind);
}
