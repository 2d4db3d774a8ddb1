import type { ContractDescriptor, MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";

/** So many names are told of a service: enough to see a slip. */
const MAX_NAMES = 50;

/*
 * What a generic call may get wrong that the compiler tells who has the contract.
 */

export function noMember({ name: service, methods, topics }: ContractDescriptor, what: string, name: string): RpcError {
  const known = namesOf(what === "method" ? methods : topics);
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${service} has no ${what} ${name.slice(0, 100)}; it has ${known}`,
  });
}

export function isStream({ name: service }: ContractDescriptor, { name }: MethodDescriptor): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${service}.${name} is a stream; read it with stream("${name}")`,
  });
}

export function isNoStream({ name: service }: ContractDescriptor, { name }: MethodDescriptor): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${service}.${name} is no stream; call it with call("${name}")`,
  });
}

export function isNotUnary({ name: service }: ContractDescriptor, { name }: MethodDescriptor): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${service}.${name} is not unary, and only such methods can be multicast`,
  });
}

export function tooMany({ name: service }: ContractDescriptor, method: MethodDescriptor, given: number): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${service}.${method.name}: takes ${method.params.length} arguments, got ${given}`,
  });
}

export function noNames({ name: service }: ContractDescriptor, { name }: MethodDescriptor): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${service}.${name} has no types, and its arguments no names; give them as a list`,
  });
}

export function noParameter({ name: service }: ContractDescriptor, method: MethodDescriptor, given: string): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${service}.${method.name}: no parameter is called ${given.slice(0, 100)}; its parameters are ${namesOf(method.params)}`,
  });
}

function namesOf(all: readonly { readonly name: string }[]): string {
  if (all.length === 0) return "none";
  const names = all.slice(0, MAX_NAMES).map(({ name }) => name);
  return names.join(", ") + (all.length > MAX_NAMES ? ", …" : "");
}
