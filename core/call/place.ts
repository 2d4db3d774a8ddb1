import type { MethodDescriptor } from "../contract/contract.ts";
import { messageOf, RpcError } from "../error.ts";
import { withoutHalf } from "../error-source.ts";
import { show } from "../show.ts";
import { explain, explainFields } from "../type/explain.ts";

/** The method whose values do not fit. */
export interface Place {
  readonly service: string;
  readonly method: MethodDescriptor;
}

/*
 * These name service, method and parameter before the path of a value that does not fit, as in `shop.Orders.place:
 * order.items[1].qty: expected int32, got "x"`. They are called where the error is caught: a call that fits pays nothing.
 * Whatever else was thrown passes as it is.
 */

/** Throws the error of the first argument of a oneway that does not fit. */
export function checkArguments(args: readonly unknown[], place: Place): void {
  const { method } = place;
  if (method.untyped) return;
  const [only] = args;
  const values = Object.fromEntries(method.params.map((param, i) => [param.name, args[i]]));
  const error = method.bareRequest ? explain(method.request, only) : explainFields(method.request.fields, values);
  if (error) throw inArguments(error, place);
}

export function inArguments(thrown: unknown, { service, method }: Place): unknown {
  const [param] = method.params;
  const inside = method.bareRequest && method.topic === undefined ? param?.name : undefined;
  return placed(thrown, pathOf(service, method), inside);
}

/** Where the value was named already: `order.qty: …`. */
export function inMethod(thrown: unknown, { service, method }: Place): unknown {
  return placed(thrown, pathOf(service, method), undefined);
}

function inResult(thrown: unknown, { service, method }: Place): unknown {
  return placed(thrown, pathOf(service, method), method.bareResponse ? "result" : undefined);
}

/** The error of a call whose handler was done, and whose result cannot leave. */
export function unsendable(cause: unknown, place: Place): RpcError {
  const code = RpcError.is(cause) && cause.code === "RESOURCE_EXHAUSTED" ? cause.code : "INTERNAL";
  const found = inResult(cause, place);
  const reason = messageOf(found);
  const path = pathOf(place.service, place.method);
  const message =
    found === cause
      ? `${path}: the handler's result cannot be sent: ${reason}`
      : `${reason}; the handler's result cannot be sent`;
  return new RpcError({ code, message, cause });
}

/** An item that a handler yields. */
export function inItem(thrown: unknown, { service, method }: Place): unknown {
  return placed(thrown, pathOf(service, method), method.bareResponse ? "item" : { result: "item" });
}

/** An item of a stream that was passed as an argument. */
export function inUpstream(thrown: unknown, { service, method }: Place): unknown {
  const name = method.params[method.streamParam]?.name ?? "item";
  return placed(thrown, pathOf(service, method), method.upstream?.bare ? name : { result: name });
}

/** A callback's arguments, or its result. */
export function inCallback(
  thrown: unknown,
  { service, method, callback }: { readonly service: string; readonly method: string; readonly callback: string },
  bare: string | undefined,
): unknown {
  return placed(thrown, `${service}.${method}: ${callback}`, bare);
}

export function inTopic(thrown: unknown, service: string, topic: string): unknown {
  return placed(thrown, `${service}.${topic}`, "value");
}

function pathOf(service: string, method: MethodDescriptor): string {
  return `${service}.${withoutHalf(method.name)}`;
}

/** `inside`: what the path begins within, or what its first step is called here. */
function placed(thrown: unknown, place: string, inside: string | { readonly result: string } | undefined): unknown {
  if (!RpcError.is(thrown) || thrown.code !== "INVALID_ARGUMENT" || thrown.message.startsWith(place)) return thrown;
  const { message, metadata, details, retryable } = thrown;
  const path = typeof inside === "string" ? within(inside, message) : renamed(message, inside?.result);
  return new RpcError({
    code: thrown.code,
    message: `${place}: ${path}`,
    metadata,
    retryable,
    cause: thrown,
    ...(details === undefined ? {} : { details }),
  });
}

function within(name: string, message: string): string {
  if (message.startsWith("the value")) return `${name}${message.slice("the value".length)}`;
  if (message.startsWith("[")) return `${name}${message}`;
  return /^[\p{L}\p{Nl}$_][\p{L}\p{N}$_]*[.:[]/u.test(message) ? `${name}.${message}` : `${name}: ${message}`;
}

function renamed(message: string, name: string | undefined): string {
  return name === undefined ? message : message.replace(/^result(?=[.:[])/, name);
}

/** A stream argument that is one; throws what to pass instead. */
export function streamArgument(given: unknown, { service, method }: Place): AsyncIterable<unknown> {
  if (isStream(given)) return given;
  const name = method.params[method.streamParam]?.name;
  const message = `${pathOf(service, method)}: ${name}: expected an AsyncIterable, such as an async generator, got ${show(given)}`;
  throw new RpcError({ code: "INVALID_ARGUMENT", message });
}

/** What the handler of a stream gave, if it is one; throws what to write instead. */
export function streamResult(given: unknown, { service, method }: Place): AsyncIterable<unknown> {
  if (isStream(given)) return given;
  const message = `${pathOf(service, method)}: expected an AsyncIterable from the handler, got ${show(given)}; write it as async *${method.name}() and yield each item`;
  throw new RpcError({ code: "INTERNAL", message });
}

function isStream(given: unknown): given is AsyncIterable<unknown> {
  return typeof (given as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] === "function";
}
