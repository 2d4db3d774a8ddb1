import type { ErrorType, Field, Param, StructType, Type } from "../type/type.ts";
import type { HttpBinding } from "./http-rule.ts";

export type MethodKind = "unary" | "oneway" | "stream";

/** One operation of a contract, ready for codecs and transports. */
export interface MethodDescriptor {
  readonly name: string;
  /** Where a `.proto` file calls it otherwise; each side's own, as `wireName` tells it. */
  readonly wireName?: string | undefined;
  /** Its place among the operations of the contract. */
  readonly index: number;
  readonly kind: MethodKind;
  readonly params: readonly Param[];
  /** What crosses the wire for the arguments: callbacks as numbers, the stream parameter left out. */
  readonly request: StructType;
  /** What crosses the wire for the result, or for each item of a stream. */
  readonly response: StructType;
  /** True where the only parameter is the request itself. */
  readonly bareRequest: boolean;
  /** True where the result, or item, is the response itself. */
  readonly bareResponse: boolean;
  /** The position of the `t.stream` parameter, or -1. */
  readonly streamParam: number;
  /** The items of the `t.stream` parameter, as a message of their own. */
  readonly upstream: MessageShape | undefined;
  readonly callbacks: readonly CallbackDescriptor[];
  readonly throws: readonly ErrorType[];
  readonly idempotent: boolean;
  /** Whether it only reads. Each side's own, as `idempotent`. */
  readonly noSideEffects: boolean;
  /** Its paths as REST, the first one first. Of no meaning to Trunkline's peers. */
  readonly http: readonly HttpBinding[];
  /** How long its callers wait unless they say otherwise; each side's own, so it is in no fingerprint. */
  readonly timeoutMs: number | undefined;
  readonly untyped: boolean;
  /** Set on the two operations that carry a topic. */
  readonly topic: string | undefined;
}

/** A value as a message: a struct is the message, anything else is the field `result` or `item` of one. */
export interface MessageShape {
  readonly type: StructType;
  readonly bare: boolean;
}

export interface CallbackDescriptor {
  readonly position: number;
  readonly name: string;
  readonly request: StructType;
  readonly response: StructType;
  readonly bareRequest: boolean;
  readonly bareResponse: boolean;
  readonly paramCount: number;
}

export interface TopicDescriptor {
  readonly name: string;
  readonly value: Type;
  readonly publish: MethodDescriptor;
  readonly subscribe: MethodDescriptor;
}

/** A service, as plain frozen data. Client, server, codecs and documents read nothing else. */
export interface ContractDescriptor {
  readonly name: string;
  /** Major, minor and patch: `1.0.0`. */
  readonly version: string;
  /** Separates deployments of the same service. Default "". */
  readonly group: string;
  /** What a user declared. */
  readonly methods: readonly MethodDescriptor[];
  readonly topics: readonly TopicDescriptor[];
  /** Everything callable on a wire, topics included, each at its index. */
  readonly operations: readonly MethodDescriptor[];
  /** Sixteen hexadecimal digits, the same for the same contract in every process and version of this framework. */
  readonly fingerprint: string;
  /** What people are told of it, by name: a service, a method `shop.Orders.place`, a type, a field `shop.Order.id`. */
  readonly docs?: Readonly<Record<string, string>> | undefined;
}

const ANY = Object.freeze({ kind: "any" }) as Type;

export function field(name: string, number: number, type: Type, optional = false): Field {
  return Object.freeze({ name, number, type, optional, defaultValue: undefined });
}

export function struct(name: string, fields: readonly Field[]): StructType {
  return Object.freeze({ kind: "struct", name, fields: Object.freeze(fields) }) as StructType;
}

/** The message of an untyped method's arguments and of its result. */
export const untypedRequest = struct("trunkline.Arguments", [
  field("args", 1, Object.freeze({ kind: "list", item: ANY }) as Type),
]);
export const untypedResponse = struct("trunkline.Result", [field("result", 1, ANY, true)]);
