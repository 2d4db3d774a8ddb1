import type { SubscribeOptions } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import type { Platform } from "../platform.ts";
import type { TopicBackend, TopicDelivery, TopicMessage, TopicRequest } from "./backend.ts";
import { KeyIndex } from "./key-index.ts";
import type { TopicLimits } from "./limits.ts";
import { Post, type TopicBudget } from "./post.ts";
import { Ring } from "./ring.ts";
import { Subscriber } from "./subscriber.ts";

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

/** Whom a message is for. */
type Recipients = readonly ReadonlySet<Subscriber>[];

/**
 * The subscribers of one topic in one instance. A message that finds the buffer of one of them full waits a moment, so that
 * who reads as fast as it can loses nothing; those published meanwhile wait behind it, in order.
 */
export class TopicHub implements TopicBackend {
  readonly #options: HubOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #byKey = new KeyIndex<Subscriber>();
  #closed = false;
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
    const recipients = this.#byKey.matching(message.key);
    if (recipients.length === 0 && this.#held.length === 0) return undefined;
    const alone = recipients.length === 1 && recipients[0]?.size === 1;
    const post = new Post(message, this.#options.budget, alone);
    if (this.#held.length === 0 && !this.#mustWait(post, recipients)) {
      offer(post, recipients);
      return undefined;
    }
    return this.#hold(post);
  }

  /** Finds those that are worth waiting for. */
  #mustWait(post: Post, recipients: Recipients): boolean {
    // While nothing waits for anybody, all have room.
    if (this.#options.budget.behind === 0) return false;
    let now: number | undefined;
    for (const set of recipients) {
      for (const subscriber of set) {
        if (subscriber.hasRoom(post)) continue;
        now ??= this.#options.platform.now();
        if (now >= subscriber.hopelessUntil) this.#awaited.add(subscriber);
      }
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
      offer(post, this.#byKey.matching(post.message.key));
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
      const recipients = this.#byKey.matching(post.message.key);
      if (!this.#closed && this.#mustWait(post, recipients)) return;
      this.#held.shift();
      this.#heldBytes -= post.bytes;
      offer(post, recipients);
      post.release();
      taken();
    }
  }

  /** Ends every subscription: the instance is closing. */
  close(): void {
    this.#closed = true;
    for (const subscriber of [...this.#subscribers]) void subscriber.return();
  }

  subscribe(request: TopicRequest, where?: ErrorSource): AsyncIterableIterator<TopicDelivery> {
    const { budget, onError } = this.#options;
    const { limits } = budget;
    const { key, size, overflow } = checked(request, limits);
    if (this.#subscribers.size >= limits.maxSubscriptions) {
      const message = `the topic has maxSubscriptions (${limits.maxSubscriptions}) subscriptions; end some, or raise the limit`;
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message, retryable: true });
    }
    const subscriber: Subscriber = new Subscriber({
      budget,
      maxMessages: Math.min(size, limits.maxBufferedMessages),
      maxBytes: limits.maxBufferedBytes,
      overflow,
      onEnd: () => {
        if (this.#subscribers.delete(subscriber)) this.#byKey.delete(key, subscriber);
      },
      onOverflow: (error) => where && onError(error, where),
    });
    this.#subscribers.add(subscriber);
    this.#byKey.add(key, subscriber);
    if (this.#closed) void subscriber.return();
    return subscriber;
  }
}

function offer(post: Post, recipients: Recipients): void {
  for (const set of recipients) for (const subscriber of set) subscriber.offer(post);
}

interface CheckedRequest {
  readonly key: string | undefined;
  readonly size: number;
  readonly overflow: NonNullable<SubscribeOptions["overflow"]>;
}

/** Throws where it makes no sense, or asks for too much. */
function checked(request: TopicRequest, limits: Required<TopicLimits>): CheckedRequest {
  const { key, bufferSize: size = DEFAULT_BUFFER_SIZE, overflow = "drop-oldest" } = request;
  if (!Number.isInteger(size) || size < 1) {
    const message = `bufferSize: expected a whole number from 1, got ${size}`;
    throw new RpcError({ code: "INVALID_ARGUMENT", message });
  }
  if (!isOverflow(overflow)) {
    const message = `overflow: expected drop-oldest, drop-newest or close, got ${overflow}`;
    throw new RpcError({ code: "INVALID_ARGUMENT", message });
  }
  if (key !== undefined) checkKey(key, limits);
  return { key, size, overflow };
}

function isOverflow(text: string): text is NonNullable<SubscribeOptions["overflow"]> {
  return ["drop-oldest", "drop-newest", "close"].includes(text);
}

function checkKey(key: string, { maxKeyLength, maxKeyWords }: Required<TopicLimits>): void {
  if (key.length > maxKeyLength) {
    const message = `key: longer than maxKeyLength (${maxKeyLength}); ask for a shorter one, with a wildcard at its end, or raise the limit`;
    throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
  }
  const words = key.split(".").length;
  if (words > maxKeyWords) {
    const message = `key: ${words} words are more than maxKeyWords (${maxKeyWords}); ask for fewer, with > at the end, or raise the limit`;
    throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
  }
}
