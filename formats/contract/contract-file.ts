import { toJson } from "../../codecs/json/value.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { toField } from "../../core/type/fields.ts";
import type { Field, OptionalType, Param, Type } from "../../core/type/type.ts";
import { membersOf } from "../member.ts";
import type { NamedType } from "../schema-file.ts";
import { errorTerms, TypeIds } from "./type-ids.ts";
import { scalarWords, typeWord } from "./type-word.ts";

/** Types as JSON, from which the same types can be made again. Members that are `undefined` are not printed. */
export interface TypesFile {
  /** Says what this file is, and by which version of these rules. */
  readonly trunkline: typeof TYPES_FORM;
  /** By the word that stands for the type elsewhere in the file. */
  readonly types: Readonly<Record<string, NamedJson>>;
}
export const TYPES_FORM = "types/1";

/** Everything that a contract declares. */
export interface ContractFile {
  readonly trunkline: typeof CONTRACT_FORM;
  readonly name: string;
  readonly version: string;
  readonly group: string;
  readonly fingerprint: string;
  readonly members: readonly MemberJson[];
  readonly types: TypesFile["types"];
}
export const CONTRACT_FORM = "contract/1";

export interface MemberJson extends ResultJson {
  readonly kind: "rpc" | "oneway" | "stream" | "topic";
  readonly name: string;
  readonly untyped?: true | undefined;
  readonly params?: readonly ParamJson[] | undefined;
  readonly throws?: readonly string[] | undefined;
  readonly idempotent?: true | undefined;
  readonly timeoutMs?: number | undefined;
}
export type ParamJson =
  | FieldJson
  | { readonly name: string; readonly stream: string }
  | { readonly name: string; readonly callback: CallbackJson };
export interface CallbackJson extends ResultJson {
  readonly params: readonly ParamJson[];
}
/** The result, an item of a stream, the value of a topic. */
export interface ResultJson {
  readonly type?: string | undefined;
  readonly optional?: true | undefined;
  readonly encoding?: Readonly<Record<string, string>> | undefined;
}
export interface FieldJson {
  readonly name: string;
  readonly type: string;
  /** Where it is not the place. */
  readonly number?: number | undefined;
  readonly optional?: true | undefined;
  /** How each codec writes absence. */
  readonly encoding?: Readonly<Record<string, string>> | undefined;
  /** As the JSON codec writes the value. */
  readonly default?: unknown | undefined;
}
export interface NamedJson {
  readonly kind: "struct" | "union" | "enum" | "error";
  /** Where it is not the word itself. */
  readonly name?: string | undefined;
  readonly fields?: readonly FieldJson[] | undefined;
  readonly transient?: readonly FieldJson[] | undefined;
  readonly members?: readonly string[] | undefined;
  readonly numbers?: readonly number[] | undefined;
  readonly version?: string | undefined;
  readonly encoding?: Readonly<Record<string, string>> | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

export function contractFile(contract: ContractDescriptor): ContractFile {
  const printer = new Printer();
  return {
    trunkline: CONTRACT_FORM,
    name: contract.name,
    version: contract.version,
    group: contract.group,
    fingerprint: contract.fingerprint,
    members: printer.members(contract),
    types: printer.types,
  };
}

export function typesFile(types: readonly NamedType[]): TypesFile {
  const printer = new Printer();
  for (const type of types) printer.id(type);
  return { trunkline: TYPES_FORM, types: printer.types };
}

class Printer {
  readonly types: Record<string, NamedJson> = {};
  readonly #ids = new TypeIds((type) => [type.name, `${type.name}~`], scalarWords);

  members(contract: ContractDescriptor): MemberJson[] {
    return membersOf(contract).map((member) => {
      const { kind, name } = member;
      if (member.kind === "topic") return { kind, name, type: this.#word(member.value) };
      const { untyped, params, throws, idempotent, timeoutMs } = member;
      return {
        kind,
        name,
        untyped: untyped ? true : undefined,
        params: params.length === 0 ? undefined : params.map((param, i) => this.#param(param, i + 1)),
        ...this.#result(member.returns),
        throws: throws.length === 0 ? undefined : throws.map((error) => this.id(error)),
        idempotent: idempotent ? true : undefined,
        timeoutMs,
      };
    });
  }

  #result(type: Type | OptionalType | undefined): ResultJson {
    if (type === undefined) return {};
    return type.kind === "optional"
      ? { type: this.#word(type.inner), optional: true, encoding: type.encoding }
      : { type: this.#word(type) };
  }

  #param({ name, type }: Param, place: number): ParamJson {
    if (type.kind === "stream") return { name, stream: this.#word(type.item) };
    if (type.kind === "callback") {
      const params = type.params.map((param, i) => this.#param(param, i + 1));
      return { name, callback: { params, ...this.#result(type.returns) } };
    }
    return this.#field(toField(name, name, place, type), place);
  }

  #field({ name, number, type, optional, defaultValue, encoding }: Field, place: number): FieldJson {
    return {
      name,
      type: this.#word(type),
      number: number === place ? undefined : number,
      optional: optional ? true : undefined,
      encoding,
      default: defaultValue === undefined ? undefined : toJson(type, defaultValue),
    };
  }

  #word(type: Type): string {
    return typeWord(type, (named) => this.id(named));
  }

  id(type: NamedType): string {
    const id = this.#ids.of(type);
    if (Object.hasOwn(this.types, id)) return id;
    const named: NamedJson = { kind: type.kind };
    // Known before its fields are printed, so that recursion ends.
    this.types[id] = named;
    this.types[id] = {
      kind: type.kind,
      name: type.name === id ? undefined : type.name,
      encoding: type.kind === "error" ? undefined : type.encoding,
      version: type.kind === "struct" ? type.version : undefined,
      ...(type.kind === "error" ? errorTerms(type) : {}),
      ...(type.kind === "enum"
        ? { members: type.members, numbers: type.numbers }
        : { fields: type.fields.map((field, i) => this.#field(field, i + 1)) }),
      transient: type.kind === "struct" ? type.transient?.map((field) => this.#field(field, 0)) : undefined,
    };
    return id;
  }
}
