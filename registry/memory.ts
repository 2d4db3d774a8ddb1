import { RpcError } from "../core/error.ts";
import { type Instance, type InstanceQuery, type InstanceWatcher, matches, type Registry } from "../core/registry.ts";

/** The registry in memory, and what tests do to it. */
export interface MemoryRegistry extends Registry {
  /** As when it cannot be reached: watchers and providers are told, and what is asked of it is refused. */
  cut(): void;
  /** It is back. With `forgotten` it has lost all it knew, until its providers have registered again. @default false */
  mend(options?: { readonly forgotten?: boolean }): void;
}

interface Watcher {
  readonly query: InstanceQuery;
  readonly told: InstanceWatcher;
}

/** What a provider wants to be known, whatever the registry knows. */
interface Provider {
  readonly key: string;
  instance: Instance;
  readonly onError: ((error: RpcError) => void) | undefined;
  left: boolean;
}

/** A registry within one process: for tests, and the executable specification of the port. */
export function memoryRegistry(): MemoryRegistry {
  const registry = new Memory();
  return {
    register: (instance, onError) => registry.register(instance, onError),
    watch: (query, watcher) => registry.watch(query, watcher),
    close: async () => registry.close(),
    cut: () => registry.cut(),
    mend: ({ forgotten = false } = {}) => registry.mend(forgotten),
  };
}

class Memory {
  /** What watchers are told. */
  readonly #known = new Map<string, Instance>();
  readonly #providers = new Map<string, Provider>();
  readonly #watchers = new Set<Watcher>();
  #revision = 0n;
  #away = false;

  async register(given: Instance, onError?: (error: RpcError) => void) {
    if (this.#away) throw away();
    const instance = frozen(given);
    const key = JSON.stringify([instance.id, instance.service, instance.version, instance.group]);
    const provider: Provider = { key, instance, onError, left: false };
    this.#providers.set(key, provider);
    this.#show(provider);
    return {
      update: async (changes: Partial<Instance>) => this.#update(provider, changes),
      unregister: async () => this.#unregister(provider),
    };
  }

  #update(provider: Provider, { endpoints, health, weight, tags }: Partial<Instance>): void {
    if (this.#providers.get(provider.key) !== provider) return;
    const changes = Object.entries({ endpoints, health, weight, tags }).filter(([, value]) => value !== undefined);
    provider.instance = frozen({ ...provider.instance, ...Object.fromEntries(changes) });
    if (this.#away) throw away();
    this.#show(provider);
  }

  #unregister(provider: Provider): void {
    if (this.#providers.get(provider.key) !== provider) return;
    this.#providers.delete(provider.key);
    if (this.#away) throw away();
    this.#hide(provider.key);
  }

  #show({ key, instance }: Provider): void {
    this.#known.set(key, instance);
    this.#tell(instance);
  }

  #hide(key: string): void {
    const instance = this.#known.get(key);
    if (this.#known.delete(key) && instance !== undefined) this.#tell(instance);
  }

  async watch(query: InstanceQuery, told: InstanceWatcher) {
    const watcher = { query: { ...query }, told };
    this.#watchers.add(watcher);
    if (this.#away) told.onError(away());
    else this.#answer(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Tells those whom a change of this instance concerns. */
  #tell(changed: Instance): void {
    this.#revision++;
    for (const watcher of [...this.#watchers]) if (matches(changed, watcher.query)) this.#answer(watcher);
  }

  #answer({ query, told }: Watcher): void {
    const instances = [...this.#known.values()].filter((instance) => matches(instance, query));
    told.onInstances({ instances, revision: this.#revision });
  }

  cut(): void {
    if (this.#away) return;
    this.#away = true;
    for (const { told } of [...this.#watchers]) told.onError(away());
    for (const { onError } of [...this.#providers.values()]) onError?.(away());
  }

  mend(forgotten: boolean): void {
    if (!this.#away) return;
    this.#away = false;
    if (forgotten) {
      this.#known.clear();
      this.#revision = 0n;
    }
    // Those who left meanwhile have lapsed.
    for (const key of this.#known.keys()) if (!this.#providers.has(key)) this.#known.delete(key);
    for (const watcher of [...this.#watchers]) this.#answer(watcher);
    for (const provider of [...this.#providers.values()]) {
      if (this.#known.get(provider.key) !== provider.instance) this.#show(provider);
    }
  }

  close(): void {
    this.#watchers.clear();
    this.#providers.clear();
    this.#known.clear();
  }
}

function frozen(instance: Instance): Instance {
  const { endpoints, tags } = instance;
  return Object.freeze({
    ...instance,
    endpoints: Object.freeze([...endpoints]),
    ...(tags && { tags: Object.freeze({ ...tags }) }),
  });
}

function away(): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: "the registry cannot be reached", retryable: true });
}
