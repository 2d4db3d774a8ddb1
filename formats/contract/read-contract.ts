import { fromJson } from "../../codecs/json/value.ts";
import type { Code } from "../../core/code.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import type { Definition, Returns } from "../../core/contract/definition.ts";
import { describe } from "../../core/contract/describe.ts";
import type { ErrorClass } from "../../core/schema/declared-error.ts";
import { arg } from "../../core/schema/param.ts";
import { t } from "../../core/schema/t.ts";
import type { EnumType, FieldType, OptionalType, Param, StructType, Type, UnionType } from "../../core/type/type.ts";
import { InputError } from "../input-error.ts";
import type { NamedType, SchemaFile } from "../schema-file.ts";
import type {
  ContractFile,
  FieldJson,
  MemberJson,
  NamedJson,
  ParamJson,
  ResultJson,
  TypesFile,
} from "./contract-file.ts";
import { isContractFile } from "./contract-form.ts";
import { readTypeWord } from "./type-word.ts";

/** Makes what `contractFile` or `typesFile` printed. Throws where the file was changed into something that is neither. */
export function readContractFile(file: unknown): SchemaFile {
  const contract = isContractFile(file) ? file : undefined;
  const types = new Types((file as TypesFile).types);
  const contracts = contract === undefined ? [] : [readContract(contract, types)];
  return { contracts: new Map(contracts.map((one) => [one.name, one])), types: types.all() };
}

function readContract({ name, version, group, members }: ContractFile, types: Types): ContractDescriptor {
  const definitions = new Map(members.map((one) => [one.name, definition(one, types)]));
  if (definitions.size < members.length) throw new InputError(`${name}: a member stands twice; remove one`);
  return describe(name, { version, group }, definitions);
}

function definition(member: MemberJson, types: Types): Definition {
  const { kind, untyped = false } = member;
  if (kind === "topic") return { kind, value: types.type(member.type) };
  const params = (member.params ?? []).map((param) => readParam(param, types));
  const policy = member.timeoutMs === undefined ? {} : { timeoutMs: member.timeoutMs };
  if (kind === "oneway") return { kind, untyped, params, ...policy };
  const throws = (member.throws ?? []).map((id) => types.error(id));
  if (kind === "stream") {
    return { kind, untyped, params, throws, yields: untyped ? t.any : types.type(member.type), ...policy };
  }
  if (kind === "rpc") {
    const returns = result(member, types);
    return {
      kind,
      untyped,
      params,
      throws,
      idempotent: member.idempotent ?? false,
      ...policy,
      ...(returns && { returns }),
    };
  }
  throw new InputError(`${JSON.stringify(kind)} is not a kind of member; known are rpc, oneway, stream, topic`);
}

function result(json: ResultJson, types: Types): Returns {
  if (json.type === undefined) return undefined;
  const type = types.type(json.type);
  return json.optional ? optional(type, json.encoding) : type;
}

function optional(type: Type, encoding: ResultJson["encoding"]): OptionalType {
  return encoding === undefined ? t.optional(type) : t.encoded(t.optional(type), encoding);
}

function readParam(param: ParamJson, types: Types): Param {
  if ("stream" in param) return arg(param.name, t.stream(types.type(param.stream)));
  if ("callback" in param) {
    const { callback } = param;
    const params = callback.params.map((one) => readParam(one, types));
    return arg(param.name, t.callback(params, result(callback, types)));
  }
  return arg(param.name, types.field(param));
}

/** The named types of a file, each made when it is first asked for. */
class Types {
  readonly #printed: Readonly<Record<string, NamedJson>>;
  readonly #made = new Map<string, Type>();
  readonly #errors = new Map<string, ErrorClass<Record<string, never>>>();

  constructor(printed: Readonly<Record<string, NamedJson>>) {
    this.#printed = printed;
  }

  all(): NamedType[] {
    return Object.keys(this.#printed).map((id) => {
      const type = this.#named(id).kind === "error" ? this.error(id).type : this.type(id);
      // Looked at, so that what is wrong with its fields comes out here.
      if ("fields" in type) type.fields.at(0);
      return type as NamedType;
    });
  }

  type(word: string | undefined): Type {
    return readTypeWord(word, (id) => {
      const known = this.#made.get(id) ?? this.#make(id);
      this.#made.set(id, known);
      return known;
    });
  }

  error(id: string): ErrorClass<Record<string, never>> {
    const named = this.#named(id);
    const made =
      this.#errors.get(id) ??
      t.error(named.name ?? id, this.#record(named), {
        ...(named.code !== undefined && { code: named.code as Code }),
        ...(named.message !== undefined && { message: named.message }),
      });
    this.#errors.set(id, made);
    return made;
  }

  field(json: FieldJson): FieldType {
    const type = this.type(json.type);
    const field = json.optional
      ? optional(type, json.encoding)
      : json.default === undefined
        ? type
        : t.default(type, fromJson(type, json.default) as never);
    return json.number === undefined ? field : t.field(json.number, field);
  }

  #named(id: string): NamedJson {
    const named = Object.hasOwn(this.#printed, id) ? this.#printed[id] : undefined;
    if (named === undefined) throw new InputError(`type ${id} is not described`);
    return named;
  }

  #make(id: string): Type {
    const named = this.#named(id);
    const plain = this.#plain(named.name ?? id, named);
    return named.encoding === undefined ? plain : t.encoded(plain, named.encoding);
  }

  #plain(name: string, named: NamedJson): StructType | UnionType | EnumType {
    if (named.kind === "enum") {
      const { members = [], numbers } = named;
      return t.enums(
        name,
        numbers ? Object.fromEntries(members.map((one, i) => [one, numbers[i] as number])) : members,
      );
    }
    if (named.kind === "union") return t.union(name, this.#record(named));
    if (named.kind !== "struct") throw new InputError(`${name} is of kind ${named.kind}, which no value has`);
    return t.struct(name, this.#record(named), named.version === undefined ? {} : { version: named.version });
  }

  /** Fields that are resolved when they are first looked at, so that a struct may contain itself. */
  #record({ fields = [], transient = [] }: NamedJson): Record<string, never> {
    const record: Record<string, never> = Object.create(null);
    const lazy = (name: string, get: () => unknown): void => {
      Object.defineProperty(record, name, { get, enumerable: true });
    };
    for (const one of fields) lazy(one.name, () => this.field(one));
    for (const one of transient) lazy(one.name, () => t.transient(this.field(one) as never));
    return record;
  }
}
