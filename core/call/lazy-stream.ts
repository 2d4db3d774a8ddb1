import { RpcError } from "../error.ts";
import type { Platform } from "../platform.ts";
import type { ServicePort, StreamRequest } from "../transport.ts";
import { nameCallers } from "./caller-stack.ts";

type Result = IteratorResult<unknown>;

/** What a port opens. */
interface Inner extends AsyncIterator<unknown> {
  /** An item that waits to be read, or the answer that none does: what comes often should cost one promise. */
  take?(): Result | undefined;
}

/** The port that a stream opens at, or the wait for one. */
export type Way = ServicePort | { readonly port: Promise<ServicePort>; giveUp(): void };

/** The caller's end of a stream: asks for a way and opens on the first `next()`, ends on `return()`, signal or deadline. */
export class LazyStream implements AsyncIterableIterator<unknown> {
  readonly #wayOf: () => Way;
  readonly #platform: Platform;
  readonly #request: StreamRequest;
  #inner: Promise<Inner> | undefined;
  /** The same, once it is there. */
  #opened: Inner | undefined;
  /** Set while it waits for a connection. */
  #giveUp: (() => void) | undefined;
  #givenUp = false;
  #ended = false;
  #reading = false;
  #cut: ((error: RpcError) => void) | undefined;
  #cutting: Promise<never> | undefined;
  /** Why it was cut between two items: the next `next()` says so, or a cut would look like the end. */
  #cutBy: RpcError | undefined;
  #stop: (() => void)[] = [];

  constructor(wayOf: () => Way, platform: Platform, request: StreamRequest) {
    this.#wayOf = wayOf;
    this.#platform = platform;
    this.#request = request;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const ready = this.#ended ? undefined : this.#opened?.take?.();
    return ready === undefined ? this.#next() : Promise.resolve(ready);
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
      if (result.done) this.#finish();
      return result;
    } catch (error) {
      this.#finish();
      if (this.#givenUp) return { value: undefined, done: true };
      if (RpcError.is(error)) nameCallers(error, this.#next);
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  async return(): Promise<Result> {
    this.#finish();
    if (this.#giveUp !== undefined) {
      this.#givenUp = true;
      this.#giveUp();
    }
    const inner = this.#inner;
    if (inner) await (await inner.catch(() => undefined))?.return?.();
    return { value: undefined, done: true };
  }

  async #open(): Promise<Inner> {
    const way = this.#wayOf();
    const port = "open" in way ? way : await this.#waitFor(way);
    this.#watch();
    try {
      return port.open(this.#request)[Symbol.asyncIterator]();
    } catch (error) {
      // As for a call that has not left: who tries again at once must not keep the connection from coming.
      await new Promise<void>((resolve) => this.#platform.nextTurn(resolve));
      throw error;
    }
  }

  async #waitFor(way: Exclude<Way, ServicePort>): Promise<ServicePort> {
    this.#giveUp = () => way.giveUp();
    try {
      return await way.port;
    } finally {
      this.#giveUp = undefined;
    }
  }

  /** A signal or a deadline costs a race per item; without them there is none. */
  #watch(): void {
    const { signal, deadline, method } = this.#request;
    if (signal === undefined && deadline === undefined) return;
    this.#cutting = new Promise((_, reject) => {
      this.#cut = (error) => {
        if (this.#ended) return;
        if (!this.#reading) this.#cutBy = error;
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
      this.#stop.push(
        this.#platform.schedule(left, () =>
          this.#cut?.(
            new RpcError({
              code: "DEADLINE_EXCEEDED",
              message: `${method.name}: the stream was still open at its deadline`,
            }),
          ),
        ),
      );
    }
  }

  #finish(): void {
    this.#ended = true;
    for (const stop of this.#stop.splice(0)) stop();
  }
}
