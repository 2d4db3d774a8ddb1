import type { Topics } from "../client/client-types.ts";
import type { ContractLike } from "../contract/service.ts";
import type { RpcError } from "../error.ts";
import { lackedByAll, lacksFor, wordsOf } from "../link/lack.ts";
import type { Listener, ServedService, Transport } from "../transport.ts";
import { type HandlerAdapters, type HandlerSettings, RpcHandler, type ServerUpdate } from "./handler.ts";
import { Health, type ServerHealth } from "./health.ts";

export interface ServerAdapters extends HandlerAdapters {
  transportOf(url: string): Promise<Transport>;
  /** For the registry: the URL by which others reach what listens at `url`, where that names every address. */
  reachable(url: string): string;
}

export interface ServerSettings extends HandlerSettings {
  readonly listen: readonly string[];
  readonly advertise: readonly string[] | undefined;
}

/** Serves services on any number of endpoints: a handler, and what listens for it. */
export class RpcServer implements AsyncDisposable {
  readonly #handler: RpcHandler;
  readonly #listeners: Listener[] = [];

  /** Use `start`: a server that does not listen yet serves nobody. */
  private constructor(handler: RpcHandler) {
    this.#handler = handler;
  }

  /** Listens, then registers; undoes what it did if one of them fails. */
  static async start(adapters: ServerAdapters, settings: ServerSettings): Promise<RpcServer> {
    const handler = new RpcHandler(adapters, settings);
    const server = new RpcServer(handler);
    try {
      const entrances: Entrance[] = [];
      for (const url of settings.listen) entrances.push({ url, transport: await adapters.transportOf(url) });
      if (!settings.partial) checkReach(handler.host.services, entrances);
      for (const { url, transport } of entrances) {
        const listener = await transport.listen(url, handler.host);
        server.#listeners.push(listener);
        handler.attach(listener);
      }
      if (adapters.registry !== undefined) {
        await handler.register(settings.advertise ?? server.endpoints.map(adapters.reachable));
      }
    } catch (error) {
      server.destroy();
      throw error;
    }
    return server;
  }

  /** The identifier of this instance. */
  get instance(): string {
    return this.#handler.instance;
  }

  /** The URLs that it listens on, ports filled in. */
  get endpoints(): readonly string[] {
    return this.#listeners.map((listener) => listener.url);
  }

  /** How it fares; clients ask by the contract `Health`. */
  get health(): ServerHealth {
    return this.#handler.health;
  }

  /** The topics of a service as this instance's own code publishes to them and subscribes. */
  topics<C extends ContractLike>(contract: C): Topics<C> {
    return this.#handler.topics(contract);
  }

  /**
   * Changes what the registry tells of this instance; resolves when clients can see it. Rejects with `UNAVAILABLE` where the
   * registry is away: then it is told when it is back.
   */
  update(changes: ServerUpdate): Promise<void> {
    return this.#handler.update(changes);
  }

  /** Drains: leaves the registry, takes no new calls, ends those in progress, at the latest after `drainMs`. */
  close(): Promise<void> {
    return this.#handler.close();
  }

  /** Cuts every connection at once; the signals of handlers at work are aborted with `error`. */
  destroy(error?: RpcError): void {
    this.#handler.destroy(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface Entrance {
  readonly url: string;
  readonly transport: Transport;
}

/** What nobody can call is a mistake; what some listeners do not carry, others may. */
function checkReach(services: readonly ServedService[], entrances: readonly Entrance[]): void {
  for (const { contract } of services) {
    // Nobody asked for what is built in.
    if (contract.name === Health.name) continue;
    const lacks = lackedByAll(entrances.map(({ transport, url }) => lacksFor(contract, transport, url)));
    if (lacks.size === 0) continue;
    const urls = entrances.map(({ url }) => url).join(", ");
    throw new TypeError(
      `${contract.name}: nothing listened on carries ${wordsOf(lacks)}: ${urls}; listen on a transport that does as well, such as tcp, or serve with partial: true`,
    );
  }
}
