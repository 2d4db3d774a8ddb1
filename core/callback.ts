import { RpcError } from "./error.ts";

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
