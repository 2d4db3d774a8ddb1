import type { BalancerFactory } from "../balancer.ts";
import type { AttemptInterceptor, Interceptor } from "../call/interceptor.ts";
import { TimerWheel } from "../call/timer-wheel.ts";
import type { ClusterFactory } from "../cluster.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor, MethodDescriptor } from "../contract/contract.ts";
import { type ContractLimits, contractLimits } from "../contract/limits.ts";
import { type ContractLike, contractOf } from "../contract/service.ts";
import { RpcError } from "../error.ts";
import { limited } from "../error-limit.ts";
import type { ErrorListener } from "../error-source.ts";
import { refusedRefer } from "../link/gone.ts";
import { checkOptions, kinds, type OptionTable } from "../options.ts";
import type { Platform } from "../platform.ts";
import type { Registry } from "../registry.ts";
import type { RouterFactory } from "../router.ts";
import type { Transport } from "../transport.ts";
import type { Client } from "./client-types.ts";
import { askCredentials } from "./credentials.ts";
import type { Generic } from "./generic.ts";
import { governanceOf } from "./governance.ts";
import { LinkPool } from "./link-pool.ts";
import type { Known } from "./live-contract.ts";
import type { Held, Opened, OpenOptions } from "./opened.ts";
import { createProxy } from "./proxy.ts";
import { Reference } from "./reference.ts";
import { toldCodec } from "./told-codec.ts";

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
  /** Default: none. */
  readonly attemptInterceptors?: readonly AttemptInterceptor[] | undefined;
  /** Default: none. */
  readonly routers?: readonly RouterFactory[] | undefined;
  readonly balancer: BalancerFactory;
  /** Default: `failover()`. */
  readonly cluster?: ClusterFactory | undefined;
  readonly failFast: boolean;
  readonly registryGraceMs: number;
  /** Per endpoint. */
  readonly connections: number;
  readonly drainMs: number;
  /** Must not throw. */
  readonly onError: ErrorListener;
}

export interface ReferOptions {
  /** Default: the client's, which is "msgpack". */
  readonly codec?: string | Codec;
  /**
   * Which endpoints: a scheme such as "tcp". Default: all that `connect` names, or the first of each instance in the
   * registry. Rejects with `INVALID_ARGUMENT` if none that `connect` names is of it.
   */
  readonly transport?: string;
  /** The deadline of each unary and oneway call, in milliseconds. Default: that of the contract, else the client's. */
  readonly timeoutMs?: number;
  /** Inside those of the client. */
  readonly interceptors?: readonly Interceptor[];
  /** Around each attempt at a call, and inside those of the client. */
  readonly attemptInterceptors?: readonly AttemptInterceptor[];
  /** After those of the client, which narrow the candidates first. */
  readonly routers?: readonly RouterFactory[];
  /** Default: the client's. */
  readonly balancer?: BalancerFactory;
  /** What becomes of a call after each attempt. Default: the client's. */
  readonly cluster?: ClusterFactory;
  /**
   * Whether to wait until an instance is connected and the contracts fit, and to reject if at first none can be, so that a
   * misspelt address is noticed. Without, it resolves at once, and calls wait. Default true.
   */
  readonly check?: boolean;
  /**
   * Whether to do without those methods that a transport cannot carry: they then fail with `FAILED_PRECONDITION`, by name. Without,
   * an endpoint that does not carry all of them is not used, and where there is no other `refer` rejects with it. Default false.
   */
  readonly partial?: boolean;
  /** As the option of `connect`. Default: the client's. */
  readonly failFast?: boolean;
  /**
   * Gives up looking for instances and connecting to them: `refer` rejects with `CANCELLED`, and leaves nothing behind. Once it
   * has resolved, the signal means nothing; `release` gives the reference up.
   */
  readonly signal?: AbortSignal;
}

const referTable: OptionTable<ReferOptions> = {
  codec: kinds.codec,
  transport: kinds.text,
  timeoutMs: kinds.milliseconds,
  interceptors: kinds.functions,
  attemptInterceptors: kinds.functions,
  routers: kinds.functions,
  balancer: kinds.function,
  cluster: kinds.function,
  check: kinds.flag,
  failFast: kinds.flag,
  partial: kinds.flag,
  signal: kinds.signal,
};

export interface GenericOptions extends Omit<ReferOptions, "check"> {
  /** One with the same major number is called. Default: the highest that the server has. */
  readonly version?: string;
  /** @default "" */
  readonly group?: string;
  /**
   * Whether values are given and come as JSON has them, by the rules of ProtoJSON: an int64 as digits, a timestamp by RFC 3339,
   * bytes as base64, a union as an object with one member. For consoles. @default false, as a typed client has them
   */
  readonly json?: boolean;
  /** Bounds on the contract that the server tells. Default: those of the wire. */
  readonly limits?: Partial<ContractLimits>;
}

const { check: _, ...referring } = referTable;
const genericTable: OptionTable<GenericOptions> = {
  ...referring,
  version: kinds.text,
  group: kinds.text,
  json: kinds.flag,
  limits: kinds.object,
};

/** Refers to services and holds the connections to their instances. */
export class RpcClient implements AsyncDisposable {
  readonly #adapters: ClientAdapters;
  readonly #settings: ClientSettings;
  readonly #onError: ErrorListener;
  readonly #wheel: TimerWheel;
  readonly #pool: LinkPool;
  /** By the proxy that `refer` gave out. */
  readonly #references = new Map<object, Held>();
  /** Those whose first channel is not ready yet. */
  readonly #opening = new Set<Held>();
  /** Contracts that servers have told. */
  readonly #told = new Map<string, Known>();
  #closed = false;

  constructor(adapters: ClientAdapters, settings: ClientSettings) {
    this.#adapters = adapters;
    this.#settings = settings;
    this.#onError = limited(settings.onError, adapters.platform);
    this.#wheel = new TimerWheel(adapters.platform);
    const environment = {
      platform: adapters.platform,
      wheel: this.#wheel,
      credentials: async (endpoint: string, timeoutMs: number) => {
        try {
          return await askCredentials(settings.credentials, { platform: adapters.platform, timeoutMs });
        } catch (error) {
          this.#onError(error, { endpoint });
          throw error;
        }
      },
      onError: this.#onError,
    };
    this.#pool = new LinkPool(environment, (url) => adapters.transportOf(url), settings.connections);
  }

  /**
   * A proxy for a service: finds and connects its providers, compares the contracts and prepares every method.
   * Rejects with `UNAVAILABLE` if no provider can be reached, `FAILED_PRECONDITION` if the contracts do not fit.
   */
  async refer<C extends ContractLike>(contract: C, given: ReferOptions = {}): Promise<Client<C>> {
    if (this.#closed) await this.#refuse();
    const options = checkOptions("refer", given, referTable);
    const { proxy, reference } = await this.#open(contractOf(contract), options, { told: false });
    this.#references.set(proxy, reference);
    return proxy as Client<C>;
  }

  /**
   * A service by its name alone: its contract is fetched from a server, and every call goes by it, typed and checked, in every
   * codec. Rejects with `NOT_FOUND` if the server has no such service, `UNIMPLEMENTED` if it tells no contracts, and as `refer`.
   */
  async generic(service: string, given: GenericOptions = {}): Promise<Generic> {
    if (this.#closed) await this.#refuse();
    const { version, group = "", json = false, limits = {}, ...refer } = checkOptions("generic", given, genericTable);
    checkOptions("generic: limits", limits, contractLimits);
    // Here and not above: who knows the contracts does without it.
    const { openGeneric } = await import("./generic.ts");
    const { generic, held } = await openGeneric(
      { service, version, group, json, limits, signal: refer.signal },
      {
        open: (contract, how) => this.#open(contract, { partial: true, ...refer }, how),
        platform: this.#adapters.platform,
        cache: this.#told,
        opening: this.#opening,
      },
    );
    this.#references.set(generic, held);
    return generic;
  }

  async #open(contract: ContractDescriptor, options: ReferOptions, how: OpenOptions): Promise<Opened> {
    const { endpoints, timeoutMs, interceptors, failFast, registryGraceMs } = this.#settings;
    const { platform, registry, codecOf } = this.#adapters;
    const coding = (codec: Codec): Codec => (how.told ? toldCodec(codec, contract) : codec);
    const reference = new Reference({
      contract,
      pool: this.#pool,
      governance: governanceOf(this.#settings, options, { platform, onError: this.#onError }),
      endpoints,
      registry,
      codecOf: async (name) => coding(await codecOf(name)),
      transport: options.transport,
      platform,
      failFast: options.failFast ?? failFast,
      partial: options.partial ?? false,
      registryGraceMs,
      onError: this.#onError,
      instancesOf: how.instancesOf,
    });
    this.#opening.add(reference);
    try {
      const { codec = this.#settings.codec, check = true, signal } = options;
      const opening = reference.channelOf(typeof codec === "string" ? codec : coding(codec), check);
      const channel = await (signal === undefined ? opening : this.#unlessAborted(signal, reference, opening));
      const context = {
        service: contract.name,
        onError: this.#onError,
        platform,
        wheel: this.#wheel,
        timeoutOf: (method: MethodDescriptor) => options.timeoutMs ?? method.timeoutMs ?? timeoutMs,
        interceptors: [...interceptors, ...(options.interceptors ?? [])],
      };
      const proxy = createProxy(channel, context, (codec) => reference.channelOf(codec), reference.subscriptions);
      return { proxy: proxy as Opened["proxy"], reference };
    } finally {
      this.#opening.delete(reference);
    }
  }

  #unlessAborted<T>(signal: AbortSignal, reference: Reference, opening: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        reference.close("reference");
        const error = new RpcError({
          code: "CANCELLED",
          message: "refer: cancelled by the caller",
          cause: signal.reason,
        });
        // In a turn of its own, for those who refer in a loop.
        this.#adapters.platform.nextTurn(() => reject(error));
      };
      const stop = (): void => signal.removeEventListener("abort", abort);
      // Whatever comes of it after an abort is nobody's.
      opening
        .then(
          (value) => signal.aborted || resolve(value),
          (error: unknown) => signal.aborted || reject(error),
        )
        .finally(stop);
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });
  }

  /**
   * Gives up what `refer` returned: its subscriptions end, its connections close when their last calls have ended and
   * no other reference uses them. Later calls through it are refused.
   */
  async release(proxy: object): Promise<void> {
    const reference = this.#references.get(proxy);
    this.#references.delete(proxy);
    const unsubscribed = reference?.unsubscribe();
    reference?.close("reference");
    await unsubscribed;
  }

  async #refuse(): Promise<void> {
    // In a turn of its own, for those who refer in a loop.
    await new Promise<void>((resolve) => this.#adapters.platform.nextTurn(resolve));
    throw refusedRefer("client");
  }

  #every(): readonly Held[] {
    return [...this.#references.values(), ...this.#opening];
  }

  /** Drains: calls and streams in progress end, at the latest after `drainMs`; new ones are refused. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // All in this turn: a call that comes after `close()` is refused.
    const unsubscribed = this.#every().map((reference) => reference.unsubscribe());
    const closing = this.#pool.close();
    for (const reference of this.#every()) reference.close("client");
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
    this.#pool.destroy(error);
    for (const reference of this.#every()) reference.close("client");
    if (this.#adapters.ownsRegistry) void this.#adapters.registry?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
