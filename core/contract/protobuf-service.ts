import { Memo } from "../memo.ts";
import { arg } from "../schema/param.ts";
import { structFromProtobuf } from "../schema/protobuf.ts";
import type { MessageDescriptor } from "../schema/protobuf-descriptor.ts";
import { t } from "../schema/t.ts";
import type { SchemaValue } from "../type/schema.ts";
import type { ContractDescriptor, MethodDescriptor } from "./contract.ts";
import { type Definition, definitionOf, rpc, stream } from "./definition.ts";
import { describe } from "./describe.ts";
import type { HttpRule } from "./http-rule.ts";

/** A service as Protobuf-ES generates it. */
export interface ProtobufService {
  readonly kind: "service";
  readonly typeName: string;
  /** By the names that its methods have in TypeScript. */
  readonly method: object;
}

/** What is read of it. It is described here, not imported, so that who does not use that library needs none of its types. */
interface GeneratedService extends ProtobufService {
  readonly methods: readonly {
    readonly name: string;
    readonly localName: string;
    readonly methodKind: string;
    readonly input: MessageDescriptor;
    readonly output: MessageDescriptor;
    readonly idempotency: number;
  }[];
}

/** The methods of a generated service, as their callers see them. */
export type ProtobufSignatures<S> = S extends { readonly method: infer M }
  ? { readonly [K in keyof M as K extends `${infer N}$` ? `${N}_` : K]: Signature<M[K]> }
  : never;
type Signature<M> = M extends { readonly methodKind: infer Kind; readonly input: infer I; readonly output: infer O }
  ? Kind extends "unary"
    ? (request: SchemaValue<I>) => Promise<SchemaValue<O>>
    : Kind extends "server_streaming"
      ? (request: SchemaValue<I>) => AsyncIterable<SchemaValue<O>>
      : Kind extends "client_streaming"
        ? (requests: AsyncIterable<SchemaValue<I>>) => Promise<SchemaValue<O>>
        : (requests: AsyncIterable<SchemaValue<I>>) => AsyncIterable<SchemaValue<O>>
  : never;

/** google.protobuf.MethodOptions.IdempotencyLevel. */
const [NO_SIDE_EFFECTS, IDEMPOTENT] = [1, 2];

/** A method of a service in a `.proto` file. */
export interface ProtobufMethod {
  readonly input: MessageDescriptor;
  readonly output: MessageDescriptor;
  readonly clientStream: boolean;
  readonly serverStream: boolean;
  readonly idempotent: boolean;
  readonly noSideEffects: boolean;
  readonly http?: HttpRule | undefined;
}

interface Member {
  readonly role: "method";
  readonly definition: Definition;
}

/** The method of a contract whose messages are those of the service. A stream of the caller is never sent again. */
export function protobufMember(method: ProtobufMethod): Member {
  const { input, output, clientStream, serverStream, idempotent, http } = method;
  const [request, response] = [structFromProtobuf(input), structFromProtobuf(output)];
  const params = [clientStream ? arg("requests", t.stream(request)) : arg("request", request)];
  const noSideEffects = method.noSideEffects && !clientStream;
  const reached = { ...(noSideEffects && { noSideEffects }), ...(http && !clientStream && { http }) };
  if (serverStream) return stream({ params, yields: response, ...reached });
  return rpc({ params, returns: response, idempotent: idempotent && !clientStream, ...reached });
}

const contracts = new Memo<ProtobufService, ContractDescriptor>();

export function isProtobufService(contract: object): contract is ProtobufService {
  return "kind" in contract && contract.kind === "service" && "typeName" in contract;
}

/** The contract of a generated service. Its methods are called as in TypeScript, on wires as in the `.proto` file. */
export function contractOfProtobuf(service: ProtobufService): ContractDescriptor {
  return contracts.of(service, () => {
    const { typeName, methods } = service as GeneratedService;
    const wireNames = new Map<string, string>();
    const definitions = new Map<string, Definition>();
    for (const { name, localName, methodKind, input, output, idempotency } of methods) {
      // What an object cannot be given is marked by `$`.
      const own = localName.replace(/\$$/, "_");
      const member = protobufMember({
        input,
        output,
        clientStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
        serverStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
        idempotent: idempotency === IDEMPOTENT || idempotency === NO_SIDE_EFFECTS,
        noSideEffects: idempotency === NO_SIDE_EFFECTS,
      });
      wireNames.set(own, name);
      definitions.set(own, definitionOf(member) as Definition);
    }
    return renamed(describe(typeName, {}, definitions), wireNames);
  });
}

function renamed(contract: ContractDescriptor, wireNames: ReadonlyMap<string, string>): ContractDescriptor {
  const methods = contract.methods.map((method): MethodDescriptor => {
    const wireName = wireNames.get(method.name);
    return Object.freeze({ ...method, wireName });
  });
  return Object.freeze({ ...contract, methods: Object.freeze(methods), operations: Object.freeze(methods) });
}
