import type { ErrorType, OptionalType, Param, Type } from "../type/type.ts";
import type { ContractDescriptor, MethodDescriptor } from "./contract.ts";
import { httpRule, type PlainRule } from "./http-rule.ts";

/** A method or topic as its author declared it, from which `describe` makes the same descriptor again. */
export type Member =
  | {
      readonly kind: "rpc" | "oneway" | "stream";
      readonly name: string;
      readonly untyped: boolean;
      readonly params: readonly Param[];
      /** The result, or what each item of a stream is. */
      readonly returns: Type | OptionalType | undefined;
      readonly throws: readonly ErrorType[];
      readonly idempotent: boolean;
      readonly noSideEffects: boolean;
      readonly http: PlainRule | undefined;
      readonly timeoutMs: number | undefined;
    }
  | { readonly kind: "topic"; readonly name: string; readonly value: Type };

export function membersOf(contract: Pick<ContractDescriptor, "methods" | "topics">): Member[] {
  return [
    ...contract.methods.map(methodMember),
    ...contract.topics.map(({ name, value }) => ({ kind: "topic" as const, name, value })),
  ];
}

function methodMember(method: MethodDescriptor): Member {
  const { name, kind, untyped, params, throws, idempotent, noSideEffects, http, timeoutMs } = method;
  return {
    kind: kind === "unary" ? "rpc" : kind,
    name,
    untyped,
    params: untyped ? [] : params,
    returns: untyped ? undefined : declaredResult(method),
    throws,
    idempotent,
    noSideEffects,
    http: httpRule(http),
    timeoutMs,
  };
}

/** What its author declared that it returns, or that each item of its stream is. */
export function declaredResult({ response, bareResponse }: MethodDescriptor): Type | OptionalType | undefined {
  if (bareResponse) return response;
  const [result] = response.fields;
  if (result === undefined) return undefined;
  const { type, optional, encoding } = result;
  return optional ? { kind: "optional", inner: type, ...(encoding && { encoding }) } : type;
}
