import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { rpc, stream } from "../../core/contract/definition.ts";
import type { HttpRule } from "../../core/contract/http-rule.ts";
import { defineService, type Members } from "../../core/contract/service.ts";
import { arg } from "../../core/schema/param.ts";
import { structFromProtobuf } from "../../core/schema/protobuf.ts";
import type { MessageDescriptor } from "../../core/schema/protobuf-descriptor.ts";
import { t } from "../../core/schema/t.ts";
import { httpRuleOf } from "./http-rule.ts";

/** A service of a .proto file. */
export interface ServiceDescriptor {
  readonly typeName: string;
  readonly methods: readonly MethodDescriptor[];
}
interface MethodDescriptor {
  readonly name: string;
  readonly input: MessageDescriptor;
  readonly output: MessageDescriptor;
  readonly clientStream: boolean;
  readonly serverStream: boolean;
  readonly idempotent: boolean;
  readonly noSideEffects: boolean;
  /** The option google.api.http, by the names of its fields. */
  readonly http?: unknown;
}

/** The contract whose messages are those of the service, and whose methods have the service's names. */
export function contractOfService({ typeName, methods }: ServiceDescriptor): ContractDescriptor {
  return defineService(typeName, {}, Object.fromEntries(methods.map((method) => [method.name, member(method)])));
}

function member(method: MethodDescriptor): Members[string] {
  const { input, output, clientStream, serverStream, idempotent } = method;
  const [request, response] = [structFromProtobuf(input), structFromProtobuf(output)];
  const params = [clientStream ? arg("requests", t.stream(request)) : arg("request", request)];
  // A stream of the caller is neither sent again nor asked for by a path.
  const rule = clientStream ? undefined : httpRuleOf(method.http, method);
  const noSideEffects = method.noSideEffects && !clientStream;
  // What it may say is checked where it is declared.
  const reached = { ...(noSideEffects && { noSideEffects }), ...(rule && { http: rule as HttpRule }) };
  if (serverStream) return stream({ params, yields: response, ...reached });
  return rpc({ params, returns: response, idempotent: idempotent && !clientStream, ...reached });
}
