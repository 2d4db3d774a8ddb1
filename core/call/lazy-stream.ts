import { RpcError } from "../error.ts";
import type { Platform } from "../platform.ts";
import type { StreamRequest } from "../transport.ts";
import { nameCallers } from "./caller-stack.ts";
import type { Reading } from "./stream.ts";

type Result = IteratorResult<unknown>;

/** How a stream gets to an instance: a port, or what finds one. */
export interface Way {
  /**
   * Opens it, now or when there is an instance. What waits for one calls `found` before it opens: from then on, at the latest
   * when this resolves, signal and deadline are not its business.
   * Fails in a turn of the event loop of its own.
   */
  open(request: StreamRequest, found: () => void): AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;
  /** The caller wants it no more, though `open` has not resolved. */
  giveUp?(): void;
  /** It is over, once `open` was called: by `error`, or well. */
  ended?(error: RpcError | undefined): void;
}

/** The caller's end of a stream: opens on the first `next()`, ends on `return()`, signal or deadline. */
export class LazyStream implements AsyncIterableIterator<unknown>, Reading {
  readonly #way: Way;
  readonly #platform: Platform;
  readonly #request: StreamRequest;
  #inner: Promise<Reading> | undefined;
  /** The same, once it is there. */
  #opened: Reading | undefined;
  /** While it waits for an instance. */
  #opening = false;
  #givenUp = false;
  #ended = false;
  #reading = false;
  #cut: ((error: RpcError) => void) | undefined;
  #cutting: Promise<never> | undefined;
  /** Why it was cut between two items: the next `next()` says so, or a cut would look like the end. */
  #cutBy: RpcError | undefined;
  #stop: (() => void)[] = [];

  constructor(way: Way, platform: Platform, request: StreamRequest) {
    this.#way = way;
    this.#platform = platform;
    this.#request = request;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const ready = this.takeWaiting();
    return ready === undefined ? this.#next() : Promise.resolve(ready);
  }

  takeWaiting(): Result | undefined {
    return this.#ended ? undefined : this.#opened?.takeWaiting?.();
  }

  async #next(): Promise<Result> {
    if (this.#ended) {
      const error = this.#cutBy;
      this.#cutBy = undefined;
      if (error) throw error;
      return { value: undefined, done: true };
    }
    this.#reading = true;
    try {
      this.#inner ??= this.#open();
      // Only who waits for it: it must not overtake those who do.
      this.#opened ??= await this.#inner;
      const step = this.#opened.next();
      const result = await (this.#cutting === undefined ? step : Promise.race([step, this.#cutting]));
      if (result.done) this.#finishInTime();
      return result;
    } catch (error) {
      this.#finish(RpcError.from(error, String(error)));
      if (this.#givenUp) return { value: undefined, done: true };
      if (RpcError.is(error)) nameCallers(error, this.#next);
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  /**
   * What it reads, once it is open and if nothing can cut it between two items. Who reads there, without a detour, must tell
   * by `readOut` how it ended.
   */
  get uncut(): Reading | undefined {
    return this.#cutting === undefined ? this.#opened : undefined;
  }

  readOut(error: RpcError | undefined): void {
    this.#finish(error);
  }

  async return(): Promise<Result> {
    this.#finish();
    if (this.#opening) {
      this.#givenUp = true;
      this.#way.giveUp?.();
    }
    const inner = this.#inner;
    if (inner) await (await inner.catch(() => undefined))?.return?.();
    return { value: undefined, done: true };
  }

  async #open(): Promise<Reading> {
    this.#opening = true;
    try {
      const opened = this.#way.open(this.#request, () => this.#watch());
      const stream = opened instanceof Promise ? await opened : opened;
      this.#watch();
      return stream[Symbol.asyncIterator]();
    } finally {
      this.#opening = false;
    }
  }

  /** A signal or a deadline costs a race per item; without them there is none. */
  #watch(): void {
    const { signal, deadline, method } = this.#request;
    if ((signal === undefined && deadline === undefined) || this.#cutting !== undefined) return;
    this.#cutting = new Promise((_, reject) => {
      this.#cut = (error) => {
        if (this.#ended) return;
        if (!this.#reading) this.#cutBy = error;
        this.#finish(error);
        reject(error);
        void this.return();
      };
    });
    this.#cutting.catch(() => {});
    if (signal) {
      const abort = (): void =>
        this.#cut?.(
          new RpcError({ code: "CANCELLED", message: `${method.name}: cancelled by the caller`, cause: signal.reason }),
        );
      signal.addEventListener("abort", abort, { once: true });
      this.#stop.push(() => signal.removeEventListener("abort", abort));
      if (signal.aborted) abort();
    }
    if (deadline !== undefined) {
      const left = Math.max(0, deadline - this.#platform.now());
      this.#stop.push(this.#platform.schedule(left, () => this.#cut?.(this.#late())));
    }
  }

  #late(): RpcError {
    const message = `${this.#request.method.name}: the stream was still open at its deadline`;
    return new RpcError({ code: "DEADLINE_EXCEEDED", message });
  }

  /** The server may have seen the deadline first, and its handler have stopped: that is no end of the items. */
  #finishInTime(): void {
    const { deadline = Number.POSITIVE_INFINITY } = this.#request;
    if (!this.#ended && deadline <= this.#platform.now()) throw this.#late();
    this.#finish();
  }

  #finish(error?: RpcError): void {
    if (!this.#ended && this.#inner !== undefined) this.#way.ended?.(error);
    this.#ended = true;
    for (const stop of this.#stop.splice(0)) stop();
  }
}
