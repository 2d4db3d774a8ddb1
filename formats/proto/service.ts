import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { rpc, stream } from "../../core/contract/definition.ts";
import { defineService, type Members } from "../../core/contract/service.ts";
import { arg } from "../../core/schema/param.ts";
import { structFromProtobuf } from "../../core/schema/protobuf.ts";
import type { MessageDescriptor } from "../../core/schema/protobuf-descriptor.ts";
import { t } from "../../core/schema/t.ts";

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
}

/** The contract whose messages are those of the service, and whose methods have the service's names. */
export function contractOfService({ typeName, methods }: ServiceDescriptor): ContractDescriptor {
  return defineService(typeName, {}, Object.fromEntries(methods.map((method) => [method.name, member(method)])));
}

function member({ input, output, clientStream, serverStream, idempotent }: MethodDescriptor): Members[string] {
  const [request, response] = [structFromProtobuf(input), structFromProtobuf(output)];
  const params = [clientStream ? arg("requests", t.stream(request)) : arg("request", request)];
  if (serverStream) return stream({ params, yields: response });
  return rpc({ params, returns: response, idempotent: idempotent && !clientStream });
}
