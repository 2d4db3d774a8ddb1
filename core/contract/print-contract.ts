import { Memo } from "../memo.ts";
import { toField } from "../type/fields.ts";
import type { Encodable, Field, OptionalType, Param, Type } from "../type/type.ts";
import type { ContractDescriptor } from "./contract.ts";
import {
  CONTRACT_FORM,
  type ContractJson,
  type EncodingJson,
  type FieldJson,
  type MemberJson,
  type NamedJson,
  type ParamJson,
  type ResultJson,
  TYPES_FORM,
  type TypesJson,
} from "./contract-json.ts";
import { membersOf } from "./member.ts";
import { errorTerms, TypeIds } from "./type-ids.ts";
import { type NamedType, scalarWords, typeWord } from "./type-word.ts";
import { toJson } from "./value-json.ts";

/** A contract that has no fingerprint yet. */
export type Described = Omit<ContractDescriptor, "fingerprint">;

/** All that a contract declares, as JSON; `readContract` makes it again. */
export function printContract(contract: ContractDescriptor): ContractJson {
  const { name, version, group, fingerprint, docs } = contract;
  const printer = new Printer(true);
  const members = printer.members(contract);
  return {
    trunkline: CONTRACT_FORM,
    name,
    version,
    group: group === "" ? undefined : group,
    fingerprint,
    members,
    types: printer.finish(),
    docs,
  };
}

/** Types and all that they contain, as JSON; `readTypes` makes them again. */
export function printTypes(types: readonly NamedType[]): TypesJson {
  const printer = new Printer(true);
  for (const type of types) printer.named(type);
  return { trunkline: TYPES_FORM, types: printer.finish() };
}

/** What two peers must agree on, the same whatever process or version printed it. */
export function wirePart(contract: Described): ContractJson {
  const { name, version } = contract;
  const printer = new Printer(false);
  const members = printer.members(contract);
  const types = printer.finish();
  const twice = printer.ambiguous();
  if (twice !== undefined) {
    throw new TypeError(`service ${name}: two types that differ are called ${twice}; name one differently`);
  }
  return { trunkline: CONTRACT_FORM, name, version, members, types };
}

/** A type as a peer is told of it: its word, and the types that it names. */
export function wireTypes(type: Type): { readonly word: string; readonly types: TypesJson["types"] } {
  const printer = new Printer(false);
  const word = printer.word(type);
  return { word, types: printer.finish() };
}

const texts = new Memo<Described, string>();

/** The wire part as text: a large one takes milliseconds, and every peer of another version asks. */
export function wireText(contract: Described): string {
  return texts.of(contract, () => JSON.stringify(wirePart(contract)));
}

/** Prints types one after the other: they may nest deeper than a stack goes. */
class Printer {
  readonly #types: Record<string, NamedJson> = Object.create(null);
  readonly #whole: boolean;
  readonly #idOf: (type: NamedType) => string;
  readonly #printed = new Set<NamedType>();
  /** Those whose fields are not printed yet. */
  readonly #open: [type: NamedType, printed: NamedJson][] = [];
  /** Of a word that stands in `types` already: to be compared when all is printed. */
  readonly #again: [id: string, printed: NamedJson][] = [];

  constructor(whole: boolean) {
    this.#whole = whole;
    // On the wire, types of one name are one type. A whole contract may have two that differ in what is no part of that.
    const ids = whole ? new TypeIds((type) => [type.name, `${type.name}~`], scalarWords) : undefined;
    this.#idOf = ids === undefined ? (type) => type.name : (type) => ids.of(type);
  }

  members(contract: Described): MemberJson[] {
    return membersOf(contract).map((member) => {
      const { kind, name } = member;
      if (member.kind === "topic") return { kind, name, type: this.word(member.value) };
      const { untyped, params, throws } = member;
      return {
        kind,
        name,
        untyped: untyped || undefined,
        params: params.length === 0 ? undefined : params.map((param, i) => this.#param(param, i + 1)),
        ...this.#result(member.returns),
        throws: throws.length === 0 ? undefined : throws.map((error) => this.named(error)),
        idempotent: (this.#whole && member.idempotent && !member.noSideEffects) || undefined,
        noSideEffects: (this.#whole && member.noSideEffects) || undefined,
        http: this.#whole ? member.http : undefined,
        timeoutMs: this.#whole ? member.timeoutMs : undefined,
      };
    });
  }

  /** All types that were named, with all that they contain. */
  finish(): Record<string, NamedJson> {
    // Which grows as it goes.
    for (const [type, { fields = [], transient = [] }] of this.#open) {
      if (type.kind === "enum") continue;
      for (const [i, one] of type.fields.entries()) (fields as FieldJson[]).push(this.#field(one, i + 1));
      if (type.kind !== "struct") continue;
      for (const one of type.transient ?? []) (transient as FieldJson[]).push(this.#field(one, 0));
    }
    return this.#types;
  }

  /** The word for a type. */
  named(type: NamedType): string {
    const id = this.#idOf(type);
    if (this.#printed.has(type)) return id;
    this.#printed.add(type);
    const printed: NamedJson = {
      kind: type.kind,
      name: type.name === id ? undefined : type.name,
      encoding: type.kind === "error" ? undefined : encodingOf(type),
      version: type.kind === "struct" ? type.version : undefined,
      ...(type.kind === "error" && this.#whole ? errorTerms(type) : {}),
      ...(type.kind === "enum" ? { members: type.members, numbers: type.numbers } : { fields: [] }),
      transient: this.#whole && type.kind === "struct" && type.transient ? [] : undefined,
    };
    if (this.#types[id] === undefined) this.#types[id] = printed;
    else this.#again.push([id, printed]);
    this.#open.push([type, printed]);
    return id;
  }

  /** The name that two types share although they differ: a peer would be told of one of them alone. */
  ambiguous(): string | undefined {
    return this.#again.find(([id, printed]) => JSON.stringify(printed) !== JSON.stringify(this.#types[id]))?.[0];
  }

  #result(type: Type | OptionalType | undefined): ResultJson {
    if (type === undefined) return {};
    if (type.kind !== "optional") return { type: this.word(type) };
    return { type: this.word(type.inner), optional: true, encoding: encodingOf(type) };
  }

  #param({ name, type }: Param, place: number): ParamJson {
    if (type.kind === "stream") return { name, stream: this.word(type.item) };
    if (type.kind === "callback") {
      const params = type.params.map((param, i) => this.#param(param, i + 1));
      return { name, callback: { params, ...this.#result(type.returns) } };
    }
    return this.#field(toField(name, name, place, type), place);
  }

  #field(field: Field, place: number): FieldJson {
    const { name, number, type, optional, defaultValue } = field;
    const hasDefault = defaultValue !== undefined;
    return {
      name,
      type: this.word(type),
      number: number === place ? undefined : number,
      optional: optional || undefined,
      encoding: encodingOf(field),
      default: hasDefault && this.#whole ? toJson(type, defaultValue) : undefined,
      hasDefault: (hasDefault && !this.#whole) || undefined,
    };
  }

  word(type: Type): string {
    return typeWord(type, (named) => this.named(named));
  }
}

/** In one order, whatever the order in which it was declared. */
function encodingOf({ encoding }: Encodable): EncodingJson | undefined {
  return encoding && Object.fromEntries(Object.entries(encoding).sort());
}
