import { RpcError } from "../error.ts";
import { type CallbackPlace, callbackError } from "./callback.ts";
import { inCallback } from "./place.ts";

/** What a table must know of a callback parameter. */
export interface HandedCallback {
  readonly name: string;
  readonly position: number;
  readonly place: CallbackPlace;
  readonly bareResponse: boolean;
}

export interface CallbackLimits {
  /** Functions handed over and not yet released. */
  readonly maxCallbacks: number;
  /** Their calls in progress. */
  readonly maxPendingCalls: number;
}

/** A function of the caller that the server may call. */
interface Handed<C> {
  readonly callback: C;
  readonly target: (...args: unknown[]) => unknown;
  /** The server keeps it beyond its call. */
  retained: boolean;
}

/** How one call of a callback is carried; `C` is what codes it. */
export interface Invocation<C extends HandedCallback> {
  /** The arguments; may throw. */
  args(callback: C): unknown[];
  /** Takes the result; throws, having sent nothing, where it does not fit. */
  reply(callback: C, value: unknown): void;
  /** Takes what it failed by; `callback` is missing where there is none of that number. */
  fail(error: RpcError, callback: C | undefined): void;
}

/**
 * The functions that callers handed over on one connection. Each belongs to the call it was an argument of and goes with it,
 * unless the server retained it; then it goes when the server releases it. The connection's end takes all.
 */
export class CallbackTable<C extends HandedCallback> {
  readonly #handed = new Map<number, Handed<C>>();
  readonly #limits: CallbackLimits;
  readonly #onError: (error: unknown, where: CallbackPlace) => void;
  #next = 1;
  /** Invocations without an answer yet. */
  #running = 0;

  /** `onError` is told of what functions throw that the server must not see. */
  constructor(limits: CallbackLimits, onError: (error: unknown, where: CallbackPlace) => void) {
    this.#limits = limits;
    this.#onError = onError;
  }

  /** Hands over the functions among `args` and puts their numbers in their places. Returns the numbers. */
  handOver(callbacks: readonly C[], args: unknown[]): readonly number[] {
    const ids: number[] = [];
    try {
      for (const callback of callbacks) {
        const id = this.#add(callback, args[callback.position]);
        ids.push(id);
        args[callback.position] = id;
      }
    } catch (error) {
      this.releaseUnlessRetained(ids);
      throw error;
    }
    return ids;
  }

  #add(callback: C, value: unknown): number {
    if (typeof value !== "function") {
      const message = `${callback.name}: expected a function, got ${typeof value}`;
      throw new RpcError({ code: "INVALID_ARGUMENT", message });
    }
    const { maxCallbacks } = this.#limits;
    if (this.#handed.size >= maxCallbacks) {
      const message = `${callback.name}: maxCallbacks (${maxCallbacks}) functions are handed over on this connection; release some`;
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
    }
    const id = this.#next++;
    this.#handed.set(id, { callback, target: value as Handed<C>["target"], retained: false });
    return id;
  }

  /** The server calls: runs the function, and tells `invocation` its outcome once. */
  invoke(id: number, invocation: Invocation<C>): void {
    const handed = this.#handed.get(id);
    if (handed === undefined) {
      const message = "the callback was released: its call has ended; use retain(callback) in the handler to keep it";
      return invocation.fail(new RpcError({ code: "FAILED_PRECONDITION", message }), undefined);
    }
    const { maxPendingCalls } = this.#limits;
    if (this.#running >= maxPendingCalls) {
      const message = `maxPendingCalls (${maxPendingCalls}) callbacks are in progress on this connection`;
      return invocation.fail(new RpcError({ code: "RESOURCE_EXHAUSTED", message }), undefined);
    }
    this.#running++;
    const { callback, target } = handed;
    const failed = (thrown: unknown): void => {
      this.#running--;
      const { place } = callback;
      const error = callbackError(thrown, place, () => this.#onError(thrown, place));
      invocation.fail(error, callback);
    };
    try {
      const result = target(...invocation.args(callback));
      Promise.resolve(result).then((value) => this.#done(callback, invocation, value), failed);
    } catch (error) {
      failed(error);
    }
  }

  #done(callback: C, invocation: Invocation<C>, value: unknown): void {
    this.#running--;
    try {
      invocation.reply(callback, value);
    } catch (thrown) {
      const error = inCallback(thrown, callback.place, callback.bareResponse ? "result" : undefined);
      invocation.fail(RpcError.from(error, "the callback's result could not be encoded"), callback);
    }
  }

  /** The server keeps it when its call ends. */
  retain(id: number): void {
    const handed = this.#handed.get(id);
    if (handed) handed.retained = true;
  }

  /** The call is over. */
  releaseUnlessRetained(ids: readonly number[]): void {
    for (const id of ids) if (this.#handed.get(id)?.retained === false) this.#handed.delete(id);
  }

  release(id: number): void {
    this.#handed.delete(id);
  }

  clear(): void {
    this.#handed.clear();
  }
}
