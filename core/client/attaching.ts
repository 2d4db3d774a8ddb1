import type { SubscribeOptions } from "../contract/topic.ts";
import type { RpcError } from "../error.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import { emptyMetadata } from "../metadata.ts";
import type { RoutedCall } from "../router.ts";
import type { TopicDelivery } from "../topic/backend.ts";
import type { HandledSubscription } from "../topic/subscription.ts";
import { after } from "./pauses.ts";
import type { Provider } from "./provider.ts";
import type { StreamCaller } from "./stream-caller.ts";

/** How long a subscription waits for instances that are still connecting. */
const MAX_WAIT_MS = 5000;

interface Terms {
  readonly options: SubscribeOptions;
  /** Told of what the subscriber should know. */
  readonly report: ErrorListener;
}

/** Attaches a subscription to every live instance that the routers leave, once to each, and to those that come. */
export class Attaching {
  readonly #caller: StreamCaller;
  readonly #subscription: HandledSubscription;
  readonly #terms: Terms;
  readonly #call: RoutedCall;
  /** Instances, not endpoints. */
  readonly #attached = new Set<string>();
  readonly #stops: (() => void)[] = [];
  /** An interceptor's generator cannot be told to end while it waits for an item; a signal ends the item. */
  readonly #controller: AbortController | undefined;

  constructor(caller: StreamCaller, subscription: HandledSubscription, terms: Terms) {
    this.#caller = caller;
    this.#subscription = subscription;
    this.#terms = terms;
    this.#controller = caller.plain ? undefined : new AbortController();
    const { key, bufferSize, overflow } = terms.options;
    const { method, channel } = caller.caller;
    this.#call = channel.route.routed({ method, args: [{ key, bufferSize, overflow }], metadata: emptyMetadata, key });
  }

  /** Resolves when there is somebody to attach to. */
  async reach(): Promise<void> {
    const { caller } = this.#caller;
    await caller.reach(caller.terms(undefined), () => caller.channel.route.instances(this.#call)[0]).promise;
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#controller?.abort();
  }

  /** Resolves when every instance that is there or connecting has confirmed; rejects if one of them refuses. */
  start(): Promise<void> {
    const { channel, context } = this.#caller.caller;
    return new Promise<void>((resolve, reject) => {
      let unconfirmed = 0;
      let open = true;
      let done = resolve;
      const look = (): void => {
        for (const attaching of this.#attachReady()) {
          if (!open) {
            attaching.catch(this.#later);
            continue;
          }
          unconfirmed++;
          const decided = (): void => {
            unconfirmed--;
            look();
          };
          attaching.then(decided, (error: RpcError) => {
            // One that died meanwhile is no live instance; the others still are.
            if (error.code !== "UNAVAILABLE" || this.#attached.size === 0) return reject(error);
            this.#later(error);
            decided();
          });
        }
        if (!channel.providers.anyComing) open = open && unconfirmed > 0;
        if (unconfirmed === 0 && !open) done();
      };
      const stopTimer = context.platform.schedule(MAX_WAIT_MS, () => {
        open = false;
        look();
      });
      done = () => {
        stopTimer();
        resolve();
      };
      this.#stops.push(channel.providers.onChange(look), done);
      look();
    });
  }

  readonly #later = (error: unknown): void => {
    if (!this.#subscription.ended) this.#terms.report(error, {});
  };

  #attachReady(): Promise<void>[] {
    if (this.#subscription.ended) return [];
    return this.#caller.caller.channel.route
      .instances(this.#call)
      .filter((provider) => provider.ready && !this.#isAttached(provider))
      .map((provider) => this.#attach(provider));
  }

  /** Where nothing is agreed on beforehand, an instance was not known by more than its URL before it first answered. */
  #isAttached({ instance, url }: Provider): boolean {
    return this.#attached.has(instance) || this.#attached.has(url);
  }

  async #attach(provider: Provider): Promise<void> {
    const { instance, url: endpoint } = provider;
    this.#attached.add(instance);
    // Without a handshake it is the first message that says whose it is.
    let known = instance;
    const where = {
      endpoint,
      get instance(): string {
        if (known === endpoint) known = provider.instance;
        return known;
      },
    };
    try {
      const terms = { key: this.#call.key, signal: this.#controller?.signal };
      const source = this.#caller.streamAt(provider, this.#call.args, terms);
      const deliveries = source[Symbol.asyncIterator]() as AsyncIterator<TopicDelivery>;
      await this.#subscription.attach(deliveries, where, (error) =>
        this.#lost(error, provider, { ...where, as: instance }),
      );
    } catch (error) {
      this.#attached.delete(instance);
      throw error;
    }
  }

  /** What was attached has ended, by an error or because the server closes. */
  #lost(
    error: RpcError | undefined,
    candidate: Provider,
    { as, ...where }: Required<Pick<ErrorSource, "endpoint" | "instance">> & { readonly as: string },
  ): void {
    if (error === undefined) return this.#again(as);
    const { cluster, platform } = this.#caller.caller.channel;
    const failure = { call: this.#call, candidate, number: 1, error, sent: true, sentTimes: 1 };
    const decision = cluster.decide({ ...failure, timeLeftMs: Number.POSITIVE_INFINITY });
    if (decision.do === "fail") return this.#subscription.fail(decision.error ?? error, where);
    if (decision.do === "answer") return void this.#subscription.unsubscribe();
    this.#terms.report(error, where);
    const { afterMs = 0 } = decision;
    if (afterMs > 0) this.#stops.push(after(afterMs, () => this.#again(as), platform));
    else this.#again(as);
  }

  #again(attachedAs: string): void {
    this.#attached.delete(attachedAs);
    for (const again of this.#attachReady()) again.catch(this.#later);
  }
}
