type Result = IteratorResult<unknown>;

/**
 * A stream that is opened by the first `next()`. No generator, in which a `return()` would wait for the item that is
 * being waited for.
 */
export class DeferredStream implements AsyncIterableIterator<unknown> {
  readonly #open: () => Promise<AsyncIterable<unknown>>;
  #inner: Promise<AsyncIterator<unknown>> | undefined;
  #ended = false;

  constructor(open: () => Promise<AsyncIterable<unknown>>) {
    this.#open = open;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Result> {
    if (this.#ended) return { value: undefined, done: true };
    this.#inner ??= this.#open().then((stream) => stream[Symbol.asyncIterator]());
    const step = await (await this.#inner).next();
    if (step.done) this.#ended = true;
    return step;
  }

  async return(): Promise<Result> {
    this.#ended = true;
    const inner = await this.#inner?.catch(() => undefined);
    await inner?.return?.();
    return { value: undefined, done: true };
  }
}
