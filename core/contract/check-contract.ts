import { isName, isQualifiedName } from "../name.ts";
import type {
  CallbackJson,
  ContractJson,
  FieldJson,
  MemberJson,
  NamedJson,
  ParamJson,
  ResultJson,
  TypesJson,
} from "./contract-json.ts";
import { CONTRACT_FORM, TYPES_FORM } from "./contract-json.ts";
import type { ContractLimits } from "./limits.ts";
import { malformed, tooLarge } from "./malformed.ts";
import { nesting, parseWord } from "./type-word.ts";

const MAX_WORD = 1000;
/** Types of one name are compared with one another; a few may differ in their defaults. */
const MAX_NAMESAKES = 16;
const MAX_FIELD_NUMBER = 536_870_911;
/** What `t.encoded` takes. */
const FORM = /^[A-Za-z0-9_.:-]+$/;
const memberKinds = ["rpc", "oneway", "stream", "topic"];
const typeKinds = ["struct", "union", "error", "enum"];

type Json = Readonly<Record<string, unknown>>;

/**
 * Sees to it that JSON has the form of a contract and is within the limits, before anything is built from it; in one pass,
 * whose time is in proportion to it. Members that it does not know pass: a later version may have more to say.
 */
export function checkContract(value: unknown, limits: ContractLimits): ContractJson {
  const { trunkline, name, version, group, members } = object(value, "it");
  if (trunkline !== CONTRACT_FORM) throw malformed(`expected the form ${CONTRACT_FORM}, got ${short(trunkline)}`);
  qualified(name, "name");
  text(version, "version");
  if (group !== undefined) text(group, "group");
  const check = new Checker(limits);
  check.types(value);
  check.counted(list(members, "members").length, "members");
  for (const [i, member] of list(members, "members").entries()) check.member(member, `members[${i}]`);
  const contract = value as ContractJson;
  if (contract.docs !== undefined) {
    for (const [of, doc] of Object.entries(object(contract.docs, "docs"))) text(doc, `docs of ${of.slice(0, 100)}`);
  }
  checkDepth(contract, limits.maxContractDepth);
  return contract;
}

export function checkTypes(value: unknown, limits: ContractLimits): TypesJson {
  const { trunkline } = object(value, "it");
  if (trunkline !== TYPES_FORM) throw malformed(`expected the form ${TYPES_FORM}, got ${short(trunkline)}`);
  new Checker(limits).types(value);
  return value as TypesJson;
}

class Checker {
  readonly #limits: ContractLimits;
  #left: number;

  constructor(limits: ContractLimits) {
    this.#limits = limits;
    this.#left = limits.maxContractFields;
  }

  types(value: unknown): void {
    const types = object((value as TypesJson).types, "types");
    const ids = Object.keys(types);
    this.counted(ids.length, "types");
    const namesakes = new Map<string, number>();
    for (const id of ids) {
      this.#named(id, types[id]);
      const { name = id } = types[id] as NamedJson;
      const count = (namesakes.get(name) ?? 0) + 1;
      if (count > MAX_NAMESAKES) throw malformed(`more than ${MAX_NAMESAKES} types are called ${name.slice(0, 100)}`);
      namesakes.set(name, count);
    }
  }

  counted(count: number, what: string): void {
    const { maxContractTypes } = this.#limits;
    if (count > maxContractTypes) throw tooLarge("maxContractTypes", maxContractTypes, `${count} ${what}`);
  }

  /** Counts what a contract unfolds to: fields, cases and members, and the lists and maps around their types. */
  #take(count: number, at: string): void {
    this.#left -= count;
    if (this.#left >= 0) return;
    const { maxContractFields } = this.#limits;
    const what = `the fields, members, lists and maps up to ${at.slice(0, 200)}`;
    throw tooLarge("maxContractFields", maxContractFields, what);
  }

  #named(id: string, value: unknown): void {
    const at = id.slice(0, 200);
    const {
      kind,
      name = id,
      fields = [],
      transient = [],
      members,
      numbers,
      version,
      code,
      message,
      encoding,
    } = object(value, at) as unknown as NamedJson;
    if (!typeKinds.includes(kind)) throw malformed(`${at}: ${short(kind)} is not a kind of type`);
    qualified(name, at);
    if (version !== undefined && text(version, `${at}.version`) === "") throw malformed(`${at}: its version is empty`);
    for (const one of [code, message]) if (one !== undefined) text(one, at);
    checkEncoding(encoding, at);
    if (kind === "enum") return this.#members(list(members, `${at}.members`), numbers, at);
    this.#fields(fields, at);
    this.#fields(transient, at);
    if (kind !== "union") return;
    if (fields.length === 0) throw malformed(`${at}: a union needs at least one case`);
    const without = fields.find((one) => one.optional || one.default !== undefined || one.hasDefault);
    if (without !== undefined) throw malformed(`${at}.${without.name}: a case of a union is always there`);
  }

  #members(members: readonly unknown[], numbers: unknown, at: string): void {
    this.#take(members.length, at);
    if (members.length === 0) throw malformed(`${at}: an enum needs at least one member`);
    unique(
      members.map((member) => named(member, at)),
      at,
      "the member",
    );
    if (numbers === undefined) return;
    const all = list(numbers, `${at}.numbers`) as readonly number[];
    if (all.length !== members.length || !all.every((one) => (one | 0) === one))
      throw malformed(`${at}: an enum does not have a number for each member`);
    unique(all, at, "the number");
  }

  #fields(fields: unknown, at: string): void {
    const all = list(fields, `${at}.fields`);
    this.#take(all.length, at);
    const places = all.map((one, i) => this.#field(one, at, i + 1));
    unique(
      places.map(({ name }) => name),
      at,
      "the field",
    );
    unique(
      places.map(({ number }) => number),
      at,
      "the number",
    );
  }

  #field(value: unknown, owner: string, place: number): { readonly name: string; readonly number: number } {
    const {
      name,
      type,
      number = place,
      optional,
      encoding,
    } = object(value, `${owner}, a field`) as unknown as FieldJson;
    const at = `${owner}.${named(name, owner)}`;
    this.#word(type, at);
    checkEncoding(encoding, at);
    const isNumber = Number.isInteger(number) && number >= 1 && number <= MAX_FIELD_NUMBER;
    if (!isNumber) throw malformed(`${at}: ${short(number)} is not the number of a field`);
    if (optional !== undefined && typeof optional !== "boolean") throw malformed(`${at}: optional is true or left out`);
    return { name, number };
  }

  member(value: unknown, at: string): void {
    const member = object(value, at) as unknown as MemberJson;
    const { kind, name, params = [], throws = [], timeoutMs, http } = member;
    if (!memberKinds.includes(kind)) throw malformed(`${at}: ${short(kind)} is not a kind of member`);
    named(name, `${at}.name`);
    this.#params(params, name);
    this.#result(member, name);
    for (const error of list(throws, `${at}.throws`)) this.#word(error, `${at}.throws`);
    if (timeoutMs !== undefined && !(timeoutMs > 0)) throw malformed(`${at}: ${short(timeoutMs)} is no time`);
    if (http !== undefined) this.#http(http, `${at}.http`);
    const needsType = kind === "topic" || (kind === "stream" && member.untyped !== true);
    if (needsType && member.type === undefined) throw malformed(`${at}: a ${kind} without a type`);
  }

  /** How much of it there is; `httpBindings` knows what it may say. */
  #http(http: unknown, at: string): void {
    const { additionalBindings = [] } = object(http, at);
    const all = [http, ...list(additionalBindings, at)];
    this.counted(all.length, "bindings of HTTP");
    for (const one of all) {
      const { custom = {}, ...rule } = object(one, at);
      for (const said of [...Object.values(rule), ...Object.values(object(custom, at))]) {
        if (said === additionalBindings) continue;
        if (text(said, at).length >= MAX_WORD) throw malformed(`${at}: ${short(said)} is too long`);
      }
    }
  }

  #params(params: unknown, at: string): void {
    const all = list(params, `${at}.params`);
    this.#take(all.length, at);
    const names = all.map((value, i) => {
      const param = object(value, `${at}.params[${i}]`) as unknown as ParamJson;
      const here = `${at}.params[${i}]`;
      named(param.name, `${here}.name`);
      if ("stream" in param) this.#word(param.stream, here);
      else if ("callback" in param) {
        const callback = object(param.callback, here) as unknown as CallbackJson;
        this.#params(callback.params, here);
        this.#result(callback, here);
      } else this.#field(param, at, i + 1);
      return param.name;
    });
    unique(names, at, "the parameter");
  }

  #result({ type, encoding }: ResultJson, at: string): void {
    if (type !== undefined) this.#word(type, at);
    checkEncoding(encoding, at);
  }

  /** Long ones are refused, and deep ones: no value within `maxDepth` nests so. */
  #word(word: unknown, at: string): void {
    if (typeof word !== "string" || word.length >= MAX_WORD) throw malformed(`${at}: ${short(word)} is not a type`);
    const levels = nesting(word);
    const { maxContractDepth } = this.#limits;
    if (levels > maxContractDepth) {
      const what = `a type in ${at} has ${levels} lists and maps around it`;
      throw tooLarge("maxContractDepth", maxContractDepth, what);
    }
    if (levels > 0) this.#take(levels, at);
  }
}

function checkEncoding(encoding: unknown, at: string): void {
  if (encoding === undefined) return;
  for (const [codec, word] of Object.entries(object(encoding, `${at}.encoding`))) {
    if (!FORM.test(codec) || typeof word !== "string" || !FORM.test(word))
      throw malformed(`${at}: ${short(codec)}: ${short(word)} is not a codec and its form`);
  }
}

function object(value: unknown, at: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw malformed(`${at}: expected an object, got ${short(value)}`);
}

function list(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed(`${at}: expected a list, got ${short(value)}`);
}

function text(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  throw malformed(`${at}: expected text, got ${short(value)}`);
}

function named(name: unknown, at: string): string {
  if (typeof name === "string" && name.length < MAX_WORD && isName(name)) return name;
  throw malformed(`${at}: ${short(name)} is not a usable name; use letters, digits and _`);
}

function qualified(name: unknown, at: string): void {
  if (typeof name === "string" && name.length < MAX_WORD && isQualifiedName(name)) return;
  throw malformed(`${at}: ${short(name)} is not a usable name; use letters, digits, _ and .`);
}

function unique(all: readonly unknown[], at: string, what: string): void {
  const seen = new Set<unknown>();
  for (const one of all) {
    if (seen.has(one)) throw malformed(`${at}: ${what} ${short(one)} stands twice`);
    seen.add(one);
  }
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 100);
}

/** Refuses types that stand deeper in one another, by the shortest way from any operation, than a value can nest. */
function checkDepth({ members, types }: ContractJson, maxContractDepth: number): void {
  const seen = new Set<string>();
  const messages = members.map(wordsOf);
  let names = messages.flatMap(({ bare }) => bare);
  let next = messages.flatMap(({ inside }) => inside);
  for (let depth = 1; names.length + next.length > 0; depth++) {
    for (const name of names) {
      if (seen.has(name)) continue;
      seen.add(name);
      const fields = Object.hasOwn(types, name) ? types[name]?.fields : undefined;
      if (fields === undefined) continue;
      if (depth > maxContractDepth) {
        const what = `type ${name.slice(0, 100)} stands ${depth} types deep`;
        throw tooLarge("maxContractDepth", maxContractDepth, what);
      }
      for (const field of fields) next.push(parseWord(field.type).name);
    }
    names = next;
    next = [];
  }
}

/** The types that are messages of a member themselves, and those that stand in one. */
function wordsOf({ kind, params = [], type }: MemberJson): { readonly bare: string[]; readonly inside: string[] } {
  const results = type === undefined ? [] : [parseWord(type).name];
  if (kind === "topic") return { bare: [], inside: results };
  const inside = params.flatMap(paramWords).map((word) => parseWord(word).name);
  return params.length === 1 ? { bare: [...results, ...inside], inside: [] } : { bare: results, inside };
}

function paramWords(param: ParamJson): string[] {
  if ("stream" in param) return [param.stream];
  if (!("callback" in param)) return [param.type];
  const { params, type } = param.callback;
  return [...params.flatMap(paramWords), ...(type === undefined ? [] : [type])];
}
