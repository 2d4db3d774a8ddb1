import type { Caller } from "./caller.ts";
import type { TopicDescriptor } from "./contract.ts";
import type { Member } from "./member.ts";
import { emptyMetadata } from "./metadata.ts";
import { HandledSubscription } from "./subscription.ts";
import type { Delivery, PublishOptions, SubscribeOptions, Subscription, Topic } from "./topic.ts";
import type { TopicDelivery } from "./topic-hub.ts";

/** A topic at the client: a publish goes to one instance, a subscription to every live one, also to those that come. */
export class RemoteTopic implements Topic<unknown> {
  readonly #topic: TopicDescriptor;
  readonly #publish: Caller;
  readonly #subscriptions: Set<Subscription>;

  constructor(topic: TopicDescriptor, publish: Caller, subscriptions: Set<Subscription>) {
    this.#topic = topic;
    this.#publish = publish;
    this.#subscriptions = subscriptions;
  }

  async publish(value: unknown, options: PublishOptions = {}): Promise<void> {
    await this.#publish.unary([{ key: options.key ?? "", headers: options.headers ?? {}, value }], undefined);
  }

  async subscribe(
    handler: (value: unknown, delivery: Delivery) => unknown,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    const { channel } = this.#publish;
    const attached = new Set<Member>();
    let stop = (): void => {};
    const subscription: HandledSubscription = new HandledSubscription(handler, options.onError, () => {
      stop();
      this.#subscriptions.delete(subscription);
    });
    const attach = async (member: Member): Promise<void> => {
      if (attached.has(member) || subscription.ended || !member.ready || member.port === undefined) return;
      attached.add(member);
      const source = member.port
        .open({
          method: this.#topic.subscribe,
          args: [{ key: options.key, bufferSize: options.bufferSize, overflow: options.overflow }],
          metadata: emptyMetadata,
          deadline: undefined,
          signal: undefined,
          onReplyMetadata: undefined,
        })
        [Symbol.asyncIterator]() as AsyncIterator<TopicDelivery>;
      try {
        await subscription.attach(source, (error) => {
          attached.delete(member);
          if (error?.code === "RESOURCE_EXHAUSTED") return subscription.fail(error);
          if (error) options.onError?.(error);
          if (member.ready) void attach(member).catch((again: unknown) => options.onError?.(again));
        });
      } catch (error) {
        attached.delete(member);
        throw error;
      }
    };
    await channel.whenReady();
    await Promise.all(channel.ready.map(attach));
    stop = channel.onChange(() => {
      for (const member of channel.ready) void attach(member).catch((error: unknown) => options.onError?.(error));
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }
}
