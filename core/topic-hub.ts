import { RpcError } from "./error.ts";
import { keyMatcher, type SubscribeOptions } from "./topic.ts";

/** What travels to a subscriber; the first one confirms and carries no value. */
export interface TopicDelivery {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value?: unknown;
  readonly confirmed?: boolean;
  /** Messages that the buffer had to drop so far. */
  readonly dropped?: number;
}

export interface TopicMessage {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
}

export const DEFAULT_BUFFER_SIZE = 1024;
/** A subscriber may ask for this much at the most; stops it from filling the publisher's memory. */
const MAX_BUFFER_SIZE = 1_000_000;

/** The subscribers of one topic in one instance, each with a bounded buffer. */
export class TopicHub {
  closed = false;
  readonly #subscribers = new Set<Subscriber>();

  publish(message: TopicMessage): void {
    for (const subscriber of this.#subscribers) subscriber.offer(message);
  }

  /** Ends every subscription: the instance is closing. */
  close(): void {
    this.closed = true;
    for (const subscriber of [...this.#subscribers]) void subscriber.return();
  }

  subscribe(request: { key?: string; bufferSize?: number; overflow?: string }): AsyncIterableIterator<TopicDelivery> {
    const size = request.bufferSize ?? DEFAULT_BUFFER_SIZE;
    if (!Number.isInteger(size) || size < 1 || size > MAX_BUFFER_SIZE) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `bufferSize: expected a whole number from 1 to ${MAX_BUFFER_SIZE}, got ${size}`,
      });
    }
    const overflow = (request.overflow ?? "drop-oldest") as NonNullable<SubscribeOptions["overflow"]>;
    if (!["drop-oldest", "drop-newest", "close"].includes(overflow)) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `overflow: expected drop-oldest, drop-newest or close, got ${overflow}`,
      });
    }
    const subscriber = new Subscriber(keyMatcher(request.key), size, overflow, () =>
      this.#subscribers.delete(subscriber),
    );
    this.#subscribers.add(subscriber);
    if (this.closed) void subscriber.return();
    return subscriber;
  }
}

type Result = IteratorResult<TopicDelivery>;

class Subscriber implements AsyncIterableIterator<TopicDelivery> {
  readonly #matches: (key: string) => boolean;
  readonly #size: number;
  readonly #overflow: NonNullable<SubscribeOptions["overflow"]>;
  readonly #leave: () => void;
  readonly #buffer: TopicDelivery[] = [{ key: "", headers: {}, confirmed: true }];
  #dropped = 0;
  #waiting: { resolve: (result: Result) => void; reject: (error: RpcError) => void } | undefined;
  #ended = false;
  #error: RpcError | undefined;

  constructor(
    matches: (key: string) => boolean,
    size: number,
    overflow: NonNullable<SubscribeOptions["overflow"]>,
    leave: () => void,
  ) {
    this.#matches = matches;
    this.#size = size;
    this.#overflow = overflow;
    this.#leave = leave;
  }

  offer(message: TopicMessage): void {
    if (this.#ended || !this.#matches(message.key)) return;
    const delivery: TopicDelivery = this.#dropped === 0 ? message : { ...message, dropped: this.#dropped };
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = undefined;
      waiting.resolve({ value: delivery, done: false });
      return;
    }
    if (this.#buffer.length >= this.#size && !this.#makeRoom()) return;
    this.#buffer.push(delivery);
  }

  /** True if the new message may be kept. */
  #makeRoom(): boolean {
    this.#dropped++;
    if (this.#overflow === "drop-newest") return false;
    if (this.#overflow === "drop-oldest") {
      // The confirmation is not a message.
      this.#buffer.splice(this.#buffer[0]?.confirmed === true && this.#buffer.length > 1 ? 1 : 0, 1);
      return true;
    }
    this.#error = new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `the subscription fell ${this.#size} messages behind and was closed; raise bufferSize, or choose an overflow that drops`,
    });
    this.#end();
    return false;
  }

  next(): Promise<Result> {
    const delivery = this.#buffer.shift();
    if (delivery) return Promise.resolve({ value: delivery, done: false });
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  return(): Promise<Result> {
    this.#buffer.length = 0;
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  #end(): void {
    this.#ended = true;
    this.#leave();
    this.#waiting?.resolve({ value: undefined, done: true });
    this.#waiting = undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
