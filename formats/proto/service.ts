import type { ContractDescriptor } from "../../core/contract/contract.ts";
import type { HttpRule } from "../../core/contract/http-rule.ts";
import { type ProtobufMethod, protobufMember } from "../../core/contract/protobuf-service.ts";
import { defineService, type Members } from "../../core/contract/service.ts";
import { httpRuleOf } from "./http-rule.ts";

/** A service of a .proto file. */
export interface ServiceDescriptor {
  readonly typeName: string;
  readonly methods: readonly MethodDescriptor[];
}
interface MethodDescriptor extends Omit<ProtobufMethod, "http"> {
  readonly name: string;
  /** The option google.api.http, by the names of its fields. */
  readonly http?: unknown;
}

/** The contract whose messages are those of the service, and whose methods have the service's names. */
export function contractOfService({ typeName, methods }: ServiceDescriptor): ContractDescriptor {
  return defineService(typeName, {}, Object.fromEntries(methods.map((method) => [method.name, member(method)])));
}

function member({ http, ...method }: MethodDescriptor): Members[string] {
  // What it may say is checked where it is declared.
  const rule = method.clientStream ? undefined : httpRuleOf(http, method);
  return protobufMember({ ...method, http: rule as HttpRule | undefined });
}
