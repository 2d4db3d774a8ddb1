/** V8's stack of the functions that wait for what is being done; other engines have none. */
type Capture = (into: Error, above: (...args: never) => unknown) => void;

/** Marks an error whose stack stays as it is. */
const KEPT = Symbol.for("trunkline.keptStack");
const nothing = (): void => {};

/**
 * Makes the stack of `error` tell which functions await what `above`, an asynchronous function or reaction that has resumed,
 * is about to throw, in place of how its bytes came in. The error is that of one call or stream alone.
 */
export function nameCallers(error: Error, above: (...args: never) => unknown): void {
  const { captureStackTrace: capture } = Error as { captureStackTrace?: Capture };
  if (capture === undefined || KEPT in error || !Object.isExtensible(error)) return;
  capture(error, above);
  keepStack(error);
}

/** For an error that a user threw, or that several calls end by: it names nobody, rather than the wrong caller. */
export function keepStack<E extends Error>(error: E): E {
  if (Object.isExtensible(error)) Object.defineProperty(error, KEPT, { value: true });
  return error;
}

/** A promise that rejects with `error`: resolve a call's promise with it. Costs nothing unless a call fails. */
export function rejection(error: Error): Promise<never> {
  const fail = (): never => {
    nameCallers(error, fail);
    throw error;
  };
  // Two microtasks later: by then V8 can walk from this promise to the one that was resolved with it.
  return Promise.resolve().then(nothing).then(fail);
}
