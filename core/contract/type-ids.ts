import type { ErrorType, Field, Type } from "../type/type.ts";
import type { NamedType } from "./type-word.ts";
import { toJson } from "./value-json.ts";

/**
 * One word for each named type of a file. Two nodes that declare exactly the same share it; two types that only have the
 * same name do not.
 */
export class TypeIds {
  readonly #wanted: (type: NamedType) => readonly string[];
  readonly #taken: Set<string>;
  readonly #byNode = new Map<NamedType, string>();
  readonly #byName = new Map<string, { readonly type: NamedType; readonly id: string }[]>();
  readonly #declarations = new Map<NamedType, string>();

  /** `wanted` gives the words for a type, the best first; `taken` those that mean something else in the file. */
  constructor(wanted: (type: NamedType) => readonly string[], taken: Iterable<string>) {
    this.#wanted = wanted;
    this.#taken = new Set(taken);
  }

  of(type: NamedType): string {
    const known = this.#byNode.get(type);
    if (known !== undefined) return known;
    const namesakes = this.#byName.get(type.name) ?? [];
    const same = namesakes.find((one) => this.#declaration(one.type) === this.#declaration(type));
    const id = same?.id ?? this.reserve(this.#wanted(type));
    if (same === undefined) this.#byName.set(type.name, [...namesakes, { type, id }]);
    this.#byNode.set(type, id);
    return id;
  }

  #declaration(type: NamedType): string {
    const known = this.#declarations.get(type) ?? JSON.stringify(declared(type, new Map()));
    this.#declarations.set(type, known);
    return known;
  }

  /** The first of the words that is free, or the last with a number behind it. */
  reserve(words: readonly string[]): string {
    const last = words.at(-1) as string;
    let id = words.find((word) => !this.#taken.has(word));
    for (let i = 2; id === undefined; i++) id = this.#taken.has(`${last}${i}`) ? undefined : `${last}${i}`;
    this.#taken.add(id);
    return id;
  }
}

/** Everything that a type's declaration says, as JSON; a type that was met before is its place. */
function declared(type: Type | ErrorType, seen: Map<Type | ErrorType, number>): unknown {
  const encoding = "encoding" in type ? Object.entries(type.encoding ?? {}).sort() : [];
  if (!("name" in type)) {
    const inner = type.kind === "list" ? type.item : type.kind === "map" ? type.value : undefined;
    return [type.kind, encoding, inner === undefined ? undefined : declared(inner, seen)];
  }
  const place = seen.get(type);
  if (place !== undefined) return place;
  seen.set(type, seen.size);
  if (type.kind === "enum") return [type.kind, encoding, type.name, type.members, type.numbers];
  const field = ({ name, number, type, optional, defaultValue, encoding = {} }: Field): unknown => [
    name,
    number,
    optional && Object.entries(encoding).sort(),
    defaultValue === undefined ? [] : [toJson(type, defaultValue)],
    declared(type, seen),
  ];
  const rest =
    type.kind === "struct"
      ? [type.version, type.transient?.map(field)]
      : type.kind === "error"
        ? errorTerms(type)
        : undefined;
  return [type.kind, encoding, type.name, type.fields.map(field), rest];
}

/** The code and default message of a declared error, which only its class knows. */
export function errorTerms(type: ErrorType): { readonly code: string; readonly message: string } {
  const { code, message } = type.create({}, {});
  return { code, message };
}
