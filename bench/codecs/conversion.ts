import type { Field, ListType, MapType, StructType, Type, UnionType } from "../../core/type/type.ts";

/** Where a value stands: in a field that is always there, or in a list, a map, a union or an optional field. */
export type Place = "field" | "inner";

/** How a value of ours is written in the form that a library wants, or read from it; all as source. */
export interface Form {
  readonly readName?: (field: Field) => string;
  readonly writeName?: (field: Field) => string;
  /** What stands for an absent field in the result. */
  readonly absent?: "undefined" | "null";
  /** Names that `expression` uses. */
  readonly scope?: Readonly<Record<string, unknown>>;
  /**
   * The result for the value of the expression `x`; undefined where the form of the library is ours.
   * `inner` gives that of a part.
   */
  expression(
    type: Type,
    x: string,
    place: Place,
    inner: (type: Type, x: string, place: Place) => string,
  ): string | undefined;
}

type Convert = (value: unknown) => unknown;

/**
 * Compiles what a user would write by hand: straight-line functions that make new objects only where something in them
 * differs. The result is undefined where nothing does.
 */
export function conversion(type: StructType, form: Form): Convert | undefined {
  const source = new Source(form);
  const root = source.expression(type, "value", "inner");
  if (root === "value") return undefined;
  const names = Object.keys(form.scope ?? {});
  const body = `"use strict";\n${source.functions.join("\n")}\nreturn (value) => ${root};`;
  return new Function(...names, body)(...names.map((name) => form.scope?.[name])) as Convert;
}

class Source {
  readonly functions: string[] = [];
  readonly #form: Form;
  readonly #names = new Map<StructType, string>();
  readonly #differs = new Map<Type, boolean>();

  constructor(form: Form) {
    this.#form = form;
  }

  readonly expression = (type: Type, x: string, place: Place): string => {
    const own = this.#form.expression(type, x, place, this.expression);
    if (own !== undefined) return own;
    if (!this.#changes(type, place)) return x;
    switch (type.kind) {
      case "list":
        return listOf(type, x, this.expression);
      case "map":
        return mapOf(type, x, this.expression);
      case "struct":
        return `${this.#struct(type)}(${x})`;
      default:
        return this.#union(type as UnionType, x);
    }
  };

  #struct(type: StructType): string {
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    const name = `convert${this.#names.size}`;
    this.#names.set(type, name);
    const { readName = ours, writeName = ours, absent = "undefined" } = this.#form;
    const members = type.fields.map((field) => {
      const from = `v[${JSON.stringify(readName(field))}]`;
      const to = this.expression(field.type, from, placeOf(field));
      const guarded = field.optional ? `${from} == null ? ${absent} : ${to}` : to;
      return `[${JSON.stringify(writeName(field))}]: ${guarded}`;
    });
    this.functions.push(`function ${name}(v) { return { ${members.join(", ")} }; }`);
    return name;
  }

  #union(type: UnionType, x: string): string {
    const cases = type.fields.map(
      (field) =>
        `${x}.kind === ${JSON.stringify(field.name)} ? { kind: ${x}.kind, value: ${this.expression(field.type, `${x}.value`, "inner")} }`,
    );
    return `(${cases.join(" : ")} : undefined)`;
  }

  #changes(type: Type, place: Place): boolean {
    if (this.#form.expression(type, "x", place, (_, x) => x) !== undefined) return true;
    const known = this.#differs.get(type);
    if (known !== undefined) return known;
    // A struct that contains itself does not differ because of that.
    this.#differs.set(type, false);
    const differs = this.#partsChange(type);
    this.#differs.set(type, differs);
    return differs;
  }

  #partsChange(type: Type): boolean {
    const { readName = ours, writeName = ours, absent = "undefined" } = this.#form;
    switch (type.kind) {
      case "list":
        return this.#changes(type.item, "inner");
      case "map":
        return this.#changes(type.value, "inner");
      case "struct":
        return type.fields.some(
          (field) =>
            readName(field) !== writeName(field) ||
            (field.optional && absent === "null") ||
            this.#changes(field.type, placeOf(field)),
        );
      case "union":
        return type.fields.some((field) => this.#changes(field.type, "inner"));
      default:
        return false;
    }
  }
}

const ours = (field: Field): string => field.name;
const placeOf = (field: Field): Place => (field.optional ? "inner" : "field");

type Inner = (type: Type, x: string, place: Place) => string;

export function listOf(type: ListType, x: string, inner: Inner): string {
  const item = inner(type.item, "item", "inner");
  return item === "item" ? x : `${x}.map((item) => (${item}))`;
}

export function mapOf(type: MapType, x: string, inner: Inner): string {
  const value = inner(type.value, "entry", "inner");
  return value === "entry" ? x : `Object.fromEntries(Object.entries(${x}).map(([key, entry]) => [key, ${value}]))`;
}
