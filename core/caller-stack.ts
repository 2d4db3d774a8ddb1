/** V8's stack of the functions that wait for what is being done; other engines have none. */
type Capture = (into: Error, above: () => never) => void;

/** Marks an error whose stack was replaced. */
const CONTINUED = Symbol.for("trunkline.continued");
const nothing = (): void => {};

/**
 * A promise that rejects with `error`. Resolve a call's promise with it, and the error's stack tells which functions await
 * the call, in place of how its bytes came in. Costs nothing unless a call fails. The error is this call's alone.
 */
export function rejection(error: Error): Promise<never> {
  const capture = (Error as { captureStackTrace?: Capture }).captureStackTrace;
  if (capture === undefined) return Promise.reject(error);
  const fail = (): never => {
    // One that ends several calls after all names nobody, rather than another caller.
    if (CONTINUED in error) error.stack = String(error);
    else capture(error, fail);
    Object.defineProperty(error, CONTINUED, { value: true });
    throw error;
  };
  // Two microtasks later: by then V8 can walk from this promise to the one that was resolved with it.
  return Promise.resolve().then(nothing).then(fail);
}
