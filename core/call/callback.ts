import type { MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import type { ErrorSource } from "../error-source.ts";

/** Where a callback that came as an argument keeps its handle; shared by two copies of the package. */
export const HANDLE = Symbol.for("trunkline.callback");

/** What a transport hangs on a callback that it hands to a handler. */
export interface CallbackHandle {
  retain(): void;
  release(): void;
}

/** A callback kept beyond its call. `await using` releases it. */
export interface RetainedCallback extends AsyncDisposable {
  release(): void;
}

/**
 * Keeps a callback, which came as an argument of the call in progress, after that call has ended: until `release`,
 * or until the connection to its owner ends. Throws for a function that did not come as a callback.
 */
export function retain(callback: (...args: never) => Promise<unknown>): RetainedCallback {
  const handle = (callback as { [HANDLE]?: CallbackHandle })[HANDLE];
  if (handle === undefined) {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: "retain: this function did not come as a callback argument",
    });
  }
  handle.retain();
  return { release: () => handle.release(), [Symbol.asyncDispose]: async () => handle.release() };
}

/** Callbacks are called like methods; this is what all of them have in common. */
const methodShape: MethodDescriptor = Object.freeze({
  name: "callback",
  index: 0,
  kind: "unary" as const,
  params: Object.freeze([]),
  request: undefined as never,
  response: undefined as never,
  bareRequest: false,
  bareResponse: false,
  streamParam: -1,
  upstream: undefined,
  callbacks: Object.freeze([]),
  throws: Object.freeze([]),
  idempotent: false,
  timeoutMs: undefined,
  untyped: false,
  topic: undefined,
});

/** A callback as the method that an `OutgoingCall` is of. */
export function callbackMethod(name: string): MethodDescriptor {
  return { ...methodShape, name };
}

/** Where a callback stands: the operation that it was passed to, and the parameter. */
export type CallbackPlace = Required<Pick<ErrorSource, "service" | "method" | "callback">>;

/**
 * What the handler gets where the client's function threw. An `RpcError` is meant for it; anything else may hold secrets and
 * stays with the client, whose `tell` gets it as it is.
 */
export function callbackError(thrown: unknown, place: CallbackPlace, tell: (thrown: unknown) => void): RpcError {
  if (RpcError.is(thrown)) return thrown;
  tell(thrown);
  const { service, method, callback } = place;
  const message = `${service}.${method}: its callback ${callback} failed; the client that passed it was told by onError`;
  return new RpcError({ code: "UNKNOWN", message });
}
