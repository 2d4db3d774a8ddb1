import { isPromise } from "../promise.ts";
import type { ServedOperation } from "../transport.ts";

/** The oneway handlers at work: no caller waits for them, so a closing server must. */
export class Oneways {
  readonly #running = new Set<Promise<unknown>>();

  /** The same invocation, remembered until its handler is done. */
  track(invoke: ServedOperation["invoke"]): ServedOperation["invoke"] {
    return (call, args) => {
      const result = invoke(call, args);
      if (isPromise(result)) {
        this.#running.add(result);
        const done = (): void => {
          this.#running.delete(result);
        };
        result.then(done, done);
      }
      return result;
    };
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
