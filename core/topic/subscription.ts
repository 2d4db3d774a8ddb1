import type { Delivery, Subscription } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import { isPromise } from "../promise.ts";
import type { TopicDelivery } from "./backend.ts";

/** What a source may have besides: what has come without a promise, and the same nearer to where it comes from. */
interface Near extends AsyncIterator<TopicDelivery> {
  readonly uncut?: Near | undefined;
  readOut?(error: RpcError | undefined): void;
  takeWaiting?(): IteratorResult<TopicDelivery> | undefined;
}

type Handler = (value: unknown, delivery: Delivery) => unknown;

/** Runs a subscriber's handler, one message at a time, over deliveries from any number of instances. */
export class HandledSubscription implements Subscription {
  readonly closed: Promise<void>;
  readonly #handler: Handler;
  /** Must not throw. */
  readonly #onError: ErrorListener;
  readonly #sources = new Set<AsyncIterator<TopicDelivery>>();
  readonly #droppedBy = new Map<AsyncIterator<TopicDelivery>, number>();
  #droppedBefore = 0;
  #droppedTold = 0;
  /** Whether the last message came with the news that more were lost. */
  #dropping = false;
  /** The handler is at work. */
  #busy = false;
  readonly #waiting: (() => void)[] = [];
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  #ended = false;
  readonly #onEnd: () => void;

  /** `valued` makes of what arrives what the handler may have. */
  constructor(handler: Handler, onError: ErrorListener, onEnd: () => void, valued?: (value: unknown) => unknown) {
    this.#handler = valued === undefined ? handler : (value, delivery) => handler(valued(value), delivery);
    this.#onError = onError;
    this.#onEnd = onEnd;
    this.closed = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.closed.catch(() => {});
  }

  get ended(): boolean {
    return this.#ended;
  }

  get dropped(): number {
    let sum = this.#droppedBefore;
    for (const dropped of this.#droppedBy.values()) sum += dropped;
    return sum;
  }

  /** Resolves once the source has confirmed; rejects if it fails before. `lost` is told when it ends after that. */
  async attach(
    source: AsyncIterator<TopicDelivery>,
    where: ErrorSource,
    lost: (error: RpcError | undefined) => void,
  ): Promise<void> {
    this.#sources.add(source);
    try {
      const first = await source.next();
      if (first.done)
        throw new RpcError({ code: "UNAVAILABLE", message: "the subscription ended before it was confirmed" });
    } catch (error) {
      this.#sources.delete(source);
      throw error;
    }
    void this.#read(source, where, lost);
  }

  async #read(
    source: AsyncIterator<TopicDelivery>,
    where: ErrorSource,
    lost: (error: RpcError | undefined) => void,
  ): Promise<void> {
    let error: RpcError | undefined;
    const near = (source as Near).uncut ?? (source as Near);
    try {
      while (!this.#ended) {
        const { value: delivery, done } = near.takeWaiting?.() ?? (await near.next());
        if (done || this.#ended) break;
        if (delivery.dropped !== undefined || this.#dropping) this.#count(source, delivery.dropped, where);
        // A handler that is done at once costs no promise.
        const turn = this.#takeTurn();
        if (turn) await turn;
        const handled = this.#handle(delivery, where);
        if (handled) await handled;
        this.#passTurn();
      }
    } catch (thrown) {
      error = RpcError.from(thrown, String(thrown));
    }
    (source as Near).readOut?.(error);
    if (!this.#ended) this.#count(source, undefined, where);
    this.#sources.delete(source);
    this.#droppedBefore += this.#droppedBy.get(source) ?? 0;
    this.#droppedBy.delete(source);
    if (!this.#ended) lost(error);
  }

  /** One message at a time, whichever instance it came from; who comes first is first. */
  #takeTurn(): Promise<void> | undefined {
    if (this.#busy) return new Promise((turn) => this.#waiting.push(turn));
    this.#busy = true;
    return undefined;
  }

  #passTurn(): void {
    if (this.#waiting.length > 0) this.#waiting.shift()?.();
    else this.#busy = false;
  }

  /** A promise, which never rejects, where the handler is not done yet. */
  #handle({ value, key, headers }: TopicDelivery, where: ErrorSource): Promise<unknown> | undefined {
    if (this.#ended) return undefined;
    try {
      const result = this.#handler(value, { key, headers });
      if (!isPromise(result)) return undefined;
      return Promise.resolve(result).catch((thrown: unknown) => this.#onError(thrown, where));
    } catch (thrown) {
      this.#onError(thrown, where);
      return undefined;
    }
  }

  /** Tells of the first of the messages that were lost at a time, and of the others once no more are. */
  #count(source: AsyncIterator<TopicDelivery>, dropped: number | undefined, where: ErrorSource): void {
    if (dropped !== undefined) this.#droppedBy.set(source, dropped);
    const lost = this.dropped - this.#droppedTold;
    const more = dropped !== undefined;
    if (lost > 0 && more !== this.#dropping) {
      this.#droppedTold += lost;
      const message = `${lost} messages were dropped, because the subscriber was too slow; raise bufferSize, or do less in its handler`;
      this.#onError(new RpcError({ code: "RESOURCE_EXHAUSTED", message }), where);
    }
    this.#dropping = more;
  }

  /** Ends with an error that no reconnect can mend. */
  fail(error: RpcError, where: ErrorSource): void {
    if (this.#ended) return;
    this.#onError(error, where);
    this.#reject(error);
    void this.#end();
  }

  async unsubscribe(): Promise<void> {
    this.#resolve();
    await this.#end();
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    await Promise.all([...this.#sources].map((source) => source.return?.()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }
}
