import { RpcError } from "../error.ts";
import type { Platform } from "../platform.ts";
import type { OutgoingCall } from "./outgoing.ts";

/** The outcome of a call that is asked for later. Unlike a promise, one that nobody awaits raises no alarm. */
export class Future<T> implements Promise<T> {
  readonly #promise: Promise<T>;
  readonly #cancel: () => void;
  readonly #platform: Platform | undefined;
  #done = false;

  constructor(promise: Promise<T>, cancel: () => void, platform: Platform | undefined) {
    this.#promise = promise;
    this.#cancel = cancel;
    this.#platform = platform;
    const done = (): void => {
      this.#done = true;
    };
    promise.then(done, done);
  }

  /** True once there is a result or an error. */
  get done(): boolean {
    return this.#done;
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is awaited like a promise
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onValue, onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#promise.catch(onError);
  }

  finally(onDone?: (() => void) | null): Promise<T> {
    return this.#promise.finally(onDone);
  }

  get [Symbol.toStringTag](): string {
    return "Future";
  }

  /** The result, if it comes within `timeoutMs`; else `DEADLINE_EXCEEDED`. The call itself goes on. */
  get(timeoutMs?: number): Promise<T> {
    const platform = this.#platform;
    // Without one, all of nothing was asked for, which is there.
    if (timeoutMs === undefined || platform === undefined) return this.#promise;
    return new Promise((resolve, reject) => {
      const stop = platform.schedule(timeoutMs, () =>
        reject(
          new RpcError({
            code: "DEADLINE_EXCEEDED",
            message: `the future had no result within ${timeoutMs} ms; the call goes on, get it later or cancel it`,
          }),
        ),
      );
      this.#promise.then(
        (value) => {
          stop();
          resolve(value);
        },
        (error: unknown) => {
          stop();
          reject(error);
        },
      );
    });
  }

  /** Gives the call up; the server is told. Without effect once it is done. */
  cancel(): void {
    if (!this.#done) this.#cancel();
  }

  /** The results of all, in order; the first error cancels the others, and `cancel` all of them. */
  static all<const F extends readonly Future<unknown>[]>(
    futures: F,
  ): Future<{ -readonly [K in keyof F]: F[K] extends Future<infer V> ? V : never }> {
    const cancel = (): void => {
      for (const future of futures) future.cancel();
    };
    const all = Promise.all(futures).catch((error: unknown) => {
      cancel();
      throw error;
    });
    const platform = futures.length > 0 ? (futures[0] as Future<unknown>).#platform : undefined;
    return new Future(all, cancel, platform) as never;
  }
}

export function cancelled(call: OutgoingCall, reason?: unknown): RpcError {
  return new RpcError({ code: "CANCELLED", message: `${call.method.name}: cancelled by the caller`, cause: reason });
}
