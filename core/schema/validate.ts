import { roomFor } from "../compile/entry.ts";
import { setOwn } from "../compile/plain.ts";
import type { Check, CheckResult, SchemaIssue } from "../type/schema.ts";
import type { Type } from "../type/type.ts";

/** Where a schema has something against a value: `order.items[0].qty`. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}
/**
 * What the schemas inside of a type make of a value; a promise only where one of them is asynchronous. A value that does
 * not fit the type around them stays what it is: a handler gave it, and its encoder refuses it by path.
 */
export type Validate = (value: unknown, path: string, issues: Issue[]) => unknown;

/** Follows a type to the schemas in it; `undefined` where it has none, so that it costs nothing. */
export function compileValidate(type: Type): Validate | undefined {
  return new Compiler().compile(type);
}

class Compiler {
  readonly #known = new Map<Type, Validate | undefined>();

  compile(type: Type): Validate | undefined {
    if (!this.#demands(type, new Set())) return undefined;
    const known = this.#known.get(type);
    if (known) return known;
    let made: Validate | undefined;
    // Known before it is made, because a struct may contain itself.
    this.#known.set(type, (value, path, issues) => (made as Validate)(value, path, issues));
    made = this.#make(type);
    return made;
  }

  /** A schema validates all that is inside of it. */
  #demands(type: Type, seen: Set<Type>): boolean {
    if (type.check) return true;
    if (seen.has(type)) return false;
    seen.add(type);
    switch (type.kind) {
      case "list":
        return this.#demands(type.item, seen);
      case "map":
        return this.#demands(type.value, seen);
      case "struct":
      case "union":
        return type.fields.some((field) => this.#demands(field.type, seen));
      default:
        return false;
    }
  }

  #make(type: Type): Validate {
    if (type.check) return ofSchema(type.check);
    switch (type.kind) {
      case "list": {
        const item = this.compile(type.item) as Validate;
        return (value, path, issues) =>
          Array.isArray(value) ? settled(value.map((one, i) => item(one, `${path}[${i}]`, issues))) : value;
      }
      case "map": {
        const validate = this.compile(type.value) as Validate;
        // All of a map's members are put one by one; a spread would unfold those named like indexes.
        return ofMembers(
          (value) => Object.keys(value).map((name) => [name, validate]),
          () => ({}),
        );
      }
      case "union": {
        const cases = new Map(type.fields.map(({ name, type }) => [name, this.compile(type)]));
        return ofMembers(({ kind }) => [
          ["kind", undefined],
          ["value", cases.get(kind as string)],
        ]);
      }
      case "struct": {
        const fields = type.fields.map(({ name, type }) => [name, this.compile(type)] as const);
        return ofMembers(() => fields);
      }
      default:
        return (value) => value;
    }
  }
}

type Members = Record<string, unknown>;

function ofMembers(
  membersOf: (value: Members) => readonly (readonly [name: string, validate: Validate | undefined])[],
  begin: (value: Members) => Members = (value) => ({ ...value }),
): Validate {
  return (value, path, issues) => {
    if (typeof value !== "object" || value === null) return value;
    const members = value as Members;
    const present = membersOf(members).filter(([name]) => members[name] !== undefined);
    const checked = present.flatMap(([name, validate]) => (validate ? [{ name, validate }] : []));
    const results = settled(checked.map(({ name, validate }) => validate(members[name], join(path, name), issues)));
    const put = (outputs: unknown[]): Members => {
      const copy = begin(members);
      let indexes = 0;
      // What a class has by a getter, the spread leaves out.
      for (const [name] of present) {
        indexes = roomFor(copy, name, indexes);
        setOwn(copy, name, members[name]);
      }
      for (const [i, { name }] of checked.entries()) setOwn(copy, name, outputs[i]);
      return copy;
    };
    return results instanceof Promise ? results.then(put) : put(results);
  };
}

/** The results, or where one is awaited a promise of all. */
export function settled(results: unknown[]): unknown[] | Promise<unknown[]> {
  return results.some((one) => one instanceof Promise) ? Promise.all(results) : results;
}

function ofSchema(check: Check): Validate {
  return (value, path, issues) => {
    const take = (result: CheckResult): unknown => {
      if (result.issues === undefined) return result.value;
      for (const issue of result.issues) issues.push({ path: pathOf(path, issue), message: issue.message });
      return undefined;
    };
    const result = check(value);
    return result instanceof Promise ? result.then(take) : take(result);
  };
}

function pathOf(base: string, { path = [] }: SchemaIssue): string {
  return path.reduce<string>((above, step) => join(above, typeof step === "object" ? step.key : step), base);
}

function join(path: string, key: PropertyKey): string {
  if (typeof key === "number" || /^\d+$/.test(String(key))) return `${path}[${String(key)}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(String(key))) return `${path}[${JSON.stringify(String(key).slice(0, 100))}]`;
  return path === "" ? String(key) : `${path}.${String(key)}`;
}
