import type { Code } from "../code.ts";
import { withoutCode } from "../compile/generation.ts";
import { errorClass } from "../schema/declared-error.ts";
import type { ErrorType, Field, FieldType, OptionalType, Type } from "../type/type.ts";
import type { EncodingJson, FieldJson, NamedJson, ResultJson } from "./contract-json.ts";
import { malformed } from "./malformed.ts";
import { type NamedType, parseWord, type Wrapper } from "./type-word.ts";
import { fromJson } from "./value-json.ts";

/**
 * The types of a contract that was checked, each made once, when it is first asked for, and its fields when they are first
 * looked at: types may nest deeper than a stack goes, and who calls three methods waits for three.
 */
export class TypeReader {
  readonly #printed: Readonly<Record<string, NamedJson>>;
  readonly #named = new Map<string, Type>();
  readonly #errors = new Map<string, ErrorType>();
  /** By their word, so that the same list of the same struct is one type, and is compared and compiled once. */
  readonly #words = new Map<string, Type>();

  constructor(printed: Readonly<Record<string, NamedJson>>) {
    this.#printed = printed;
  }

  all(): NamedType[] {
    return Object.keys(this.#printed).map((id) => {
      const type = this.#printed[id]?.kind === "error" ? this.error(id) : (this.#namedType(id) as NamedType);
      // Looked at, so that what is wrong with them comes out here.
      if ("fields" in type) type.fields.at(0);
      if ("transient" in type) type.transient?.at(0);
      return type;
    });
  }

  type(word = ""): Type {
    let type = this.#words.get(word);
    if (type !== undefined) return type;
    const { wrappers, scalar, name, form } = parseWord(word);
    // Copied here, a type that contains itself would have no end.
    if (!scalar && form.encoding !== undefined && Object.hasOwn(this.#printed, name))
      throw malformed(`${short(name)} cannot have a form of its own here`);
    type = scalar ? (Object.freeze({ kind: name, ...form }) as Type) : this.#namedType(name);
    for (const wrapper of wrappers) type = wrap(wrapper, type);
    this.#words.set(word, type);
    return type;
  }

  error(id: string): ErrorType {
    let type = this.#errors.get(id);
    if (type === undefined) {
      const { name = id, kind, fields = [], code, message } = this.#find(id);
      if (kind !== "error") throw malformed(`${short(id)} is of kind ${kind}, which nobody throws`);
      const declared: Record<string, unknown> = {};
      for (const [i, field] of fields.entries()) {
        Object.defineProperty(declared, field.name, { get: () => this.declared(field, i + 1), enumerable: true });
      }
      const terms = { ...(code && { code: code as Code }), ...(message && { message }) };
      const made = (errorClass(name, declared, terms) as { readonly type: ErrorType }).type;
      type = Object.freeze({
        kind: "error",
        name,
        get fields() {
          return made.fields;
        },
        // Which copies defaults by their types.
        create: (values, given) => withoutCode(() => made.create(values, given)),
      } satisfies ErrorType);
      this.#errors.set(id, type);
    }
    return type;
  }

  result(json: ResultJson): Type | OptionalType | undefined {
    if (json.type === undefined) return undefined;
    const type = this.type(json.type);
    return json.optional ? optional(type, json.encoding) : type;
  }

  /** A field as it is declared. */
  declared({ name, type: word, number, optional: isOptional, encoding, ...json }: FieldJson, place: number): FieldType {
    const type = this.type(word);
    const value = defaultOf(name, type, json);
    const inner = isOptional
      ? optional(type, encoding)
      : value === undefined
        ? type
        : Object.freeze({ kind: "default" as const, inner: type, value });
    return number === undefined || number === place ? inner : Object.freeze({ kind: "field", number, inner });
  }

  #field(json: FieldJson, place: number): Field {
    const { name, number = place, type: word, encoding, optional = false } = json;
    const type = this.type(word);
    const defaultValue = optional ? undefined : defaultOf(name, type, json);
    return Object.freeze({ name, number, type, optional, defaultValue, ...(encoding && { encoding }) });
  }

  #find(id: string): NamedJson {
    const found = Object.hasOwn(this.#printed, id) ? this.#printed[id] : undefined;
    if (found === undefined) throw malformed(`type ${short(id)} is not described`);
    return found;
  }

  #namedType(id: string): Type {
    const known = this.#named.get(id);
    if (known !== undefined) return known;
    const type = this.#make(id, this.#find(id));
    this.#named.set(id, type);
    return type;
  }

  #make(id: string, { kind, name = id, encoding, version, members, numbers, fields = [], transient }: NamedJson): Type {
    const form = encoding && { encoding: Object.freeze({ ...encoding }) };
    if (kind === "enum") return Object.freeze({ kind, name, members, numbers, ...form }) as Type;
    if (kind === "error") throw malformed(`${short(id)} is of kind error, which no value has`);
    const resolve = this.#later(fields, 1);
    const resolveTransient = this.#later(transient, 0);
    return Object.freeze({
      kind,
      name,
      version,
      ...form,
      get fields() {
        return resolve();
      },
      get transient() {
        return resolveTransient();
      },
    }) as unknown as Type;
  }

  /** Only what crosses a wire is numbered, from `first` on; what does not has 0. */
  #later(all: readonly FieldJson[] | undefined, first: 0 | 1): () => readonly Field[] | undefined {
    let made: readonly Field[] | undefined;
    return () => {
      made ??= all && Object.freeze(all.map((one, i) => this.#field(one, first * (i + 1))));
      return made;
    };
  }
}

function defaultOf(name: string, type: Type, json: Pick<FieldJson, "default" | "hasDefault">): unknown {
  if (json.default !== undefined) return fromJson(type, json.default, name);
  // Which default a field has is its reader's business; that it has one is the writer's too.
  return json.hasDefault === true ? null : undefined;
}

function optional(inner: Type, encoding: EncodingJson | undefined): OptionalType {
  return Object.freeze({ kind: "optional", inner, ...(encoding && { encoding: Object.freeze({ ...encoding }) }) });
}

function wrap({ kind, ...form }: Wrapper, inner: Type): Type {
  return Object.freeze(kind === "list" ? { kind, item: inner } : { kind, value: inner, ...form }) as Type;
}

function short(name: string): string {
  return name.slice(0, 100);
}
