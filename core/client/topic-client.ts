import { callMetadata } from "../call/call-metadata.ts";
import { valueSharing } from "../call/sharing.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
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
import type { ErrorSource } from "../error-source.ts";
import { checkOptions } from "../options.ts";
import { TopicMessages } from "../topic/messages.ts";
import { HandledSubscription } from "../topic/subscription.ts";
import type { Field } from "../type/type.ts";
import { Attaching } from "./attaching.ts";
import type { Caller } from "./caller.ts";
import type { StreamCaller } from "./stream-caller.ts";

/** A topic at the client: a publish goes to one instance, a subscription to every live one, also to those that come. */
export class RemoteTopic implements Topic<unknown> {
  readonly #publish: Caller;
  readonly #subscribe: StreamCaller;
  readonly #subscriptions: Set<Subscription>;

  constructor(publish: Caller, subscribe: StreamCaller, subscriptions: Set<Subscription>) {
    this.#publish = publish;
    this.#subscribe = subscribe;
    this.#subscriptions = subscriptions;
  }

  async publish(value: unknown, given: PublishOptions = {}): Promise<void> {
    const options = checkOptions(`${this.#publish.method.topic}.publish`, given, publishOptions);
    const args = [{ key: options.key ?? "", headers: callMetadata(options.headers), value }];
    await this.#publish.unary(args, options.key === undefined ? undefined : { key: options.key });
  }

  async subscribe(
    handler: (value: unknown, delivery: Delivery) => unknown,
    given: SubscribeOptions = {},
  ): Promise<Subscription> {
    const { caller } = this.#subscribe;
    const options = checkOptions(`${caller.method.topic}.subscribe`, given, subscribeOptions);
    const listener = options.onError && guarded(options.onError, (thrown, _, where) => caller.report(thrown, where));
    const report = (error: unknown, where: ErrorSource): void => caller.report(error, where, listener);
    const end = (): void => {
      attaching.stop();
      this.#subscriptions.delete(subscription);
    };
    const own = options.own === true ? ownValue(caller.method) : undefined;
    const subscription: HandledSubscription = new HandledSubscription(handler, report, end, own);
    const attaching = new Attaching(this.#subscribe, subscription, { options, report });
    await attaching.reach();
    this.#subscriptions.add(subscription);
    try {
      await attaching.start();
    } catch (error) {
      await subscription.unsubscribe().catch(() => {});
      throw error;
    }
    return subscription;
  }

  messages(options: MessagesOptions = {}): AsyncIterableIterator<unknown> {
    return new TopicMessages(this, this.#name, options, ({ value }) => value);
  }

  deliveries(options: MessagesOptions = {}): AsyncIterableIterator<Message<unknown>> {
    return new TopicMessages(this, this.#name, options, (message) => message);
  }

  get #name(): string {
    return String(this.#subscribe.caller.method.topic);
  }
}

/** What makes a handler's own of values that are frozen; those that cannot be are its own. */
function ownValue({ response }: MethodDescriptor): ((value: unknown) => unknown) | undefined {
  const value = response.fields.find(({ name }) => name === "value") as Field;
  const { freeze, own } = valueSharing(value.type);
  return freeze && own;
}
