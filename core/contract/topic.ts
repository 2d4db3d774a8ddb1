import type { ErrorSource } from "../error-source.ts";
import { kinds, type OptionTable, oneOf } from "../options.ts";

/** What `publish` may say beside the value. */
export interface PublishOptions {
  /** Words separated by dots, which subscribers may match: `eu.berlin`. */
  readonly key?: string;
  /** Keys and values as in `Metadata`: capitals of a key become small. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const publishOptions: OptionTable<PublishOptions> = { key: kinds.text, headers: kinds.object };

/** What a subscriber gets beside the value. */
export interface Delivery {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SubscribeOptions {
  /** Which keys: `eu.*` matches one more word, `eu.>` one or more. Default: every key. */
  readonly key?: string;
  /** Messages that may wait for the handler; a whole number from 1. Default 1024. */
  readonly bufferSize?: number;
  /**
   * What happens to a message that finds the buffer full: `drop-oldest`, `drop-newest`, or `close`, which
   * ends the subscription with an error. Default `drop-oldest`.
   */
  readonly overflow?: "drop-oldest" | "drop-newest" | "close";
  /**
   * Whether the handler gets values of its own, which it may change; that costs a copy. Else they are frozen, since all
   * handlers of a process may have the same one; only values with bytes, timestamps or `any`, which cannot be frozen, are
   * each handler's own anyway. Default `false`.
   */
  readonly own?: boolean;
  /** Told of what the subscriber should know: a handler that threw, an overflow, an instance lost. */
  readonly onError?: (error: unknown, where: ErrorSource) => void;
}

export const subscribeOptions: OptionTable<SubscribeOptions> = {
  key: kinds.text,
  bufferSize: kinds.number,
  overflow: oneOf("drop-oldest", "drop-newest", "close"),
  own: kinds.flag,
  onError: kinds.function,
};

export interface MessagesOptions extends SubscribeOptions {
  /** Ends the loop with `CANCELLED`. */
  readonly signal?: AbortSignal;
}

export const messagesOptions: OptionTable<MessagesOptions> = { ...subscribeOptions, signal: kinds.signal };

/** A message with what came beside its value. */
export interface Message<V> extends Delivery {
  readonly value: V;
}

export interface Subscription extends AsyncDisposable {
  /** How many messages the buffer had to drop so far. */
  readonly dropped: number;
  /** Ends when the subscription has ended; rejects if it ended by an error. */
  readonly closed: Promise<void>;
  unsubscribe(): Promise<void>;
}

/** Publish and subscribe: at most once, in order per publisher. `I` is what a publisher may give for a `V`. */
export interface Topic<V, I = V> {
  /** Resolves when the instance that it was handed to has taken it. */
  publish(value: I, options?: PublishOptions): Promise<void>;
  /** Resolves when every live instance has confirmed the subscription. */
  subscribe(handler: (value: V, delivery: Delivery) => unknown, options?: SubscribeOptions): Promise<Subscription>;
  /**
   * The values of the messages, for `for await`. Subscribes with the first `next()`, as the loop does when it begins; what is
   * published before every live instance has confirmed may be missed. `break` unsubscribes. Ends when the client or the server
   * closes; throws where `subscribe` would reject, by `signal`, and by the overflow `close`.
   */
  messages(options?: MessagesOptions): AsyncIterableIterator<V>;
  /** The same with key and headers. */
  deliveries(options?: MessagesOptions): AsyncIterableIterator<Message<V>>;
}
