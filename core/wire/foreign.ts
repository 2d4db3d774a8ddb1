import type { Callable } from "../contract/call-shape.ts";
import { field, struct } from "../contract/contract.ts";
import type { PrintedContract, PrintedField, PrintedOperation } from "../contract/print.ts";
import type { Field, StructType, Type } from "../type/type.ts";
import { type ContractLimits, defaultWireLimits } from "./limits.ts";
import { checkDepth, checkPrinted, malformed } from "./printed-check.ts";
import { encodingOf, parseWord, type Wrapper } from "./printed-word.ts";

interface ForeignOperation extends Callable {
  readonly request: StructType;
  readonly response: StructType;
  readonly upstream: StructType | undefined;
}

/**
 * The types of a peer's contract, rebuilt from its printed form. Values of them never become code, and nothing here
 * takes longer than in proportion to the contract, whose size the limits bound.
 */
export class ForeignContract {
  readonly #types: ReadonlyMap<string, PrintedContract["types"][string]>;
  readonly #operations = new Map<string, PrintedOperation>();
  readonly #named = new Map<string, Type>();
  readonly #errors = new Map<string, StructType>();
  /** By their word, so that the same list of the same struct is one type, and is compared and compiled once. */
  readonly #words = new Map<string, Type>();

  constructor(printed: unknown, limits: ContractLimits = defaultWireLimits) {
    const { operations, types } = checkPrinted(printed, limits);
    this.#types = new Map(Object.entries(types));
    for (const one of operations) if (!this.#operations.has(one.name)) this.#operations.set(one.name, one);
    checkDepth(operations, this.#types, limits.maxContractDepth);
  }

  /** How an operation is called, and its types; `undefined` if the peer has none of that name. */
  operation(name: string): ForeignOperation | undefined {
    const found = this.#operations.get(name);
    if (found === undefined) return undefined;
    return {
      kind: found.kind,
      untyped: found.untyped === true,
      callbacks: (found.callbacks ?? []).map((callback) => ({ name: callback })),
      request: this.#struct(found.request),
      response: this.#struct(found.response),
      upstream: found.upstream === undefined ? undefined : this.#struct(found.upstream),
    };
  }

  /** A struct or error of that name; `undefined` if the peer has none. */
  named(name: string): StructType | undefined {
    const printed = this.#types.get(name);
    if (printed?.kind === "struct") return this.#struct(name);
    if (printed?.kind !== "error") return undefined;
    let error = this.#errors.get(name);
    if (error === undefined) {
      const fields = (printed.fields ?? []).map((one) => this.#field(one));
      error = struct(name, fields);
      this.#errors.set(name, error);
    }
    return error;
  }

  #struct(name: string): StructType {
    const type = this.#type(name);
    if (type.kind !== "struct") throw malformed(`${name.slice(0, 100)} is not a struct`);
    return type;
  }

  #type(word: string): Type {
    let type = this.#words.get(word);
    if (type !== undefined) return type;
    const { wrappers, scalar, name, form } = parseWord(word);
    // Copied here, a type that contains itself would have no end.
    if (!scalar && form.encoding !== undefined && this.#types.has(name))
      throw malformed(`${name.slice(0, 100)} cannot have a form of its own here`);
    type = scalar ? (Object.freeze({ kind: name, ...form }) as Type) : this.#namedType(name);
    for (const wrapper of wrappers) type = wrap(wrapper, type);
    this.#words.set(word, type);
    return type;
  }

  #namedType(name: string): Type {
    const known = this.#named.get(name);
    if (known) return known;
    const printed = this.#types.get(name);
    if (printed === undefined) throw malformed(`type ${name.slice(0, 100)} is not described`);
    if (printed.kind === "enum")
      return Object.freeze({
        kind: "enum",
        name,
        members: printed.members ?? [],
        numbers: printed.numbers,
        ...encodingOf(printed.encoding),
      }) as Type;
    let fields: readonly Field[] | undefined;
    const type = Object.freeze({
      kind: printed.kind,
      name,
      version: printed.version,
      ...encodingOf(printed.encoding),
      // On first use, so that recursion finds the type already known.
      get fields() {
        fields ??= Object.freeze((printed.fields ?? []).map((one) => self.#field(one)));
        return fields;
      },
    }) as unknown as Type;
    const self = this;
    this.#named.set(name, type);
    return type;
  }

  #field(printed: PrintedField): Field {
    const plain = field(printed.name, printed.number, this.#type(printed.type), printed.optional);
    // Which default a field has is its reader's business; that it has one is the writer's too.
    const defaultValue = printed.hasDefault === true ? null : undefined;
    return Object.freeze({ ...plain, defaultValue, ...encodingOf(printed.encoding) });
  }
}

function wrap({ kind, ...form }: Wrapper, inner: Type): Type {
  return Object.freeze(kind === "list" ? { kind, item: inner } : { kind, value: inner, ...form }) as Type;
}
