import type { Credit, Reading } from "./stream.ts";

/** Where a pump brings the items of its source. */
export interface PumpTarget {
  /** Takes an item; the next one is asked for when the promise resolves, or at once. May throw, and must not reject. */
  send(item: unknown): Promise<void> | undefined;
  /** Runs each step of the source, where its context would else be lost. */
  readonly within?: (<R>(step: () => R) => R) | undefined;
  /** Told of what the source throws when it is left before its end, which nobody else can be. */
  onStray?(error: unknown): void;
}

/**
 * Sends the items of `source` as room allows. Resolves when the source has ended or the stream was closed, having
 * told the source in the latter case; rejects with what the source or `send` threw.
 */
export function pump(source: AsyncIterable<unknown>, credit: Credit, target: PumpTarget): Promise<void> {
  return new Promise((resolve, reject) => new Pump(source, credit, { target, resolve, reject }).step());
}

const here = <R>(step: () => R): R => step();

interface Settling {
  readonly target: PumpTarget;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * By reactions rather than an asynchronous function, which is slower. What others cause, more room and the end, comes by
 * promises of its own: so that the source runs in the context of the call that it belongs to, not in that of whoever read an
 * item or cancelled.
 */
class Pump {
  readonly #iterator: Reading;
  readonly #credit: Credit;
  readonly #settling: Settling;
  readonly #within: NonNullable<PumpTarget["within"]>;

  constructor(source: AsyncIterable<unknown>, credit: Credit, settling: Settling) {
    this.#within = settling.target.within ?? here;
    this.#iterator = this.#within(() => source[Symbol.asyncIterator]());
    this.#credit = credit;
    this.#settling = settling;
    void new Promise<void>((closed) => credit.onClose(closed)).then(this.#leave);
  }

  readonly step = (): void => {
    const room = this.#credit.room();
    if (room === undefined) this.#next();
    else void room.then(this.#next);
  };

  /** There is room, or there was some more: one item may be larger than what is left. */
  readonly #next = (): void => {
    try {
      for (;;) {
        if (this.#credit.closed) return this.#end();
        const waiting = this.#iterator.takeWaiting?.();
        // Not every iterator is a generator: `next` may throw, or return what is no promise.
        if (waiting === undefined) return void Promise.resolve(this.#within(this.#ask)).then(this.#onItem, this.#fail);
        const sent = this.#settling.target.send(waiting.value);
        if (sent !== undefined) return void sent.then(this.step);
        const room = this.#credit.room();
        if (room !== undefined) return void room.then(this.#next);
      }
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #ask = (): Promise<IteratorResult<unknown>> => this.#iterator.next();

  readonly #onItem = (result: IteratorResult<unknown>): void => {
    try {
      if (result.done || this.#credit.closed) return this.#end();
      const sent = this.#settling.target.send(result.value);
      if (sent === undefined) this.step();
      else sent.then(this.step);
    } catch (error) {
      this.#fail(error);
    }
  };

  #end(): void {
    this.#credit.onClose(undefined);
    this.#settling.resolve();
  }

  readonly #fail = (error: unknown): void => {
    this.#credit.onClose(undefined);
    this.#leave();
    this.#settling.reject(error);
  };

  /** Told at once, not at its next item, which may never come: a generator hears of it when it yields. */
  readonly #leave = (): void => {
    const left = async (): Promise<unknown> => this.#iterator.return?.();
    this.#within(left).catch((error: unknown) => this.#settling.target.onStray?.(error));
  };
}
