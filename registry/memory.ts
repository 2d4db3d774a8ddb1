import { type Instance, type InstanceQuery, matches, type Registry } from "../core/registry.ts";

interface Watcher {
  readonly query: InstanceQuery;
  readonly listener: (instances: readonly Instance[]) => void;
}

/** A registry within one process: for tests, and the executable specification of the port. */
export function memoryRegistry(): Registry {
  const instances = new Map<string, Instance>();
  const watchers = new Set<Watcher>();
  const tell = (watcher: Watcher): void => {
    watcher.listener([...instances.values()].filter((instance) => matches(instance, watcher.query)));
  };
  const key = (instance: Instance): string =>
    JSON.stringify([instance.id, instance.service, instance.version, instance.group]);
  return {
    async register(instance) {
      instances.set(key(instance), Object.freeze({ ...instance }));
      for (const watcher of [...watchers]) if (matches(instance, watcher.query)) tell(watcher);
      return async () => {
        if (!instances.delete(key(instance))) return;
        for (const watcher of [...watchers]) if (matches(instance, watcher.query)) tell(watcher);
      };
    },
    async watch(query, listener) {
      const watcher = { query, listener };
      watchers.add(watcher);
      tell(watcher);
      return () => watchers.delete(watcher);
    },
    async close() {
      watchers.clear();
      instances.clear();
    },
  };
}
