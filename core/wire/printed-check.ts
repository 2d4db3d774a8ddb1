import type { PrintedContract, PrintedNamed, PrintedOperation } from "../contract/print.ts";
import { RpcError } from "../error.ts";
import type { ContractLimits } from "./limits.ts";
import { nesting, parseWord } from "./printed-word.ts";

const MAX_TYPE_NAME = 1000;

export function malformed(what: string): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `the peer's description of its contract is malformed: ${what}`,
  });
}

/** The peer's contract is beyond a limit of this side. */
export function tooLarge(limit: keyof ContractLimits, value: number, what: string): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `the peer's contract is too large: ${what}, over ${limit} (${value}); raise the limit on the side that refuses, or split the service`,
  });
}

/** Sees to it that a peer's contract has the form of one and is within the limits, before anything is built from it. */
export function checkPrinted(value: unknown, limits: ContractLimits): PrintedContract {
  const printed = value as PrintedContract;
  if (typeof printed?.types !== "object" || printed.types === null || !Array.isArray(printed.operations)) {
    throw malformed("expected types and operations");
  }
  const { maxContractTypes } = limits;
  const names = Object.keys(printed.types);
  if (names.length > maxContractTypes) throw tooLarge("maxContractTypes", maxContractTypes, `${names.length} types`);
  const { length } = printed.operations;
  if (length > maxContractTypes) throw tooLarge("maxContractTypes", maxContractTypes, `${length} operations`);
  const budget = new FieldBudget(limits);
  for (const name of names) checkNamed(name, printed.types[name] as PrintedNamed, budget);
  for (const one of printed.operations) checkOperation(one, budget);
  return printed;
}

/** Counts what a contract unfolds to: fields, cases and members, and the lists and maps around their types. */
class FieldBudget {
  readonly #limits: ContractLimits;
  #left: number;

  constructor(limits: ContractLimits) {
    this.#limits = limits;
    this.#left = limits.maxContractFields;
  }

  take(count: number, name: string): void {
    this.#left -= count;
    const { maxContractFields } = this.#limits;
    if (this.#left < 0) {
      const what = `the fields, members, lists and maps up to ${name.slice(0, 100)}`;
      throw tooLarge("maxContractFields", maxContractFields, what);
    }
  }

  /** Long ones are refused, and deep ones: no value within `maxDepth` nests so. */
  isWord(word: unknown, name: string): boolean {
    if (!isName(word)) return false;
    const levels = nesting(word);
    const { maxContractDepth } = this.#limits;
    if (levels > maxContractDepth) {
      const what = `a type in ${name.slice(0, 100)} has ${levels} lists and maps around it`;
      throw tooLarge("maxContractDepth", maxContractDepth, what);
    }
    this.take(levels, name);
    return true;
  }
}

function checkNamed(name: string, type: PrintedNamed, budget: FieldBudget): void {
  if (!["struct", "union", "error", "enum"].includes(type?.kind))
    throw malformed(`unknown kind ${String(type?.kind).slice(0, 100)}`);
  const { members = [], fields = [] } = type;
  if (!Array.isArray(members) || !Array.isArray(fields)) throw malformed("fields or members are no list");
  budget.take(members.length + fields.length, name);
  for (const member of members) if (typeof member !== "string") throw malformed("an enum member is not text");
  if (!isNumbering(type)) throw malformed("an enum does not have a number for each member");
  if (type.version !== undefined && typeof type.version !== "string") throw malformed("a version is not text");
  if (!isEncoding(type)) throw malformed("an encoding is not text");
  for (const one of fields) {
    const wellFormed =
      isName(one?.name) &&
      Number.isInteger(one.number) &&
      budget.isWord(one.type, `${name}.${one.name}`) &&
      isEncoding(one);
    if (!wellFormed) throw malformed("a field lacks name, number or type");
  }
}

function checkOperation(one: PrintedOperation, budget: FieldBudget): void {
  const words = [one?.request, one?.response, ...(one?.upstream === undefined ? [] : [one.upstream])];
  if (!isName(one?.name) || !words.every((word) => budget.isWord(word, one.name)))
    throw malformed("an operation lacks name, request or response");
  const callbacks: unknown = one.callbacks ?? [];
  if (!Array.isArray(callbacks) || !callbacks.every(isName)) throw malformed("the name of a callback is not text");
  budget.take(callbacks.length, one.name);
}

function isEncoding({ encoding }: { readonly encoding?: unknown }): boolean {
  return encoding === undefined || isName(encoding);
}

function isName(name: unknown): name is string {
  return typeof name === "string" && name.length < MAX_TYPE_NAME;
}

function isNumbering({ numbers, members }: PrintedNamed): boolean {
  if (numbers === undefined) return true;
  return Array.isArray(numbers) && numbers.length === members?.length && numbers.every((one) => (one | 0) === one);
}

/** Refuses types that stand deeper in one another, by the shortest way from any operation, than a value can nest. */
export function checkDepth(
  operations: readonly PrintedOperation[],
  types: ReadonlyMap<string, PrintedNamed>,
  maxContractDepth: number,
): void {
  const seen = new Set<string>();
  let names = operations.flatMap(({ request, response, upstream = request }) => [request, response, upstream]);
  for (let depth = 1; names.length > 0; depth++) {
    const next: string[] = [];
    for (const name of names) {
      if (seen.has(name)) continue;
      seen.add(name);
      const type = types.get(name);
      if (type?.fields === undefined) continue;
      if (depth > maxContractDepth) {
        const what = `type ${name.slice(0, 100)} stands ${depth} types deep`;
        throw tooLarge("maxContractDepth", maxContractDepth, what);
      }
      for (const field of type.fields) next.push(parseWord(field.type).name);
    }
    names = next;
  }
}
