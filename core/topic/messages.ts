import {
  type Message,
  type MessagesOptions,
  messagesOptions,
  type Subscription,
  type Topic,
} from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import { checkOptions } from "../options.ts";

type Result<T> = IteratorResult<T>;
const over: Result<never> = Object.freeze({ value: undefined, done: true });

/** A subscription that is read instead of being handled: the next message is taken when the loop asks for one. */
export class TopicMessages<T> implements AsyncIterableIterator<T> {
  readonly #topic: Topic<unknown>;
  readonly #name: string;
  readonly #options: MessagesOptions;
  readonly #pick: (message: Message<unknown>) => T;
  #subscribed: Promise<Subscription> | undefined;
  #subscription: Subscription | undefined;
  /** Handed over by the subscription, which waits until it is `taken`. */
  #next: { readonly message: Message<unknown>; readonly taken: () => void } | undefined;
  readonly #readers: { readonly resolve: (result: Result<T>) => void; readonly reject: (error: unknown) => void }[] =
    [];
  #ended = false;
  /** Told once, as by any iterator. */
  #error: { readonly thrown: unknown } | undefined;
  #stop = (): void => {};

  constructor(topic: Topic<unknown>, name: string, given: MessagesOptions, pick: (message: Message<unknown>) => T) {
    this.#topic = topic;
    this.#name = `${name}.messages`;
    this.#options = checkOptions(this.#name, given, messagesOptions);
    this.#pick = pick;
  }

  next(): Promise<Result<T>> {
    if (this.#subscribed === undefined && !this.#ended) this.#subscribe();
    return new Promise((resolve, reject) => {
      const next = this.#next;
      if (next !== undefined) {
        this.#next = undefined;
        resolve({ value: this.#pick(next.message), done: false });
        next.taken();
      } else {
        this.#readers.push({ resolve, reject });
        if (this.#ended) this.#finish();
      }
    });
  }

  #subscribe(): void {
    const { signal, ...options } = this.#options;
    const abort = (): void => {
      const message = `${this.#name}: cancelled by the caller`;
      this.#leave({ thrown: new RpcError({ code: "CANCELLED", message, cause: signal?.reason }) });
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    this.#stop = () => signal?.removeEventListener("abort", abort);
    this.#subscribed = this.#topic.subscribe((value, delivery) => this.#take({ ...delivery, value }), options);
    this.#subscribed
      .then((subscription) => {
        this.#subscription = subscription;
        return subscription.closed;
      })
      .then(
        () => this.#end(undefined),
        (thrown: unknown) => this.#end({ thrown }),
      );
  }

  #take(message: Message<unknown>): Promise<void> | undefined {
    if (this.#ended) return undefined;
    const reader = this.#readers.shift();
    if (reader === undefined) return new Promise((taken) => (this.#next = { message, taken }));
    reader.resolve({ value: this.#pick(message), done: false });
    return undefined;
  }

  /** No more messages come; the one that waits is still read. */
  #end(error: { readonly thrown: unknown } | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#stop();
    this.#finish();
  }

  #finish(): void {
    for (const { resolve, reject } of this.#readers.splice(0)) {
      const error = this.#error;
      this.#error = undefined;
      if (error) reject(error.thrown);
      else resolve(over);
    }
  }

  /** Nothing is read any more: the one that waits neither. */
  #leave(error: { readonly thrown: unknown } | undefined): void {
    this.#end(error);
    this.#next?.taken();
    this.#next = undefined;
    // It may still be on its way to an instance; who leaves the loop does not wait for that.
    this.#subscribed?.then((subscription) => subscription.unsubscribe()).catch(() => {});
  }

  async return(): Promise<Result<T>> {
    this.#leave(undefined);
    await this.#subscription?.unsubscribe();
    return over;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
