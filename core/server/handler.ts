import type { Interceptor } from "../call/interceptor.ts";
import { TimerWheel } from "../call/timer-wheel.ts";
import type { Topics } from "../client/client-types.ts";
import type { Codec } from "../codec.ts";
import type { Peer } from "../context.ts";
import { type ContractLike, contractOf } from "../contract/service.ts";
import { RpcError } from "../error.ts";
import type { ErrorListener } from "../error-source.ts";
import { type Authenticate, admit } from "../link/admission.ts";
import { shutdown } from "../link/shutdown.ts";
import { checkOptions, kinds, type OptionTable } from "../options.ts";
import { type Platform, randomId } from "../platform.ts";
import type { Registry } from "../registry.ts";
import type { TopicBackend, TopicBackendFactory, TopicSite } from "../topic/backend.ts";
import { TopicHub } from "../topic/hub.ts";
import type { TopicLimits } from "../topic/limits.ts";
import { TopicBudget } from "../topic/post.ts";
import type { CallHandler, Door, ServerHost } from "../transport.ts";
import { tellContracts } from "./contracts.ts";
import { HealthBoard, type ServerHealth } from "./health.ts";
import type { Implementation } from "./implementation.ts";
import { Registrar } from "./registrar.ts";
import { ServiceTable } from "./service-table.ts";
import { type Served, serveService } from "./serving.ts";

export interface HandlerAdapters {
  readonly platform: Platform;
  readonly codecs: readonly Codec[];
  readonly registry: Registry | undefined;
  readonly ownsRegistry: boolean;
}

export interface HandlerSettings {
  readonly services: readonly object[];
  readonly interceptors: readonly Interceptor[];
  readonly authenticate: Authenticate | undefined;
  readonly inherit: boolean;
  readonly partial: boolean;
  readonly health: boolean;
  readonly reflection: boolean;
  readonly instance: string | undefined;
  readonly weight: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly topics: Required<TopicLimits>;
  /** `undefined` for this process itself. */
  readonly topicBackend: TopicBackendFactory | undefined;
  readonly drainMs: number;
  /** Must not throw. */
  readonly onError: ErrorListener;
}

/** What the registry tells of an instance and its server may change. */
export interface ServerUpdate {
  /** As `serve({ weight })`. */
  readonly weight?: number;
  /** As `serve({ tags })`; they replace those before. */
  readonly tags?: Readonly<Record<string, string>>;
}

const updateTable: OptionTable<ServerUpdate> = { weight: kinds.amount, tags: kinds.object };

/** Serves services to whoever brings calls: the listeners of a server, or sockets and requests that somebody else owns. */
export class RpcHandler implements CallHandler, AsyncDisposable {
  /** The identifier of this instance. */
  readonly instance: string;
  /** For adapters: what they need to serve calls. */
  readonly host: ServerHost;
  readonly #adapters: HandlerAdapters;
  readonly #settings: HandlerSettings;
  readonly #health: HealthBoard;
  /** Without those that are built in, which no registry knows. */
  readonly #services: readonly Served[];
  readonly #doors = new Set<Door>();
  #registrar: Registrar | undefined;
  #closing: Promise<void> | undefined;
  #destroyed: RpcError | undefined;

  constructor(adapters: HandlerAdapters, settings: HandlerSettings) {
    this.#adapters = adapters;
    this.#settings = settings;
    this.instance = settings.instance ?? randomId(adapters.platform);
    const { platform } = adapters;
    const { interceptors, inherit, partial, onError } = settings;
    const budget = new TopicBudget(settings.topics);
    const topicBackend = (site: Omit<TopicSite, "limits">): TopicBackend =>
      settings.topicBackend?.({ ...site, limits: budget.limits }) ?? new TopicHub({ ...site, budget });
    const serving = { platform, interceptors, inherit, partial, instance: this.instance, onError, topicBackend };
    const services: Served[] = [];
    try {
      for (const [i, service] of settings.services.entries()) {
        services.push(serveService(service, `services[${i}]`, serving));
      }
      const keys = services.map(({ contract }) => `${contract.name} ${contract.version} ${contract.group}`);
      const twice = keys.find((key, i) => keys.indexOf(key) !== i);
      if (twice) throw new TypeError(`services: ${twice} stands twice`);
    } catch (error) {
      for (const service of services) service.close();
      throw error;
    }
    this.#services = services;
    const names = services.map(({ contract }) => contract.name);
    this.#health = new HealthBoard(names);
    const builtIn: Implementation[] = [];
    if (settings.health) builtIn.push(this.#health.implementation());
    if (settings.reflection) builtIn.push(tellContracts(() => this.host.services.map(({ contract }) => contract)));
    const missing = builtIn.filter(({ contract }) => !names.includes(contract.name));
    const own = { ...serving, interceptors: [] };
    const served = missing.map((one) => serveService(one, one.contract.name, own));
    this.host = this.#host(new ServiceTable(services, served));
  }

  #host(table: ServiceTable<Served>): ServerHost {
    const { platform, codecs } = this.#adapters;
    const { authenticate, onError, inherit } = this.#settings;
    const tell = (peer: Peer) => (error: unknown) => onError(error, { peer: peer.address, instance: this.instance });
    return {
      platform,
      wheel: new TimerWheel(platform),
      instance: this.instance,
      inherit,
      codecs: new Map(codecs.map((codec) => [codec.name, codec])),
      services: table.services,
      find: (name, wanted) => table.find(name, wanted),
      authenticates: authenticate !== undefined,
      authenticate: async (credentials, peer) =>
        authenticate === undefined ? undefined : admit(credentials, peer, { authenticate, onError: tell(peer) }),
      onError,
    };
  }

  /** How it fares; clients ask by the contract `Health`. */
  get health(): ServerHealth {
    return this.#health;
  }

  /** The topics of a service as this instance's own code publishes to them and subscribes. */
  topics<C extends ContractLike>(contract: C): Topics<C> {
    const descriptor = contractOf(contract);
    const found = this.#services.find((served) => served.contract === descriptor);
    if (!found) throw new RpcError({ code: "NOT_FOUND", message: `${descriptor.name} is not served here` });
    return found.topics as Topics<C>;
  }

  attach(door: Door): () => void {
    if (this.#destroyed !== undefined) door.destroy(this.#destroyed);
    else if (this.#closing !== undefined) door.destroy(shutdown());
    else this.#doors.add(door);
    return () => this.#doors.delete(door);
  }

  /**
   * Makes the services known in the registry, under the URLs by which others reach them: once calls are taken there. Rejects
   * with what the registry says.
   */
  async register(endpoints: readonly string[]): Promise<void> {
    const { registry, platform } = this.#adapters;
    if (registry === undefined) throw new TypeError("register: there is no registry; give one to createHandler");
    if (this.#registrar !== undefined) throw new TypeError("register: the services are registered already");
    const { weight, tags } = this.#settings;
    const registrar = new Registrar({
      registry,
      instance: this.instance,
      contracts: this.#services.map(({ contract }) => contract),
      endpoints: [...endpoints],
      startedAt: platform.wallNow(),
      weight,
      tags,
      healthOf: ({ name }) => this.#health.effective(name),
      onError: (error) => this.#settings.onError(error, { instance: this.instance }),
    });
    this.#registrar = registrar;
    try {
      await registrar.register();
    } catch (error) {
      this.#registrar = undefined;
      await registrar.unregister();
      throw error;
    }
    if (this.#health.state !== "serving") return registrar.unregister();
    this.#health.onChange = registrar.tellHealth;
    // It may have changed while the registry was asked.
    registrar.tellHealth();
  }

  /**
   * Changes what the registry tells of this instance; resolves when clients can see it. Rejects with `UNAVAILABLE` where the
   * registry is away: then it is told when it is back.
   */
  async update(changes: ServerUpdate): Promise<void> {
    await this.#registrar?.update(checkOptions("update", changes, updateTable));
  }

  /** Drains: leaves the registry, takes no new calls, ends those in progress, at the latest after `drainMs`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#leave();
    this.#health.drain();
    await this.#registrar?.unregister();
    const closing = [...this.#doors].map((door) => door.close(this.#settings.drainMs));
    // After the goodbye, so that subscribers go to other instances; a subscription would else hold the drain up.
    for (const service of this.#services) service.close();
    await Promise.all(closing);
    await this.#idle();
    this.#health.close();
    if (this.#adapters.ownsRegistry) await this.#adapters.registry?.close();
  }

  /** Who leaves the registry needs to tell it nothing more. */
  #leave(): void {
    this.#health.onChange = () => {};
  }

  /** The oneway handlers at work have no caller whose connection would wait for them. */
  async #idle(): Promise<void> {
    let stop = (): void => {};
    const late = new Promise<void>((resolve) => {
      stop = this.#adapters.platform.schedule(this.#settings.drainMs, resolve);
    });
    await Promise.race([Promise.all(this.#services.map((service) => service.idle())), late]);
    stop();
  }

  /** Cuts every connection at once; the signals of handlers at work are aborted with `error`. */
  destroy(error = shutdown()): void {
    this.#destroyed ??= error;
    this.#leave();
    this.#health.close();
    void this.#registrar?.unregister();
    for (const door of this.#doors) door.destroy(error);
    for (const service of this.#services) service.close();
    if (this.#adapters.ownsRegistry) void this.#adapters.registry?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
