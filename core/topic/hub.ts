import { keyMatcher, type SubscribeOptions } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import type { Platform } from "../platform.ts";
import { Post, type TopicBudget, type TopicMessage } from "./post.ts";
import { Ring } from "./ring.ts";
import { Subscriber, type TopicDelivery } from "./subscriber.ts";

export const DEFAULT_BUFFER_SIZE = 1024;
/** How long publishers wait for a subscriber whose buffer is full: a millisecond for each message in it, within these bounds. */
const MIN_PATIENCE_MS = 2;
const MAX_PATIENCE_MS = 100;
/** For how long they then wait for it no more: one that stalls costs them two waits in so much time, not one for each message. */
const HOPELESS_MS = 1000;

export interface HubOptions {
  readonly platform: Platform;
  readonly budget: TopicBudget;
  readonly onError: ErrorListener;
}

interface Held {
  readonly post: Post;
  readonly taken: () => void;
}

/**
 * The subscribers of one topic in one instance. A message that finds the buffer of one of them full waits a moment, so that
 * who reads as fast as it can loses nothing; those published meanwhile wait behind it, in order.
 */
export class TopicHub {
  closed = false;
  readonly #options: HubOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #held = new Ring<Held>();
  #heldBytes = 0;
  /** For whom they wait. */
  readonly #awaited = new Set<Subscriber>();
  #stopTimer: (() => void) | undefined;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /** Undefined if every subscriber has it, in its hands, its buffer, or among those that it dropped; else resolves when. */
  publish(message: TopicMessage): Promise<void> | undefined {
    const post = new Post(message, this.#options.budget);
    if (this.#held.length === 0 && !this.#mustWait(post)) {
      this.#offer(post);
      return undefined;
    }
    return this.#hold(post);
  }

  #offer(post: Post): void {
    for (const subscriber of this.#subscribers) if (subscriber.matches(post.message.key)) subscriber.offer(post);
  }

  /** Finds those that are worth waiting for. */
  #mustWait(post: Post): boolean {
    let now: number | undefined;
    for (const subscriber of this.#subscribers) {
      if (subscriber.hasRoom(post) || !subscriber.matches(post.message.key)) continue;
      now ??= this.#options.platform.now();
      if (now >= subscriber.hopelessUntil) this.#awaited.add(subscriber);
    }
    if (this.#awaited.size === 0) return false;
    let behind = 0;
    for (const subscriber of this.#awaited) {
      behind = Math.max(behind, subscriber.behind);
      subscriber.whenRoom(() => this.#roomAt(subscriber));
    }
    this.#patience(Math.min(MAX_PATIENCE_MS, Math.max(MIN_PATIENCE_MS, behind)), 2);
    return true;
  }

  /** Waits twice: of a process that did not run for a while, the timers fire before what arrived meanwhile is read. */
  #patience(ms: number, times: number): void {
    this.#stopTimer = this.#options.platform.schedule(ms, () => {
      if (times > 1) this.#patience(ms, times - 1);
      else this.#giveUp();
    });
  }

  #roomAt(subscriber: Subscriber): void {
    this.#awaited.delete(subscriber);
    if (this.#awaited.size === 0) this.#release();
  }

  #giveUp(): void {
    const until = this.#options.platform.now() + HOPELESS_MS;
    for (const subscriber of this.#awaited) {
      subscriber.whenRoom(undefined);
      subscriber.hopelessUntil = until;
    }
    this.#awaited.clear();
    this.#release();
  }

  #hold(post: Post): Promise<void> {
    const { maxBufferedMessages, maxBufferedBytes } = this.#options.budget.limits;
    if (this.#held.length >= maxBufferedMessages || this.#heldBytes + post.bytes > maxBufferedBytes || !post.fits) {
      do this.#giveUp();
      while (this.#held.length > 0);
      this.#offer(post);
      return Promise.resolve();
    }
    post.keep();
    this.#heldBytes += post.bytes;
    return new Promise((taken) => this.#held.push({ post, taken }));
  }

  /** Passes on what waited, up to the message that has to wait again. */
  #release(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    for (let held = this.#held.first; held !== undefined; held = this.#held.first) {
      const { post, taken } = held;
      if (!this.closed && this.#mustWait(post)) return;
      this.#held.shift();
      this.#heldBytes -= post.bytes;
      this.#offer(post);
      post.release();
      taken();
    }
  }

  /** Ends every subscription: the instance is closing. */
  close(): void {
    this.closed = true;
    for (const subscriber of [...this.#subscribers]) void subscriber.return();
  }

  /** `where` it is read, which is told with what it loses; left out for a subscriber of this process, which knows itself. */
  subscribe(
    request: { key?: string; bufferSize?: number; overflow?: string },
    where?: ErrorSource,
  ): AsyncIterableIterator<TopicDelivery> {
    const { budget, onError } = this.#options;
    const { limits } = budget;
    const size = request.bufferSize ?? DEFAULT_BUFFER_SIZE;
    if (!Number.isInteger(size) || size < 1) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `bufferSize: expected a whole number from 1, got ${size}`,
      });
    }
    const overflow = (request.overflow ?? "drop-oldest") as NonNullable<SubscribeOptions["overflow"]>;
    if (!["drop-oldest", "drop-newest", "close"].includes(overflow)) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `overflow: expected drop-oldest, drop-newest or close, got ${overflow}`,
      });
    }
    const subscriber = new Subscriber({
      matches: keyMatcher(request.key),
      maxMessages: Math.min(size, limits.maxBufferedMessages),
      maxBytes: limits.maxBufferedBytes,
      overflow,
      onEnd: () => this.#subscribers.delete(subscriber),
      onOverflow: (error) => where && onError(error, where),
    });
    this.#subscribers.add(subscriber);
    if (this.closed) void subscriber.return();
    return subscriber;
  }
}
