import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import type { Subscription } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import type { ErrorListener } from "../error-source.ts";
import { type Gone, refusedRefer } from "../link/gone.ts";
import type { Platform } from "../platform.ts";
import type { Instance, InstanceQuery, Registry } from "../registry.ts";
import { Channel } from "./channel.ts";
import type { Governance } from "./governance.ts";
import { KnownInstances } from "./known-instances.ts";
import type { LinkPool } from "./link-pool.ts";
import type { Endpoint } from "./provider.ts";

export interface ReferenceOptions {
  readonly contract: ContractDescriptor;
  readonly pool: LinkPool;
  readonly governance: Governance;
  readonly platform: Platform;
  /** Either these or the registry. */
  readonly endpoints: readonly string[] | undefined;
  readonly registry: Registry | undefined;
  codecOf(name: string): Promise<Codec>;
  /** Which of an instance's endpoints; `undefined` for the first. */
  readonly transport: string | undefined;
  readonly failFast: boolean;
  /** Whether operations that a transport cannot carry are left out. */
  readonly partial: boolean;
  /** For how long after an outage of the registry nobody is believed to be gone. */
  readonly registryGraceMs: number;
  /** Told of outages of the registry. Never throws. */
  readonly onError: ErrorListener;
  /** Whose instances the registry is asked for. Default: those of the contract. */
  readonly instancesOf?: InstanceQuery | undefined;
}

/** What one `refer` holds: a channel for each codec that was asked for, what feeds them with endpoints, its subscriptions. */
export class Reference {
  readonly subscriptions = new Set<Subscription>();
  readonly #options: ReferenceOptions;
  readonly #byCodec = new Map<string, Promise<Channel>>();
  /** Each with what ends its watch of the registry. */
  readonly #channels = new Map<Channel, () => void>();
  #closed: Gone | undefined;

  constructor(options: ReferenceOptions) {
    this.#options = options;
  }

  /** The channel of a codec; opened on first use, and again after a failure. With `check` an instance is ready then. */
  readonly channelOf = (codec: string | Codec, check = false): Promise<Channel> => {
    const name = typeof codec === "string" ? codec : codec.name;
    let channel = this.#byCodec.get(name);
    if (channel === undefined) {
      channel = this.#open(codec, check);
      this.#byCodec.set(name, channel);
      channel.catch(() => this.#byCodec.delete(name));
    }
    return channel;
  };

  async #open(chosen: string | Codec, check: boolean): Promise<Channel> {
    const { contract, codecOf, pool, governance, platform, failFast, partial } = this.#options;
    const codec = typeof chosen === "string" ? await codecOf(chosen) : chosen;
    checkCodec(contract, codec);
    const channel = new Channel({ contract, codec, pool, governance, platform, failFast, partial });
    this.#channels.set(channel, () => {});
    try {
      await this.#feed(channel, check);
      if (check) await channel.providers.whenReady();
      this.#assertOpen();
    } catch (error) {
      this.#drop(channel, this.#closed);
      throw error;
    }
    return channel;
  }

  async #feed(channel: Channel, check: boolean): Promise<void> {
    const { contract, endpoints, registry, transport, platform, registryGraceMs: graceMs, onError } = this.#options;
    if (endpoints) channel.providers.set(fixedEndpoints(endpoints, transport, contract));
    else if (registry) {
      const { name: service, version, group } = contract;
      const { instancesOf = { service, version, group, versions: "compatible" } } = this.#options;
      const known = new KnownInstances({
        platform,
        graceMs,
        tell(instances, none) {
          const fitting = instances.map((one) => endpointOf(one, transport)).filter((one) => one !== undefined);
          channel.providers.set(
            fitting,
            instances.length === 0 ? none : `no provider listens by transport ${transport}`,
          );
        },
      });
      // Of an outage at the start, who checks hears by the rejection.
      let quiet = check;
      const unwatch = await registry.watch(instancesOf, {
        onInstances: (set) => known.onInstances(set),
        onError(error) {
          if (!quiet) onError(error, { service });
          known.onError(error);
        },
      });
      quiet = false;
      const stop = (): void => {
        unwatch();
        known.close();
      };
      if (this.#closed === undefined) this.#channels.set(channel, stop);
      else stop();
    }
    this.#assertOpen();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw refusedRefer(this.#closed);
  }

  #drop(channel: Channel, why: Gone | undefined): void {
    this.#channels.get(channel)?.();
    this.#channels.delete(channel);
    channel.close(why);
  }

  /** The instances that are connected. */
  get instances(): readonly string[] {
    return [...this.#channels.keys()].flatMap(({ providers }) => providers.ready.map(({ instance }) => instance));
  }

  /** Tells whenever instances may have come or gone, as long as its channels live. */
  onChange(listener: () => void): void {
    for (const channel of this.#channels.keys()) channel.providers.onChange(listener);
  }

  async unsubscribe(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.unsubscribe()));
  }

  /** Calls that wait for a connection fail, and later ones; those under way end by themselves. */
  close(why: Gone): void {
    this.#closed ??= why;
    for (const channel of [...this.#channels.keys()]) this.#drop(channel, why);
  }
}

/** What an instance weighs where nobody says otherwise. */
const WEIGHT = 100;

function fixedEndpoints(
  urls: readonly string[],
  transport: string | undefined,
  { version, group }: ContractDescriptor,
): Endpoint[] {
  const fitting = transport === undefined ? urls : urls.filter((url) => isOf(transport, url));
  if (fitting.length === 0) {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `refer: transport ${JSON.stringify(transport)}: none of the endpoints is of it (${urls.join(", ")}); name one of their transports, or leave the option out`,
    });
  }
  const known = { weight: WEIGHT, tags: {}, version, group, startedAt: undefined, serving: true };
  return fitting.map((url) => ({ url, ...known }));
}

function endpointOf(instance: Instance, transport: string | undefined): Endpoint | undefined {
  const { endpoints, weight = WEIGHT, tags = {}, version, group, startedAt, health } = instance;
  const url = transport === undefined ? endpoints[0] : endpoints.find((one) => isOf(transport, one));
  if (url === undefined) return undefined;
  // It comes from elsewhere: what is no share counts as none.
  const share = weight > 0 && weight < Number.POSITIVE_INFINITY ? weight : 0;
  return { url, weight: share, tags, version, group, startedAt, serving: health !== "NOT_SERVING" };
}

function isOf(transport: string, url: string): boolean {
  return url.startsWith(`${transport}:`);
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
