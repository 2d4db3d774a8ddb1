import { RpcError } from "../error.ts";
import { type ErrorListener, sourceOf } from "../error-source.ts";
import { isPromise } from "../promise.ts";
import type { WireCall } from "./server-operation.ts";

/** The oneway calls that one connection serves: what becomes of them only the server is told. */
export class OnewayCalls {
  readonly #maxPending: number;
  readonly #onError: ErrorListener;
  #pending = 0;

  constructor(maxPending: number, onError: ErrorListener) {
    this.#maxPending = maxPending;
    this.#onError = onError;
  }

  serve(call: WireCall, args: unknown[]): void {
    if (this.#pending >= this.#maxPending) {
      const message = `${call.method}: a oneway call was dropped, because maxPendingCalls are in progress`;
      this.#onError(new RpcError({ code: "RESOURCE_EXHAUSTED", message }), sourceOf(call));
      return;
    }
    const failed = (error: unknown): void => {
      call.finish();
      this.#onError(error, sourceOf(call));
    };
    try {
      const result = call.operation.served.invoke(call, args);
      if (!isPromise(result)) return call.finish();
      this.#pending++;
      result
        .then(() => call.finish(), failed)
        .finally(() => {
          this.#pending--;
        });
    } catch (error) {
      failed(error);
    }
  }
}
