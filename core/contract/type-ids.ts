import type { Encodable, ErrorType, Field } from "../type/type.ts";
import { type NamedType, typeWord } from "./type-word.ts";
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
    const known = this.#declarations.get(type) ?? declared(type);
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

/** Everything that a type's declaration says, and those of the types in it, each once, as JSON that is the same for the same. */
function declared(type: NamedType): string {
  const all: NamedType[] = [type];
  const places = new Map([[type, 0]]);
  const placeOf = (named: NamedType): string => {
    const place = places.get(named) ?? all.push(named) - 1;
    places.set(named, place);
    return `#${place}`;
  };
  const texts: unknown[] = [];
  // One after the other: types may nest deeper than a stack goes.
  for (const one of all) texts.push(declaration(one, placeOf));
  return JSON.stringify(texts);
}

function declaration(type: NamedType, placeOf: (type: NamedType) => string): unknown {
  const { kind, name } = type;
  const forms = "encoding" in type ? formsOf(type.encoding) : [];
  if (type.kind === "enum") return [kind, forms, name, type.members, type.numbers];
  const field = ({ name, number, type, optional, defaultValue, encoding }: Field): unknown => [
    name,
    number,
    optional && formsOf(encoding),
    defaultValue === undefined ? [] : [toJson(type, defaultValue)],
    typeWord(type, placeOf),
  ];
  const more =
    type.kind === "struct" ? [type.version, type.transient?.map(field)] : type.kind === "error" ? errorTerms(type) : [];
  return [kind, forms, name, type.fields.map(field), more];
}

function formsOf(encoding: Encodable["encoding"] = {}): unknown {
  return Object.entries(encoding).sort();
}

/** The code and default message of a declared error, which only its class knows. */
export function errorTerms(type: ErrorType): { readonly code: string; readonly message: string } {
  const { code, message } = type.create({}, {});
  return { code, message };
}
