import type { CallContext } from "../context.ts";
import { rpc, stream } from "../contract/definition.ts";
import { type ContractLike, contractOf, defineService } from "../contract/service.ts";
import { RpcError } from "../error.ts";
import { arg } from "../schema/param.ts";
import { t } from "../schema/t.ts";
import { show } from "../show.ts";
import type { Infer } from "../type/type.ts";
import { type Implementation, implement } from "./implementation.ts";

/** The words and numbers of grpc.health.v1. */
const Status = t.enums("trunkline.HealthStatus", ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]);
export type HealthStatus = Infer<typeof Status>;

/**
 * What every server serves beside its own services, over every wire: `check` and `watch` of a service by its name, or of the
 * whole server by `""`. `check` of a service that the server lacks is `NOT_FOUND`, `watch` gives `SERVICE_UNKNOWN`.
 */
export const Health = defineService(
  "trunkline.Health",
  {},
  {
    check: rpc({ params: [arg("service", t.string)], returns: Status, idempotent: true }),
    /** The status now and at every change; ends when the server closes. */
    watch: stream({ params: [arg("service", t.string)], yields: Status }),
  },
);

/** The whole server, among the names of its services. */
const ALL = "";

/** How a server fares, as its own code sees it and says it. */
export interface ServerHealth {
  /** `draining` from the moment that `close` is called, `closed` when it or `destroy` is done. */
  readonly state: "serving" | "draining" | "closed";
  /** Of a service, or of the whole server; `NOT_SERVING` once it drains. Throws `NOT_FOUND` for what is not served here. */
  status(service?: ContractLike): HealthStatus;
  /**
   * Says how a service, or the whole server, fares. It goes on taking calls: those who watch decide to go elsewhere. Once
   * the server drains this changes nothing any more.
   */
  set(status: "SERVING" | "NOT_SERVING", service?: ContractLike): void;
}

/** The statuses of a server, and who watches them. */
export class HealthBoard implements ServerHealth {
  state: ServerHealth["state"] = "serving";
  readonly #statuses: Map<string, HealthStatus>;
  readonly #watchers = new Set<() => void>();
  /** Told of each change, once it is made. */
  onChange = (): void => {};

  constructor(services: readonly string[]) {
    this.#statuses = new Map([ALL, ...services].map((name) => [name, "SERVING"]));
  }

  /** As others should take it: nothing of a server that is not serving is. */
  effective(service: string): "SERVING" | "NOT_SERVING" {
    return this.#find(ALL) === "SERVING" && this.#find(service) === "SERVING" ? "SERVING" : "NOT_SERVING";
  }

  status(service?: ContractLike): HealthStatus {
    return this.#find(nameOf(service));
  }

  set(status: "SERVING" | "NOT_SERVING", service?: ContractLike): void {
    if (status !== "SERVING" && status !== "NOT_SERVING") {
      throw new TypeError(`health: expected SERVING or NOT_SERVING, got ${show(status)}`);
    }
    const name = nameOf(service);
    this.#find(name);
    if (this.state !== "serving") return;
    this.#statuses.set(name, status);
    this.#tell();
  }

  drain(): void {
    this.#end("draining");
  }

  close(): void {
    this.#end("closed");
  }

  #end(state: "draining" | "closed"): void {
    this.state = state;
    for (const name of this.#statuses.keys()) this.#statuses.set(name, "NOT_SERVING");
    this.#tell();
  }

  implementation(): Implementation {
    return implement(Health, {
      check: (service) => this.#find(service),
      watch: (service, { signal }) => this.#watch(service, signal),
    });
  }

  #find(name: string): HealthStatus {
    const status = this.#statuses.get(name);
    if (status !== undefined) return status;
    throw new RpcError({ code: "NOT_FOUND", message: `health: ${name.slice(0, 200)} is not served here` });
  }

  async *#watch(name: string, signal: CallContext["signal"]): AsyncGenerator<HealthStatus> {
    let told: HealthStatus | undefined;
    while (!signal.aborted) {
      const status = this.#statuses.get(name) ?? "SERVICE_UNKNOWN";
      if (status !== told) yield status;
      told = status;
      // What changed while the reader was slow is not waited for.
      if (status !== (this.#statuses.get(name) ?? status)) continue;
      if (this.state !== "serving") return;
      await this.#changed(signal);
    }
  }

  #changed(signal: CallContext["signal"]): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#watchers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#watchers.add(done);
      signal.addEventListener("abort", done);
    });
  }

  #tell(): void {
    this.onChange();
    for (const watcher of [...this.#watchers]) watcher();
  }
}

function nameOf(service: ContractLike | undefined): string {
  return service === undefined ? ALL : contractOf(service).name;
}
