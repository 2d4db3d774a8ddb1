import { RpcError } from "../../core/error.ts";
import type { Crossing } from "./operation.ts";

type Result = IteratorResult<unknown>;
const over: Result = Object.freeze({ value: undefined, done: true });

/** A stream passed as an argument, as the handler reads it: nothing is taken from the caller before it is asked for. */
export class Upstream implements AsyncIterableIterator<unknown> {
  readonly #source: unknown;
  readonly #cross: Crossing;
  readonly #failed: (error: RpcError) => void;
  #iterator: AsyncIterator<unknown> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting: ((end: RpcError | undefined) => void) | undefined;
  #ended = false;
  #error: RpcError | undefined;

  /** `failed` is told when the caller's own stream fails: then the call itself does. */
  constructor(source: unknown, cross: Crossing, failed: (error: RpcError) => void) {
    if (typeof (source as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] !== "function") {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: "expected an AsyncIterable; pass one as the argument",
      });
    }
    this.#source = source;
    this.#cross = cross;
    this.#failed = failed;
  }

  next(): Promise<Result> {
    const step = this.#turn.then(() => this.#pull());
    this.#turn = step.catch(() => {});
    return step;
  }

  async #pull(): Promise<Result> {
    if (this.#ended) return this.#end();
    this.#iterator ??= (this.#source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    const stopped = new Promise<RpcError | undefined>((resolve) => {
      this.#waiting = resolve;
    }).then(() => undefined);
    try {
      const result = await Promise.race([this.#iterator.next(), stopped]);
      if (this.#ended || result === undefined) return this.#end();
      if (result.done) {
        this.#ended = true;
        return over;
      }
      return { value: this.#cross(result.value), done: false };
    } catch (thrown) {
      const error = RpcError.is(thrown)
        ? thrown
        : new RpcError({
            code: "CANCELLED",
            message: `the stream passed as an argument failed: ${String(thrown)}`,
            cause: thrown,
          });
      this.#failed(error);
      this.end(new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" }));
      return this.#end();
    }
  }

  /** An error is told once, as by any iterator. */
  #end(): Result {
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
    return over;
  }

  /** The call is over: the caller's stream is told, and who reads here sees its end. */
  end(error: RpcError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#waiting?.(error);
    const stopped = async (): Promise<unknown> => this.#iterator?.return?.();
    stopped().catch(() => {});
  }

  async return(): Promise<Result> {
    this.end(undefined);
    return over;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
