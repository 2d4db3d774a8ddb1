import type { RpcError } from "./error.ts";

/** One provider process of a service. */
export interface Instance {
  readonly id: string;
  readonly service: string;
  /** Free text; what fits together is for the query to say. */
  readonly version: string;
  readonly group: string;
  /** Where it listens, one URL per transport. */
  readonly endpoints: readonly string[];
  /** When it began to serve, in milliseconds since the epoch by its own clock: who is new may be spared at first. */
  readonly startedAt?: number;
  /** How it fares, as it says itself. Who is not serving is called only where nobody else is. Default "SERVING". */
  readonly health?: "SERVING" | "NOT_SERVING";
  /** Its share among its peers. Default 100. */
  readonly weight?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What of an instance may change while it is registered. */
export type InstanceChanges = Partial<Pick<Instance, "endpoints" | "health" | "weight" | "tags">>;

/**
 * Which versions of an instance fit the version of a query; plain data, so that a registry elsewhere can decide it.
 * - `compatible`: those with the same text before the first dot. Versions like 1.4.2 promise that by their first number.
 * - `exact`: that very text.
 * - `any`: all.
 * - `{ oneOf }`: one of these texts; the version of the query means nothing.
 */
export type VersionRule = "compatible" | "exact" | "any" | { readonly oneOf: readonly string[] };

export interface InstanceQuery {
  readonly service: string;
  readonly version: string;
  readonly group: string;
  /** Default "compatible". */
  readonly versions?: VersionRule;
}

/** All instances that fit a query, at one moment. */
export interface InstanceSet {
  readonly instances: readonly Instance[];
  /** Higher than in every answer before, unless the registry has lost what it knew. */
  readonly revision: bigint;
}

/** Told by a registry. Neither may throw. */
export interface InstanceWatcher {
  /** All instances that fit, at first and after each change. */
  onInstances(set: InstanceSet): void;
  /** It cannot tell for the time being; what it told last is the best there is. Told once for each outage. */
  onError(error: RpcError): void;
}

/** The hold of an instance on its place in the registry. */
export interface Registration {
  /**
   * Changes what others see; resolves when they can. It holds from the call on, in the order of the calls: where the registry is away,
   * this rejects with `UNAVAILABLE` and the registry is told when it is back. After `unregister` it changes nothing.
   */
  update(changes: InstanceChanges): Promise<void>;
  /**
   * Hides the instance, for good; resolves when nobody sees it. Where the registry is away this rejects with `UNAVAILABLE`,
   * and the instance is hidden when it is back, or lapses. Again, it does nothing.
   */
  unregister(): Promise<void>;
}

/**
 * The registry port: who provides which service where. An implementation
 * - must make the instance visible to every watcher before `register` resolves; `register` rejects with `UNAVAILABLE`, and
 *   leaves nothing behind, where the registry cannot be reached;
 * - must keep it registered from then on, by itself, whatever becomes of connections, sessions and servers, and tell `onError`
 *   once of each outage: a registry that is away never takes its services down;
 * - must tell a watcher once before `watch` resolves, the instances or that the registry is away, and every later change
 *   as a whole set. `watch` does not reject for an outage;
 * - must tell `onError` of a watcher before the first answer after an outage, that is, whenever changes may have escaped it. The
 *   client decides what to believe then: for a while it keeps instances that the answer lacks, because a registry that has just
 *   come back may know few of its providers, or none;
 * - may report an instance that has just died; it must never report one that was never registered;
 * - must hand out instances that no caller can change, and tell a watcher that stopped nothing more.
 */
export interface Registry {
  /** One instance of an `id`, service, version and group; who registers it again replaces it. `onError` must not throw. */
  register(instance: Instance, onError?: (error: RpcError) => void): Promise<Registration>;
  /** Resolves to what stops it. */
  watch(query: InstanceQuery, watcher: InstanceWatcher): Promise<() => void>;
  close(): Promise<void>;
}

/** Whether an instance answers a query. */
export function matches(instance: Instance, query: InstanceQuery): boolean {
  return instance.service === query.service && instance.group === query.group && versionFits(instance.version, query);
}

function versionFits(version: string, { version: asked, versions = "compatible" }: InstanceQuery): boolean {
  if (typeof versions === "object") return versions.oneOf.includes(version);
  switch (versions) {
    case "compatible":
      return sameMajor(version, asked);
    case "exact":
      return version === asked;
    case "any":
      return true;
  }
}

/** Versions with the same major number promise to understand one another; of free text, all of it before the first dot. */
export function sameMajor(a: string, b: string): boolean {
  return a.split(".", 1)[0] === b.split(".", 1)[0];
}
