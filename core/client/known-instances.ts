import type { RpcError } from "../error.ts";
import type { Platform } from "../platform.ts";
import type { Instance, InstanceSet, InstanceWatcher } from "../registry.ts";

export interface KnownInstancesOptions {
  readonly platform: Platform;
  /** For how long after an outage nobody is believed to be gone. */
  readonly graceMs: number;
  /** Told of each change; `none` says why there is nobody. */
  tell(instances: readonly Instance[], none: string): void;
}

/**
 * Whom a client believes to provide a service. What a registry adds or changes is believed at once, and what it takes away too,
 * but not after an outage: from its first answer on, those who were known stay for `graceMs`, however few it names. A provider
 * that is really gone costs no call meanwhile, because nobody can connect to it.
 */
export class KnownInstances implements InstanceWatcher {
  readonly #options: KnownInstancesOptions;
  #known = new Map<string, Instance>();
  #answer: ReadonlyMap<string, Instance> = new Map();
  #revision = 0n;
  /** `outage`: it cannot tell. `grace`: it tells again, and is not believed to know all. */
  #trust: "full" | "outage" | "grace" = "full";
  #stop: (() => void) | undefined;

  constructor(options: KnownInstancesOptions) {
    this.#options = options;
  }

  onError(error: RpcError): void {
    this.#stop?.();
    this.#trust = "outage";
    this.#options.tell([...this.#known.values()], error.message);
  }

  onInstances({ instances, revision }: InstanceSet): void {
    // A registry that counts anew has forgotten what it knew, whether it noticed an outage or not.
    if (this.#trust === "outage" || revision < this.#revision) this.#doubt();
    this.#revision = revision;
    this.#answer = new Map(instances.map((instance) => [keyOf(instance), instance]));
    // Those that are named come last: of two instances with one endpoint they are the newer.
    const kept = this.#trust === "full" ? [] : [...this.#known].filter(([key]) => !this.#answer.has(key));
    this.#know(new Map([...kept, ...this.#answer]));
  }

  #doubt(): void {
    this.#stop?.();
    this.#trust = "grace";
    const { platform, graceMs } = this.#options;
    this.#stop = platform.schedule(graceMs, () => {
      this.#trust = "full";
      if (this.#known.size !== this.#answer.size) this.#know(new Map(this.#answer));
    });
  }

  #know(known: Map<string, Instance>): void {
    this.#known = known;
    this.#options.tell([...known.values()], "no provider is registered");
  }

  /** Tells nothing more. */
  close(): void {
    this.#stop?.();
  }
}

function keyOf({ id, version, group }: Instance): string {
  return JSON.stringify([id, version, group]);
}
