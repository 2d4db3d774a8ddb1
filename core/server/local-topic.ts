import { callMetadata } from "../call/call-metadata.ts";
import { inTopic } from "../call/place.ts";
import { type Sharing, valueSharing } from "../call/sharing.ts";
import { compileCopy } from "../compile/copy.ts";
import type { TopicDescriptor } from "../contract/contract.ts";
import {
  type Delivery,
  type Message,
  type MessagesOptions,
  type PublishOptions,
  publishOptions,
  type SubscribeOptions,
  type Subscription,
  subscribeOptions,
  type Topic,
} from "../contract/topic.ts";
import { guarded } from "../error-listener.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import { checkOptions } from "../options.ts";
import type { TopicBackend } from "../topic/backend.ts";
import { TopicMessages } from "../topic/messages.ts";
import { HandledSubscription } from "../topic/subscription.ts";
import { valueValidation } from "./validation.ts";

/** A topic as the serving process uses it: its publishes reach the subscribers of this instance. */
export class LocalTopic implements Topic<unknown> {
  closed = false;
  readonly #name: string;
  readonly #backend: TopicBackend;
  readonly #where: ErrorSource;
  readonly #onError: ErrorListener;
  readonly #sharing: Sharing;
  readonly #copy: (value: unknown) => unknown;
  readonly #validate: ReturnType<typeof valueValidation>;

  /** `where` the topic is, and who is told of what its subscribers throw if they do not listen themselves. */
  constructor({ name, value }: TopicDescriptor, backend: TopicBackend, where: ErrorSource, onError: ErrorListener) {
    this.#name = name;
    this.#where = where;
    this.#onError = onError;
    this.#backend = backend;
    this.#copy = compileCopy(value);
    this.#validate = valueValidation(value, "value");
    this.#sharing = valueSharing(value);
  }

  /** Its server ends. */
  close(): void {
    this.closed = true;
    this.#backend.close();
  }

  publish(value: unknown, given: PublishOptions = {}): Promise<void> {
    try {
      const { key = "", headers } = isKeyAlone(given)
        ? given
        : checkOptions(`${this.#name}.publish`, given, publishOptions);
      // A copy: subscribers read it later. A value that does not fit fails here, not at each of their connections.
      const copied = this.#copied(value);
      const valid = this.#validate ? this.#validate(copied) : copied;
      const checked = callMetadata(headers);
      if (valid instanceof Promise)
        return valid.then((value) => this.#backend.publish({ key, headers: checked, value }));
      return this.#backend.publish({ key, headers: checked, value: valid }) ?? done;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #copied(value: unknown): unknown {
    try {
      return this.#copy(value);
    } catch (error) {
      throw inTopic(error, this.#where.service ?? "", this.#name);
    }
  }

  async subscribe(
    handler: (value: unknown, delivery: Delivery) => unknown,
    given: SubscribeOptions = {},
  ): Promise<Subscription> {
    const options = checkOptions(`${this.#name}.subscribe`, given, subscribeOptions);
    const { key, bufferSize, overflow, onError } = options;
    const where = this.#where;
    const subscription = new HandledSubscription(
      handler,
      onError ? guarded(onError, (thrown) => this.#onError(thrown, where)) : this.#onError,
      () => {},
      options.own === true ? this.#sharing.own : this.#shared,
    );
    const request = {
      ...(key === undefined ? {} : { key }),
      ...(bufferSize === undefined ? {} : { bufferSize }),
      ...(overflow === undefined ? {} : { overflow }),
    };
    await subscription.attach(this.#backend.subscribe(request), where, (error) => {
      if (error) subscription.fail(error, where);
      // The server has closed.
      else void subscription.unsubscribe();
    });
    return subscription;
  }

  /** What is published once is what all handlers of the process get. */
  readonly #shared = (value: unknown): unknown => {
    const { freeze, own } = this.#sharing;
    if (freeze === undefined) return own(value);
    freeze(value);
    return value;
  };

  messages(options: MessagesOptions = {}): AsyncIterableIterator<unknown> {
    return new TopicMessages(this, this.#name, options, ({ value }) => value);
  }

  deliveries(options: MessagesOptions = {}): AsyncIterableIterator<Message<unknown>> {
    return new TopicMessages(this, this.#name, options, (message) => message);
  }
}

const done = Promise.resolve();

/** Most give a key and nothing else: what needs no look is not looked at. */
function isKeyAlone(given: PublishOptions): boolean {
  if (typeof given !== "object" || given === null) return false;
  for (const option in given) if (option !== "key" || typeof given.key !== "string") return false;
  return true;
}
