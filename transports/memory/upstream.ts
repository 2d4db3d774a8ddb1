import { inUpstream, streamArgument } from "../../core/call/place.ts";
import { RpcError } from "../../core/error.ts";
import { argumentFailed } from "../../core/wire/call-error.ts";
import type { MemoryOperation } from "./operation.ts";

type Result = IteratorResult<unknown>;
const over: Result = Object.freeze({ value: undefined, done: true });

/** A stream passed as an argument, as the handler reads it: nothing is taken from the caller before it is asked for. */
export class Upstream implements AsyncIterableIterator<unknown> {
  readonly #source: AsyncIterable<unknown>;
  readonly #operation: Pick<MemoryOperation, "upstream" | "place">;
  readonly #failed: (error: RpcError) => void;
  #iterator: AsyncIterator<unknown> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting: ((end: RpcError | undefined) => void) | undefined;
  #ended = false;
  #error: RpcError | undefined;

  /** `failed` is told when the caller's own stream fails: then the call itself does. */
  constructor(
    source: unknown,
    operation: Pick<MemoryOperation, "upstream" | "place">,
    failed: (error: RpcError) => void,
  ) {
    this.#source = streamArgument(source, operation.place);
    this.#operation = operation;
    this.#failed = failed;
  }

  next(): Promise<Result> {
    const step = this.#turn.then(() => this.#pull());
    this.#turn = step.catch(() => {});
    return step;
  }

  async #pull(): Promise<Result> {
    if (this.#ended) return this.#end();
    this.#iterator ??= this.#source[Symbol.asyncIterator]();
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
      const error = argumentFailed(thrown);
      this.#failed(error);
      this.end(new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" }));
      return this.#end();
    }
  }

  #cross(item: unknown): unknown {
    try {
      return this.#operation.upstream(item);
    } catch (error) {
      throw inUpstream(error, this.#operation.place);
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
