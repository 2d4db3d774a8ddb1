import type { ContractDescriptor } from "../contract/contract.ts";
import type { RpcError } from "../error.ts";
import type { Instance, InstanceChanges, Registration, Registry } from "../registry.ts";

export interface RegistrarOptions {
  readonly registry: Registry;
  readonly instance: string;
  readonly contracts: readonly ContractDescriptor[];
  readonly endpoints: readonly string[];
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
  readonly weight: number;
  readonly tags: Readonly<Record<string, string>>;
  /** As the registry is to tell it of a service. */
  healthOf(contract: ContractDescriptor): NonNullable<Instance["health"]>;
  /** Told of what the registry does not take. Never throws. */
  readonly onError: (error: unknown) => void;
}

interface Place {
  readonly contract: ContractDescriptor;
  readonly registration: Registration;
  /** As it was told last. */
  health: Instance["health"];
}

/** Makes the services of one server known, and keeps what is known of them true. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #places: Place[] = [];

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /** Rejects at the first service that the registry does not take; `unregister` takes the others back. */
  async register(): Promise<void> {
    const { registry, instance, contracts, endpoints, startedAt, weight, tags, healthOf } = this.#options;
    const onError: (error: RpcError) => void = this.#options.onError;
    for (const contract of contracts) {
      const health = healthOf(contract);
      const registration = await registry.register(
        {
          id: instance,
          service: contract.name,
          version: contract.version,
          group: contract.group,
          endpoints,
          startedAt,
          health,
          weight,
          tags,
        },
        onError,
      );
      this.#places.push({ contract, registration, health });
    }
  }

  /** Resolves when everybody can see it; rejects with what the registry says, once each service was tried. */
  async update(changes: InstanceChanges): Promise<void> {
    const updates = await Promise.allSettled(this.#places.map(({ registration }) => registration.update(changes)));
    const failed = updates.find((update) => update.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** The health of some services may have changed. */
  readonly tellHealth = (): void => {
    for (const place of this.#places) {
      const health = this.#options.healthOf(place.contract);
      if (health === place.health) continue;
      place.health = health;
      place.registration.update({ health }).catch(this.#options.onError);
    }
  };

  /** A service that the registry does not let go harms no other: `onError` is told. */
  async unregister(): Promise<void> {
    for (const { registration } of this.#places.splice(0)) await registration.unregister().catch(this.#options.onError);
  }
}
