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

/** The handler called it too late; `name` is that of the parameter. */
export function releasedCallback(name: string): RpcError {
  const message = `${name}: the callback was released: its call has ended; use retain(callback) in the handler to keep it`;
  return new RpcError({ code: "FAILED_PRECONDITION", message });
}
