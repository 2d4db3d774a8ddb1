import { compose, type Interceptor, type Reply } from "../call/interceptor.ts";
import { Oneways } from "../call/oneways.ts";
import type { IncomingCall } from "../context.ts";
import type { ContractDescriptor, MethodDescriptor } from "../contract/contract.ts";
import { isUnimplemented } from "../contract/service.ts";
import type { Topic } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import { limited } from "../error-limit.ts";
import { type ErrorListener, sourceOf } from "../error-source.ts";
import { emptyMetadata } from "../metadata.ts";
import type { CurrentStore, Platform } from "../platform.ts";
import { isPromise } from "../promise.ts";
import type { TopicBackend, TopicMessage, TopicRequest, TopicSite } from "../topic/backend.ts";
import type { ServedOperation, ServedService } from "../transport.ts";
import { resolveService } from "./implementation.ts";
import { LocalTopic } from "./local-topic.ts";
import { methodValidation } from "./validation.ts";

export interface ServingOptions {
  readonly platform: Platform;
  readonly interceptors: readonly Interceptor[];
  /** Whether handlers' own calls inherit deadline and travelling metadata. */
  readonly inherit: boolean;
  /** Whether methods without an implementation are allowed. */
  readonly partial: boolean;
  readonly instance: string;
  readonly onError: ErrorListener;
  /** Makes what a topic is made of. */
  topicBackend(site: Omit<TopicSite, "limits">): TopicBackend;
}

type Handler = (...args: unknown[]) => unknown;

/** A service being served, and its topics as the server's own code uses them. */
export interface Served extends ServedService {
  readonly topics: Readonly<Record<string, Topic<unknown>>>;
  /** Ends the subscriptions to its topics. */
  close(): void;
  /** Resolves when no oneway handler is at work. */
  idle(): Promise<void>;
}

/** Makes operations of an instance of a contract's class, or of what `implement` returned; `place` is for errors. */
export function serveService(service: object, place: string, options: ServingOptions): Served {
  const { contract, handlers: handlersFor, instance } = resolveService(service, place);
  const topics: Record<string, LocalTopic> = {};
  const backends = new Map<string, TopicBackend>();
  const { platform, instance: instanceName } = options;
  const onError = limited(options.onError, platform);
  for (const topic of contract.topics) {
    const site = { service: contract.name, topic, instance: instanceName, platform, onError };
    const backend = options.topicBackend(site);
    backends.set(topic.name, backend);
    const where = { service: contract.name, method: topic.name, instance: instanceName };
    topics[topic.name] = new LocalTopic(topic, backend, where, options.onError);
  }
  const handlers = handlersFor(topics);
  const missing = contract.methods
    .filter((method) => isUnimplemented(handlers[method.name]))
    .map((method) => method.name);
  if (missing.length > 0 && !options.partial) {
    throw new TypeError(
      `${contract.name}: no implementation of ${missing.join(", ")}; implement them, or serve with partial: true`,
    );
  }
  if (instance) attach(contract.name, instance, topics);
  const oneways = new Oneways();
  const operations = contract.operations.map((method): ServedOperation => {
    const backend = method.topic === undefined ? undefined : backends.get(method.topic);
    const handler = backend ? topicHandler(method, backend) : (handlers[method.name] as Handler | undefined);
    if (handler === undefined || (backend === undefined && isUnimplemented(handler)))
      return { method, invoke: () => unimplementedMethod(contract, method) };
    const invoke = invoker(method, handler, instance, options);
    if (method.kind === "oneway") return { method, invoke: oneways.track(invoke) };
    const store = method.kind === "stream" && backend === undefined ? storeOf(options) : undefined;
    if (store === undefined) return { method, invoke };
    return { method, invoke, within: (call, read) => store.run(call, read), resume: store.resume?.bind(store) };
  });
  const close = (): void => {
    for (const topic of Object.values(topics)) topic.close();
  };
  return { contract, operations, topics: Object.freeze(topics), close, idle: () => oneways.idle() };
}

function unimplementedMethod(contract: ContractDescriptor, method: MethodDescriptor): never {
  throw new RpcError({
    code: "UNIMPLEMENTED",
    message: `${contract.name}.${method.name} is not implemented by this server`,
  });
}

/** Decided once per method: how many arguments it has, whether anything inherits, whether anything intercepts. */
function invoker(
  method: MethodDescriptor,
  handler: Handler,
  self: object | undefined,
  options: ServingOptions,
): ServedOperation["invoke"] {
  const checked = validated(method, withContext(method, handler, self));
  const composed = options.interceptors.length === 0 ? checked : intercepted(method, checked, options);
  const store = storeOf(options);
  if (store === undefined) return composed;
  // Its handler has no other way to the context.
  if (method.untyped) store.keep?.();
  return within(store, composed);
}

/** Undefined where handlers' own calls inherit nothing. */
function storeOf({ inherit, platform }: ServingOptions): CurrentStore | undefined {
  return inherit ? platform.current : undefined;
}

/**
 * The context comes right after the last declared parameter: the contract says where that is, while the `length` of a
 * function says nothing of defaults, rest parameters and what a wrapper takes.
 */
function withContext(
  { params, untyped }: MethodDescriptor,
  handler: Handler,
  self: unknown,
): ServedOperation["invoke"] {
  // How many arguments an untyped method has is the caller's to say; its handler asks `currentCall()`.
  if (untyped) return (_, args) => handler.apply(self, args);
  switch (params.length) {
    case 0:
      return (context) => handler.call(self, context);
    case 1:
      return (context, args) => handler.call(self, args[0], context);
    case 2:
      return (context, args) => handler.call(self, args[0], args[1], context);
    default:
      return (context, args) => {
        args.length = params.length;
        args.push(context);
        return handler.apply(self, args);
      };
  }
}

/** Inside of the interceptors: what they refuse needs no validation, and what they change is validated too. */
function validated(method: MethodDescriptor, invoke: ServedOperation["invoke"]): ServedOperation["invoke"] {
  const { args: validateArgs, result: validateResult } = methodValidation(method);
  const taking = validateArgs ? taken(validateArgs, invoke) : invoke;
  if (validateResult === undefined) return taking;
  return (context, args) => {
    const result = taking(context, args);
    return isPromise(result) ? result.then(validateResult) : validateResult(result);
  };
}

function taken(
  validate: (args: unknown[]) => unknown[] | Promise<unknown[]>,
  invoke: ServedOperation["invoke"],
): ServedOperation["invoke"] {
  return (context, args) => {
    const valid = validate(args);
    return valid instanceof Promise ? valid.then((all) => invoke(context, all)) : invoke(context, valid);
  };
}

function within(store: CurrentStore, invoke: ServedOperation["invoke"]): ServedOperation["invoke"] {
  return (context, args) => store.run(context, invoke, context, args);
}

function intercepted(
  method: MethodDescriptor,
  invoke: ServedOperation["invoke"],
  { interceptors }: ServingOptions,
): ServedOperation["invoke"] {
  const chain = compose(interceptors, async (call): Promise<Reply> => {
    const value = await invoke(call.context as IncomingCall, [...call.args]);
    return { value, metadata: emptyMetadata };
  });
  return async (context, args) => {
    const { service, metadata } = context;
    const left = context.timeLeft();
    const timeoutMs = left === Number.POSITIVE_INFINITY ? undefined : left;
    const reply = await chain({ service, method, args, metadata, timeoutMs, signal: undefined, context });
    if (Object.keys(reply.metadata).length > 0) context.setReplyMetadata(reply.metadata);
    if (reply.trailers !== undefined) context.setTrailers(reply.trailers);
    return reply.value;
  };
}

function topicHandler(method: MethodDescriptor, backend: TopicBackend): Handler {
  if (method.kind === "stream")
    return (request, context) => backend.subscribe(request as TopicRequest, sourceOf(context as IncomingCall));
  return (message) => backend.publish(message as TopicMessage);
}

/** The topics of a class are members of its instance; after the end of a server another may have it. */
function attach(service: string, instance: object, topics: Readonly<Record<string, LocalTopic>>): void {
  for (const [name, topic] of Object.entries(topics)) {
    const before = Object.getOwnPropertyDescriptor(instance, name)?.value;
    if (before instanceof LocalTopic && !before.closed) {
      throw new TypeError(
        `services: this instance of ${service} is served already, and its ${name} publishes to one server alone; make another instance`,
      );
    }
    Object.defineProperty(instance, name, { value: topic, configurable: true });
  }
}
