import type { BalancerFactory } from "./balancer.ts";
import { Channel } from "./channel.ts";
import type { Client } from "./client-types.ts";
import type { Codec } from "./codec.ts";
import type { ContractDescriptor } from "./contract.ts";
import { RpcError } from "./error.ts";
import type { Interceptor } from "./interceptor.ts";
import { LinkPool } from "./link-pool.ts";
import type { Platform } from "./platform.ts";
import { createProxy } from "./proxy.ts";
import type { Registry } from "./registry.ts";
import { type ContractLike, contractOf } from "./service.ts";
import { TimerWheel } from "./timer-wheel.ts";
import type { Subscription } from "./topic.ts";
import type { Transport } from "./transport.ts";

/** What the entry file knows and hands in. */
export interface ClientAdapters {
  readonly platform: Platform;
  /** The adapter of a URL, by its scheme. */
  transportOf(url: string): Promise<Transport>;
  codecOf(name: string): Promise<Codec>;
  /** Undefined if the client was given endpoints. */
  readonly registry: Registry | undefined;
  /** Whether `close` also closes the registry. */
  readonly ownsRegistry: boolean;
}

export interface ClientSettings {
  readonly endpoints: readonly string[] | undefined;
  readonly credentials: unknown;
  readonly codec: string | Codec;
  readonly timeoutMs: number;
  readonly interceptors: readonly Interceptor[];
  readonly balancer: BalancerFactory;
  readonly drainMs: number;
  readonly onError: (error: RpcError) => void;
}

export interface ReferOptions {
  /** Default: the client's, which is "msgpack". */
  readonly codec?: string | Codec;
  /** Which of an instance's endpoints: a scheme such as "tcp". Default: the first that an instance names. */
  readonly transport?: string;
  /** The deadline of each unary call. Default: the client's. */
  readonly timeoutMs?: number;
  /** Inside those of the client. */
  readonly interceptors?: readonly Interceptor[];
  /** Default: the client's. */
  readonly balancer?: BalancerFactory;
  /** Whether to wait until an instance is connected and the contracts fit. Default true. */
  readonly check?: boolean;
}

/** Refers to services and holds the connections to their instances. */
export class RpcClient implements AsyncDisposable {
  readonly #adapters: ClientAdapters;
  readonly #settings: ClientSettings;
  readonly #wheel: TimerWheel;
  readonly #pool: LinkPool;
  readonly #channels = new Set<Channel>();
  readonly #stops: (() => void)[] = [];
  readonly #subscriptions = new Set<Subscription>();
  #closed = false;

  constructor(adapters: ClientAdapters, settings: ClientSettings) {
    this.#adapters = adapters;
    this.#settings = settings;
    this.#wheel = new TimerWheel(adapters.platform);
    const environment = {
      platform: adapters.platform,
      wheel: this.#wheel,
      credentials: () => settings.credentials,
      onError: settings.onError,
    };
    this.#pool = new LinkPool(environment, (url) => adapters.transportOf(url));
  }

  /**
   * A proxy for a service: finds and connects its providers, compares the contracts and prepares every method.
   * Rejects with `UNAVAILABLE` if no provider can be reached, `FAILED_PRECONDITION` if the contracts do not fit.
   */
  async refer<C extends ContractLike>(contract: C, options: ReferOptions = {}): Promise<Client<C>> {
    this.#assertOpen();
    if (options.timeoutMs !== undefined && !(options.timeoutMs > 0)) {
      throw new TypeError(`refer: timeoutMs: expected a number above 0, got ${options.timeoutMs}`);
    }
    const descriptor = contractOf(contract);
    const chosen = options.codec ?? this.#settings.codec;
    const balance = (options.balancer ?? this.#settings.balancer)(this.#adapters.platform);
    const byCodec = new Map<string, Promise<Channel>>();
    const channelOf = (codec: string | Codec): Promise<Channel> => {
      const name = typeof codec === "string" ? codec : codec.name;
      let channel = byCodec.get(name);
      if (channel === undefined) {
        channel = this.#open(descriptor, codec, balance, options);
        byCodec.set(name, channel);
        channel.catch(() => byCodec.delete(name));
      }
      return channel;
    };
    const channel = await channelOf(chosen);
    const context = {
      onError: this.#settings.onError,
      platform: this.#adapters.platform,
      wheel: this.#wheel,
      timeoutMs: options.timeoutMs ?? this.#settings.timeoutMs,
      interceptors: [...this.#settings.interceptors, ...(options.interceptors ?? [])],
    };
    return createProxy(channel, context, channelOf, this.#subscriptions) as Client<C>;
  }

  async #open(
    contract: ContractDescriptor,
    chosen: string | Codec,
    balance: ReturnType<BalancerFactory>,
    options: ReferOptions,
  ): Promise<Channel> {
    const codec = typeof chosen === "string" ? await this.#adapters.codecOf(chosen) : chosen;
    checkCodec(contract, codec);
    const channel = new Channel(contract, codec, this.#pool, balance);
    this.#channels.add(channel);
    const { endpoints } = this.#settings;
    const { registry } = this.#adapters;
    try {
      if (endpoints) channel.setEndpoints(endpoints);
      else if (registry) {
        const { name: service, version, group } = contract;
        this.#stops.push(
          await registry.watch({ service, version, group }, (instances) => {
            const urls = instances.map((instance) => chooseEndpoint(instance.endpoints, options.transport));
            channel.setEndpoints([...new Set(urls.filter((url) => url !== undefined))]);
          }),
        );
      }
      if (options.check !== false) await channel.whenReady();
    } catch (error) {
      this.#channels.delete(channel);
      channel.close();
      throw error;
    }
    this.#assertOpen();
    return channel;
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new RpcError({ code: "FAILED_PRECONDITION", message: "the client is closed; connect again" });
  }

  /** Drains: calls and streams in progress end, at the latest after `drainMs`; new ones are refused. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // All in this turn: a call that comes after `close()` is refused.
    const unsubscribed = [...this.#subscriptions].map((subscription) => subscription.unsubscribe());
    for (const stop of this.#stops) stop();
    const closing = this.#pool.close();
    for (const channel of this.#channels) channel.close();
    const { platform } = this.#adapters;
    const stop = platform.schedule(this.#settings.drainMs, () =>
      this.#pool.destroy(new RpcError({ code: "CANCELLED", message: "the client was closed, and drainMs is over" })),
    );
    await Promise.all([...unsubscribed, closing]);
    stop();
    if (this.#adapters.ownsRegistry) await this.#adapters.registry?.close();
  }

  /** Cuts: calls in progress fail with `error`. */
  destroy(error = new RpcError({ code: "CANCELLED", message: "the client was destroyed" })): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#pool.destroy(error);
    for (const channel of this.#channels) channel.close();
    if (this.#adapters.ownsRegistry) void this.#adapters.registry?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function chooseEndpoint(endpoints: readonly string[], transport: string | undefined): string | undefined {
  return transport === undefined ? endpoints[0] : endpoints.find((url) => url.startsWith(`${transport}:`));
}

/** Values without a type need a codec that describes them. */
export function checkCodec(contract: ContractDescriptor, codec: Codec): void {
  const untyped = contract.methods.find((method) => method.untyped);
  if (untyped && !codec.selfDescribing) {
    throw new RpcError({
      code: "FAILED_PRECONDITION",
      message: `${contract.name}.${untyped.name} has no types, and codec ${codec.name} needs them; give it params and returns, or use json, msgpack or hessian2`,
    });
  }
}
