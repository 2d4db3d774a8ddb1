import type { ErrorListener, ErrorSource } from "./error-source.ts";
import { isPromise } from "./promise.ts";

/** The same listener, which cannot do harm: `failed` is told what it throws, or what a promise of it rejects with. */
export function guarded(
  listener: ErrorListener,
  failed: (thrown: unknown, error: unknown, where: ErrorSource) => void,
): ErrorListener {
  return (error, where) => {
    try {
      const result: unknown = listener(error, where);
      if (isPromise(result)) result.then(undefined, (thrown: unknown) => failed(thrown, error, where));
    } catch (thrown) {
      failed(thrown, error, where);
    }
  };
}
