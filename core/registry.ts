/** One provider process of a service. */
export interface Instance {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly group: string;
  /** Where it listens, one URL per transport. */
  readonly endpoints: readonly string[];
  /** Its share among its peers. Default 100. */
  readonly weight?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface InstanceQuery {
  readonly service: string;
  readonly version: string;
  readonly group: string;
}

/**
 * The registry port: who provides which service where. A version fits if its major number is the same.
 * - `register` must make the instance visible to every watcher before it resolves, and its undo must hide it.
 * - `watch` must report the present instances before it resolves, and every later change as a whole list.
 * - It may report an instance that has just died; it must never report one that was never registered.
 */
export interface Registry {
  register(instance: Instance): Promise<() => Promise<void>>;
  watch(query: InstanceQuery, listener: (instances: readonly Instance[]) => void): Promise<() => void>;
  close(): Promise<void>;
}

export function matches(instance: Instance, query: InstanceQuery): boolean {
  return (
    instance.service === query.service && instance.group === query.group && sameMajor(instance.version, query.version)
  );
}

/** Versions with the same major number promise to understand one another. */
export function sameMajor(a: string, b: string): boolean {
  return a.split(".", 1)[0] === b.split(".", 1)[0];
}
