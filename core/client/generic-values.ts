import { inMethod } from "../call/place.ts";
import type { ContractDescriptor, MethodDescriptor } from "../contract/contract.ts";
import { declaredResult } from "../contract/member.ts";
import { fromJson, toJson } from "../contract/value-json.ts";
import { toField } from "../type/fields.ts";
import type { CallbackType, OptionalType, Param, ParamType, Type } from "../type/type.ts";
import { noNames, noParameter, tooMany } from "./generic-misuse.ts";

/** The arguments of a generic call: in order, or by the names of the parameters. */
export type GenericArguments = readonly unknown[] | Readonly<Record<string, unknown>>;

/** How values go in and come out: as the typed client's, or as JSON has them. */
export interface Values {
  args(method: MethodDescriptor, args: readonly unknown[]): unknown[];
  result(method: MethodDescriptor, value: unknown): unknown;
  topicIn(type: Type, value: unknown): unknown;
  topicOut(type: Type, value: unknown): unknown;
}

export const typedValues: Values = {
  args: (_, args) => [...args],
  result: (_, value) => value,
  topicIn: (_, value) => value,
  topicOut: (_, value) => value,
};

export const jsonValues: Values = {
  args: (method, args) =>
    method.untyped ? [...args] : method.params.map(({ name, type }, i) => argument(type, args[i], name)),
  result: (method, value) => (method.untyped ? value : outgoing(declaredResult(method), value)),
  topicIn: (type, value) => fromJson(type, value, "value"),
  topicOut: toJson,
};

/** The arguments in the order of the parameters; throws where one of them has no such name. */
export function inOrder(contract: ContractDescriptor, method: MethodDescriptor, args: GenericArguments) {
  const { params, untyped } = method;
  if (Array.isArray(args)) {
    if (untyped || args.length <= params.length) return args as readonly unknown[];
    throw tooMany(contract, method, args.length);
  }
  if (untyped) throw noNames(contract, method);
  const known = new Set(params.map((param) => param.name));
  const stray = Object.keys(args).find((key) => !known.has(key));
  if (stray !== undefined) throw noParameter(contract, method, stray);
  const named = args as Readonly<Record<string, unknown>>;
  return params.map((param) => (Object.hasOwn(named, param.name) ? named[param.name] : undefined));
}

/** The same by `values`, with errors that name the method. */
export function converted(contract: ContractDescriptor, method: MethodDescriptor, convert: () => unknown[]): unknown[] {
  try {
    return convert();
  } catch (thrown) {
    throw inMethod(thrown, { service: contract.name, method });
  }
}

function argument(type: ParamType, value: unknown, name: string): unknown {
  if (value === undefined) return undefined;
  if (type.kind === "callback") return typeof value === "function" ? callback(type, value as AnyFunction) : value;
  if (type.kind === "stream") return isStream(value) ? items(type.item, value, name) : value;
  const field = toField(name, name, 1, type);
  const absent = value === null && field.type.kind !== "any";
  return absent ? undefined : fromJson(field.type, value, name);
}

type AnyFunction = (...args: unknown[]) => unknown;

/** The function as the server calls it: JSON in and out at the caller. */
function callback({ params, returns }: CallbackType, given: AnyFunction): AnyFunction {
  return async (...args) => {
    const told = params.map(({ name, type }: Param, i) => outgoing(toField(name, name, 1, type).type, args[i]));
    const value = await given(...told);
    if (returns === undefined || value === undefined) return value;
    return returns.kind === "optional" && value === null ? undefined : fromJson(inner(returns), value, "result");
  };
}

async function* items(type: Type, given: AsyncIterable<unknown>, name: string): AsyncGenerator<unknown> {
  for await (const item of given) yield fromJson(type, item, name);
}

function outgoing(type: Type | OptionalType | undefined, value: unknown): unknown {
  return type === undefined || value === undefined ? value : toJson(inner(type), value);
}

function inner(type: Type | OptionalType): Type {
  return type.kind === "optional" ? type.inner : type;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof (value as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] === "function";
}
