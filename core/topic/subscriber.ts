import type { SubscribeOptions } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import type { TopicDelivery, TopicMessage } from "./backend.ts";
import type { Post } from "./post.ts";
import { Ring } from "./ring.ts";

export interface SubscriberOptions {
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly overflow: NonNullable<SubscribeOptions["overflow"]>;
  /** It has ended. */
  readonly onEnd: () => void;
  /** It lost a message, the first since it had last caught up. */
  readonly onOverflow: (error: RpcError) => void;
}

type Result = IteratorResult<TopicDelivery>;

/** One subscriber of a topic at the publisher's side, and what waits for it. */
export class Subscriber implements AsyncIterableIterator<TopicDelivery> {
  /** Nobody waits for it to make room before this time: it was too slow. */
  hopelessUntil = Number.NEGATIVE_INFINITY;
  readonly #options: SubscriberOptions;
  readonly #waiting = new Ring<Post>();
  #bytes = 0;
  #confirmed = false;
  #dropped = 0;
  #told = 0;
  /** From the first message that it lost until nothing waits for it. */
  #overflowing = false;
  #reader: { readonly resolve: (result: Result) => void; readonly reject: (error: RpcError) => void } | undefined;
  #ended = false;
  #error: RpcError | undefined;
  #onRoom: (() => void) | undefined;

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  /** How many messages wait for it. */
  get behind(): number {
    return this.#waiting.length;
  }

  /** Whether it can be given the message without a loss. */
  hasRoom(post: Post): boolean {
    if (this.#reader || this.#ended) return true;
    const { maxMessages, maxBytes } = this.#options;
    const { length } = this.#waiting;
    // A single one may be larger than its bound, or it could never be had.
    return length < maxMessages && (length === 0 || this.#bytes + post.bytes <= maxBytes) && post.fits;
  }

  /** Tells once when half of its buffer is free, or when it ends. */
  whenRoom(told: (() => void) | undefined): void {
    this.#onRoom = told;
  }

  offer(post: Post): void {
    if (this.#ended) return;
    const reader = this.#reader;
    if (reader) {
      this.#reader = undefined;
      this.#overflowing = false;
      reader.resolve({ value: this.#delivery(post.message), done: false });
      return;
    }
    while (!this.hasRoom(post)) if (!this.#makeRoom()) return;
    post.keep();
    this.#bytes += post.bytes;
    this.#waiting.push(post);
  }

  /** True if the new message may be kept. */
  #makeRoom(): boolean {
    const { overflow } = this.#options;
    if (overflow === "close") {
      this.#close();
      return false;
    }
    this.#dropped++;
    if (!this.#overflowing) {
      this.#overflowing = true;
      const message = `a subscriber is too slow: with ${this.behind} messages waiting for it, others are dropped (${overflow}) until it has caught up`;
      this.#options.onOverflow(new RpcError({ code: "RESOURCE_EXHAUSTED", message }));
    }
    return overflow === "drop-oldest" && this.#take() !== undefined;
  }

  #close(): void {
    this.#error = new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `the subscription fell ${this.behind} messages behind and was closed; raise bufferSize, or choose an overflow that drops`,
    });
    this.#options.onOverflow(this.#error);
    this.#end();
  }

  #take(): Post | undefined {
    const post = this.#waiting.shift();
    if (post === undefined) return undefined;
    this.#bytes -= post.bytes;
    post.release();
    return post;
  }

  #delivery(message: TopicMessage): TopicDelivery {
    if (this.#dropped === this.#told) return message;
    this.#told = this.#dropped;
    return { ...message, dropped: this.#dropped };
  }

  next(): Promise<Result> {
    if (!this.#confirmed) {
      this.#confirmed = true;
      return Promise.resolve({ value: { key: "", headers: {}, confirmed: true }, done: false });
    }
    const post = this.#take();
    if (post) {
      const value = this.#delivery(post.message);
      if (this.behind === 0) this.#overflowing = false;
      if (this.behind * 2 <= this.#options.maxMessages && this.#bytes * 2 <= this.#options.maxBytes) this.#tellRoom();
      return Promise.resolve({ value, done: false });
    }
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  return(): Promise<Result> {
    while (this.#take());
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  #end(): void {
    this.#ended = true;
    this.#options.onEnd();
    this.#reader?.resolve({ value: undefined, done: true });
    this.#reader = undefined;
    this.#tellRoom();
  }

  #tellRoom(): void {
    const told = this.#onRoom;
    this.#onRoom = undefined;
    told?.();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
