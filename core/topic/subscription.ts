import type { Delivery, Subscription } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import type { TopicDelivery } from "./backend.ts";

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
  #turn: Promise<unknown> = Promise.resolve();
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  #ended = false;
  readonly #onEnd: () => void;

  constructor(handler: Handler, onError: ErrorListener, onEnd: () => void) {
    this.#handler = handler;
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
    try {
      for (let step = await source.next(); !step.done && !this.#ended; step = await source.next()) {
        const { value, key, headers, dropped } = step.value;
        this.#count(source, dropped, where);
        // One at a time, whichever instance it came from.
        const turn = this.#turn.then(() => (this.#ended ? undefined : this.#handler(value, { key, headers })));
        this.#turn = turn.catch((thrown: unknown) => this.#onError(thrown, where));
        await this.#turn;
      }
    } catch (thrown) {
      error = RpcError.from(thrown, String(thrown));
    }
    if (!this.#ended) this.#count(source, undefined, where);
    this.#sources.delete(source);
    this.#droppedBefore += this.#droppedBy.get(source) ?? 0;
    this.#droppedBy.delete(source);
    if (!this.#ended) lost(error);
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
