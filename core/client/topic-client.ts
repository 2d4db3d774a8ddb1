import { callMetadata } from "../call/call-metadata.ts";
import type { OutgoingCall, Sender } from "../call/outgoing.ts";
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
import { RpcError } from "../error.ts";
import { guarded } from "../error-listener.ts";
import type { ErrorSource } from "../error-source.ts";
import { checkOptions } from "../options.ts";
import type { TopicDelivery } from "../topic/backend.ts";
import { TopicMessages } from "../topic/messages.ts";
import { HandledSubscription } from "../topic/subscription.ts";
import type { ServicePort } from "../transport.ts";
import type { Caller } from "./caller.ts";
import type { Member } from "./member.ts";

/** How long a subscription waits for instances that are still connecting. */
const MAX_WAIT_MS = 5000;

/** A topic at the client: a publish goes to one instance, a subscription to every live one, also to those that come. */
export class RemoteTopic implements Topic<unknown> {
  readonly #publish: Caller;
  readonly #subscribe: Caller;
  readonly #subscriptions: Set<Subscription>;
  /** Never sends again: that could overtake, or deliver twice. */
  readonly #sender: Sender;
  #member: Member | undefined;
  #stopWaiting: (() => void) | undefined;

  constructor(publish: Caller, subscribe: Caller, subscriptions: Set<Subscription>) {
    this.#publish = publish;
    this.#subscribe = subscribe;
    this.#subscriptions = subscriptions;
    const { channel } = publish;
    this.#sender = {
      retry: () => false,
      settled: (call) => channel.settled(call),
      whyWaiting: (call) => channel.whyWaiting(call),
    };
  }

  async publish(value: unknown, given: PublishOptions = {}): Promise<void> {
    const options = checkOptions(`${this.#publish.method.topic}.publish`, given, publishOptions);
    const args = [{ key: options.key ?? "", headers: callMetadata(options.headers), value }];
    const terms = options.key === undefined ? undefined : { key: options.key };
    await this.#publish.through(args, terms, (args, terms) =>
      this.#send(this.#publish.create(args, terms, this.#sender)),
    );
  }

  /** All through one instance while it is ready: by way of two, one message could overtake another. */
  #send(call: OutgoingCall): OutgoingCall {
    const { channel } = this.#publish;
    if (call.settled) return call;
    try {
      if (this.#member?.ready !== true || !channel.ready.includes(this.#member)) this.#member = channel.pick(call.key);
      if (this.#member?.port) this.#member.port.send(call);
      else {
        channel.dispatch(call);
        this.#stickToFirst();
      }
    } catch (error) {
      call.fail(RpcError.from(error, String(error)));
    }
    return call;
  }

  /** Those that waited for a connection went to the first that came. */
  #stickToFirst(): void {
    const { channel } = this.#publish;
    this.#stopWaiting ??= channel.onChange(() => {
      this.#member = channel.ready[0];
      if (this.#member === undefined) return;
      this.#stopWaiting?.();
      this.#stopWaiting = undefined;
    });
  }

  async subscribe(
    handler: (value: unknown, delivery: Delivery) => unknown,
    given: SubscribeOptions = {},
  ): Promise<Subscription> {
    const options = checkOptions(`${this.#subscribe.method.topic}.subscribe`, given, subscribeOptions);
    const caller = this.#subscribe;
    const { channel, platform } = caller;
    // An interceptor's generator cannot be told to end while it waits for an item; a signal ends the item.
    const controller = caller.plain ? undefined : new AbortController();
    const attached = new Set<string>();
    const stops: (() => void)[] = [];
    const listener = options.onError && guarded(options.onError, (thrown, _, where) => caller.report(thrown, where));
    const report = (error: unknown, where: ErrorSource): void => caller.report(error, where, listener);
    const subscription: HandledSubscription = new HandledSubscription(handler, report, () => {
      for (const stop of stops.splice(0)) stop();
      controller?.abort();
      this.#subscriptions.delete(subscription);
    });
    const later = (error: unknown): void => {
      if (!subscription.ended) report(error, {});
    };
    const attach = async (member: Member): Promise<void> => {
      const { instance, port } = member;
      const where = { endpoint: member.url, instance };
      attached.add(instance);
      try {
        const args = [{ key: options.key, bufferSize: options.bufferSize, overflow: options.overflow }];
        const source = caller.streamAt(port as ServicePort, args, controller?.signal);
        await subscription.attach(source[Symbol.asyncIterator]() as AsyncIterator<TopicDelivery>, where, (error) => {
          attached.delete(instance);
          if (error?.code === "RESOURCE_EXHAUSTED") return subscription.fail(error, where);
          if (error) report(error, where);
          for (const again of attachReady()) again.catch(later);
        });
      } catch (error) {
        attached.delete(instance);
        throw error;
      }
    };
    /** Once per instance, whichever of its endpoints is ready. */
    const attachReady = (): Promise<void>[] => {
      const attaching: Promise<void>[] = [];
      for (const member of channel.ready) {
        if (subscription.ended || !member.ready || attached.has(member.instance)) continue;
        attaching.push(attach(member));
      }
      return attaching;
    };
    await caller.reach(undefined).promise;
    this.#subscriptions.add(subscription);
    try {
      await new Promise<void>((resolve, reject) => {
        let unconfirmed = 0;
        let open = true;
        let done = resolve;
        const look = (): void => {
          for (const attaching of attachReady()) {
            if (!open) {
              attaching.catch(later);
              continue;
            }
            unconfirmed++;
            const decided = (): void => {
              unconfirmed--;
              look();
            };
            attaching.then(decided, (error: RpcError) => {
              // One that died meanwhile is no live instance; the others still are.
              if (error.code !== "UNAVAILABLE" || attached.size === 0) return reject(error);
              later(error);
              decided();
            });
          }
          if (!channel.members.some((member) => member.coming)) open = open && unconfirmed > 0;
          if (unconfirmed === 0 && !open) done();
        };
        const stopTimer = platform.schedule(MAX_WAIT_MS, () => {
          open = false;
          look();
        });
        done = () => {
          stopTimer();
          resolve();
        };
        stops.push(channel.onChange(look), done);
        look();
      });
    } catch (error) {
      await subscription.unsubscribe().catch(() => {});
      throw error;
    }
    return subscription;
  }

  messages(options: MessagesOptions = {}): AsyncIterableIterator<unknown> {
    return new TopicMessages(this, String(this.#subscribe.method.topic), options, ({ value }) => value);
  }

  deliveries(options: MessagesOptions = {}): AsyncIterableIterator<Message<unknown>> {
    return new TopicMessages(this, String(this.#subscribe.method.topic), options, (message) => message);
  }
}
