import type { Flow, FlowReader } from "../call/flow.ts";
import type { SubscribeOptions } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import type { TopicDelivery, TopicMessage } from "./backend.ts";
import type { Post, TopicBudget } from "./post.ts";
import { Ring } from "./ring.ts";

export interface SubscriberOptions {
  readonly budget: TopicBudget;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly overflow: NonNullable<SubscribeOptions["overflow"]>;
  /** It has ended. */
  readonly onEnd: () => void;
  /** It lost a message, the first since it had last caught up. */
  readonly onOverflow: (error: RpcError) => void;
}

type Result = IteratorResult<TopicDelivery>;

const confirmation: TopicDelivery = Object.freeze({ key: "", headers: Object.freeze({}), confirmed: true });

/** One subscriber of a topic at the publisher's side, and what waits for it. It is read by `next()`, or flows. */
export class Subscriber implements AsyncIterableIterator<TopicDelivery>, Flow {
  /** Nobody waits for it to make room before this time: it was too slow. */
  hopelessUntil = Number.NEGATIVE_INFINITY;
  readonly #options: SubscriberOptions;
  readonly #waiting = new Ring<Post>();
  /** How many messages wait for it. */
  behind = 0;
  #bytes = 0;
  #confirmed = false;
  #dropped = 0;
  #told = 0;
  /** From the first message that it lost until nothing waits for it. */
  #overflowing = false;
  #reader: { readonly resolve: (result: Result) => void; readonly reject: (error: RpcError) => void } | undefined;
  #flow: FlowReader | undefined;
  #ended = false;
  #error: RpcError | undefined;
  #onRoom: (() => void) | undefined;

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  /** Whether it can be given the message without a loss. */
  hasRoom(post: Post): boolean {
    const { behind } = this;
    if (this.#reader || this.#ended || (behind === 0 && this.#flows)) return true;
    const { maxMessages, maxBytes } = this.#options;
    // A single one may be larger than its bound, or it could never be had.
    return behind < maxMessages && (behind === 0 || this.#bytes + post.bytes <= maxBytes) && post.fits;
  }

  /** Whether what it gets goes on at once, if nothing waits before it. */
  get #flows(): boolean {
    return this.#confirmed && this.#flow?.ready === true;
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
    if (this.behind === 0 && this.#flows) return this.#give(post);
    while (!this.hasRoom(post)) if (!this.#makeRoom()) return;
    post.keep();
    this.#bytes += post.bytes;
    this.#waiting.push(post);
    if (this.behind++ === 0) this.#options.budget.behind++;
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
    if (--this.behind === 0) this.#options.budget.behind--;
    this.#bytes -= post.bytes;
    post.release();
    return post;
  }

  /** Something was read: those who wait for room may hear of it, and give more. */
  #lookForRoom(): void {
    if (this.#onRoom === undefined) return;
    const { maxMessages, maxBytes } = this.#options;
    if (this.behind * 2 <= maxMessages && this.#bytes * 2 <= maxBytes) this.#tellRoom();
  }

  #delivery(message: TopicMessage): TopicDelivery {
    if (this.#dropped === this.#told) return message;
    this.#told = this.#dropped;
    return { ...message, dropped: this.#dropped };
  }

  flow(reader: FlowReader): void {
    this.#flow = reader;
    while (this.step());
  }

  step(): boolean {
    const reader = this.#flow;
    if (!reader?.ready) return false;
    if (!this.#confirmed) {
      this.#confirmed = true;
      reader.take(confirmation, undefined);
    } else {
      const post = this.#take();
      if (post) this.#give(post);
      this.#lookForRoom();
    }
    if (this.behind > 0) return true;
    if (this.#ended) this.#endFlow();
    return false;
  }

  /** Others get the same message, unless it tells this one what it lost. */
  #give(post: Post): void {
    const delivery = this.#delivery(post.message);
    if (this.behind === 0) this.#overflowing = false;
    this.#flow?.take(delivery, delivery === post.message ? post : undefined);
  }

  #endFlow(): void {
    const flow = this.#flow;
    this.#flow = undefined;
    flow?.end(this.#error);
  }

  next(): Promise<Result> {
    if (!this.#confirmed) {
      this.#confirmed = true;
      return Promise.resolve({ value: confirmation, done: false });
    }
    const post = this.#take();
    if (post) {
      const value = this.#delivery(post.message);
      if (this.behind === 0) this.#overflowing = false;
      this.#lookForRoom();
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
    if (this.behind === 0) this.#endFlow();
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
