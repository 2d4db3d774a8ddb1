import { capitalised } from "../capitalised.ts";
import { checkName, checkQualifiedName } from "../name.ts";
import { checkOptions, kinds, type OptionTable } from "../options.ts";
import { callbackBase, declaredItem, declaredParams, declaredResult } from "../schema/declared.ts";
import { t } from "../schema/t.ts";
import { toField } from "../type/fields.ts";
import type { Field, OptionalType, Param, StructType, Type } from "../type/type.ts";
import {
  type CallbackDescriptor,
  type ContractDescriptor,
  field,
  type MessageShape,
  type MethodDescriptor,
  struct,
  type TopicDescriptor,
  untypedRequest,
  untypedResponse,
} from "./contract.ts";
import type { Definition } from "./definition.ts";
import { fingerprint } from "./fingerprint.ts";
import { checkPaths, httpBindings } from "./http-bindings.ts";
import type { Described } from "./print-contract.ts";

export interface ServiceOptions {
  /** Major, minor and patch. @default "1.0.0" */
  readonly version?: string;
  /** Separates deployments of the same service. @default "" */
  readonly group?: string;
  /** The `timeoutMs` of its unary and oneway methods that say none. @default the client's */
  readonly timeoutMs?: number;
  /**
   * What people are told of it, by name: the service itself, a method or topic `shop.Orders.place`, a type `shop.Order`, a
   * field `shop.Order.id`. No part of what two sides must agree on. @default none
   */
  readonly docs?: Readonly<Record<string, string>>;
}

const table: OptionTable<ServiceOptions> = {
  version: kinds.text,
  group: kinds.text,
  timeoutMs: kinds.milliseconds,
  docs: kinds.texts,
};

/** Turns what decorators or `defineService` recorded into the plain descriptor. */
export function describe(
  name: string,
  given: ServiceOptions,
  members: ReadonlyMap<string, Definition>,
): ContractDescriptor {
  const contract = describeMembers(name, given, members);
  return Object.freeze({ ...contract, fingerprint: fingerprint(contract) });
}

/** The same without a fingerprint, for which every type must be looked at. */
export function describeMembers(
  name: string,
  given: ServiceOptions,
  members: ReadonlyMap<string, Definition>,
): Described {
  checkQualifiedName("service", name);
  const options = checkOptions(`service ${name}`, given, table);
  const version = options.version ?? "1.0.0";
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new TypeError(`service ${name}: version ${JSON.stringify(version)} is not like 1.0.0`);
  }
  const methods: MethodDescriptor[] = [];
  const topics: [string, Definition & { kind: "topic" }][] = [];
  for (const [member, definition] of members) {
    checkName(`member of ${name}`, member);
    if (definition.kind === "topic") topics.push([member, definition]);
    else methods.push(describeMethod(name, member, methods.length, timed(definition, options.timeoutMs)));
  }
  checkPaths(name, methods);
  const described = topics.map(([topic, { value: declared }], i): TopicDescriptor => {
    const value = declaredItem(`${name}.${capitalised(topic)}Value`, declared);
    const index = methods.length + 2 * i;
    return Object.freeze({
      name: topic,
      value,
      publish: topicOperation(name, { topic, value }, "publish", index),
      subscribe: topicOperation(name, { topic, value }, "subscribe", index + 1),
    });
  });
  const operations = [...methods, ...described.flatMap((topic) => [topic.publish, topic.subscribe])];
  if (operations.length === 0) throw new TypeError(`service ${name} declares no method and no topic`);
  return Object.freeze({
    name,
    version,
    group: options.group ?? "",
    methods: Object.freeze(methods),
    topics: Object.freeze(described),
    operations: Object.freeze(operations),
    ...(options.docs && { docs: Object.freeze({ ...options.docs }) }),
  });
}

type MethodDefinition = Exclude<Definition, { kind: "topic" }>;

/** A stream lasts as long as it says itself. */
function timed(definition: MethodDefinition, timeoutMs: number | undefined): MethodDefinition {
  return timeoutMs === undefined || definition.kind === "stream" ? definition : { timeoutMs, ...definition };
}

function describeMethod(service: string, name: string, index: number, definition: MethodDefinition): MethodDescriptor {
  const path = `${service}.${name}`;
  const base = `${service}.${capitalised(name)}`;
  const params = declaredParams(path, base, definition.params ?? []);
  const streams = params.flatMap((param, i) => (param.type.kind === "stream" ? [i] : []));
  if (streams.length > 1) throw new TypeError(`${path}: has two stream parameters; one is the most`);
  if (streams.length > 0 && definition.kind === "oneway") throw new TypeError(`${path}: a oneway takes no stream`);
  if (streams.length > 0 && "idempotent" in definition && definition.idempotent === true) {
    throw new TypeError(`${path}: an idempotent method takes no stream, because a stream cannot be sent again`);
  }
  if (streams.length > 0 && "noSideEffects" in definition && definition.noSideEffects === true) {
    throw new TypeError(`${path}: noSideEffects: a method that takes a stream cannot be asked by a GET`);
  }
  const callbacks = params.flatMap((param, i) =>
    param.type.kind === "callback" ? [describeCallback(path, param, i)] : [],
  );
  if (callbacks.length > 0 && definition.kind === "oneway") {
    throw new TypeError(`${path}: a oneway takes no callback, because nothing says when it may be released`);
  }
  const request = requestShape(path, `${base}Request`, params);
  const returns = describeReturns(`${base}Response`, definition);
  const response = definition.untyped
    ? { type: untypedResponse, bare: false }
    : responseShape(path, `${base}Response`, returns);
  const upstream = params[streams[0] ?? -1];
  const streamParam = streams[0] ?? -1;
  const noSideEffects = definition.kind !== "oneway" && definition.noSideEffects === true;
  const rule = definition.kind === "oneway" ? undefined : definition.http;
  return Object.freeze({
    name,
    index,
    kind: definition.kind === "rpc" ? "unary" : definition.kind,
    params,
    request: definition.untyped ? untypedRequest : request.type,
    bareRequest: !definition.untyped && request.bare,
    response: response.type,
    bareResponse: response.bare,
    streamParam,
    upstream: upstream?.type.kind === "stream" ? responseShape(path, `${base}Item`, upstream.type.item) : undefined,
    callbacks: Object.freeze(callbacks),
    throws: Object.freeze("throws" in definition ? (definition.throws ?? []).map((declared) => declared.type) : []),
    idempotent: definition.kind === "rpc" && (noSideEffects || definition.idempotent === true),
    noSideEffects,
    http: httpBindings(path, rule, { request: request.type, response: response.type, streamParam, callbacks }),
    timeoutMs: definition.timeoutMs,
    untyped: definition.untyped,
    topic: undefined,
  });
}

function describeReturns(message: string, definition: MethodDefinition): Type | OptionalType | undefined {
  if (definition.kind === "stream") return declaredItem(message, definition.yields);
  return definition.kind === "rpc" && definition.returns ? declaredResult(message, definition.returns) : undefined;
}

function describeCallback(path: string, param: Param, position: number): CallbackDescriptor {
  if (param.type.kind !== "callback") throw new TypeError(`${path}.${param.name} is not a callback`);
  const here = `${path}.${param.name}`;
  for (const inner of param.type.params) {
    if (inner.type.kind === "callback" || inner.type.kind === "stream") {
      throw new TypeError(`${here}: a callback takes neither callbacks nor streams`);
    }
  }
  const base = callbackBase(path, param.name);
  const request = requestShape(here, `${base}Request`, param.type.params);
  const response = responseShape(here, `${base}Response`, param.type.returns);
  return Object.freeze({
    position,
    name: param.name,
    request: request.type,
    bareRequest: request.bare,
    response: response.type,
    bareResponse: response.bare,
    paramCount: param.type.params.length,
  });
}

/** A single struct is the request itself; otherwise the request has one field per parameter. */
function requestShape(path: string, name: string, params: readonly Param[]): MessageShape {
  const only = params.length === 1 ? params[0] : undefined;
  if (only?.type.kind === "struct") return { type: only.type as StructType, bare: true };
  const fields: Field[] = [];
  params.forEach((param, i) => {
    const { type } = param;
    if (type.kind === "stream") return;
    fields.push(
      type.kind === "callback"
        ? field(param.name, i + 1, t.int53)
        : toField(`${path}.${param.name}`, param.name, i + 1, type),
    );
  });
  return { type: struct(name, fields), bare: false };
}

function responseShape(path: string, name: string, returns: Type | OptionalType | undefined): MessageShape {
  if (returns === undefined) return { type: struct(name, []), bare: false };
  if (returns.kind === "struct") return { type: returns as StructType, bare: true };
  return { type: struct(name, [toField(`${path}: result`, "result", 1, returns)]), bare: false };
}

/** A topic travels as two operations; the dot keeps their names apart from every method's, in a URL too. */
function topicOperation(
  service: string,
  { topic, value }: { readonly topic: string; readonly value: Type },
  verb: "publish" | "subscribe",
  index: number,
): MethodDescriptor {
  const base = `${service}.${capitalised(topic)}`;
  const message = struct(`${base}Message`, [
    field("key", 1, t.string),
    field("headers", 2, t.map(t.string)),
    field("value", 3, value),
  ]);
  const pattern = struct(`${base}Subscribe`, [
    field("key", 1, t.string, true),
    field("bufferSize", 2, t.int32, true),
    field("overflow", 3, t.string, true),
  ]);
  // The first delivery confirms the subscription and carries no value.
  const delivery = struct(`${base}Delivery`, [
    field("key", 1, t.string),
    field("headers", 2, t.map(t.string)),
    field("value", 3, value, true),
    field("confirmed", 4, t.bool, true),
    field("dropped", 5, t.int53, true),
  ]);
  const publish = verb === "publish";
  return Object.freeze({
    name: `${topic}.${verb}`,
    index,
    kind: publish ? "unary" : "stream",
    params: Object.freeze([
      Object.freeze({ name: publish ? "message" : "pattern", type: publish ? message : pattern }),
    ]),
    request: publish ? message : pattern,
    bareRequest: true,
    response: publish ? struct(`${base}Published`, []) : delivery,
    bareResponse: !publish,
    streamParam: -1,
    upstream: undefined,
    callbacks: Object.freeze([]),
    throws: Object.freeze([]),
    idempotent: false,
    noSideEffects: false,
    http: Object.freeze([]),
    timeoutMs: undefined,
    untyped: false,
    topic,
  });
}
