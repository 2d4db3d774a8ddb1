import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { sameMajor } from "../registry.ts";
import type { ServedService, WantedService } from "../transport.ts";

/** The services of one server, by their names. */
export class ServiceTable<S extends ServedService> {
  readonly services: readonly S[];
  readonly #byName = new Map<string, S[]>();
  /** Those that are no part of the framework, for errors. */
  readonly #own: readonly string[];

  constructor(own: readonly S[], builtIn: readonly S[]) {
    this.services = Object.freeze([...own, ...builtIn]);
    this.#own = own.map(({ contract }) => contract.name);
    for (const service of this.services) {
      const { name } = service.contract;
      const others = this.#byName.get(name);
      if (others === undefined) this.#byName.set(name, [service]);
      else others.push(service);
    }
  }

  /** The one that is wanted, or why it cannot be told. */
  find(name: string, { version, group }: WantedService = {}): S | RpcError {
    const named = this.#byName.get(name);
    if (named === undefined) {
      return new RpcError({
        code: "UNIMPLEMENTED",
        message: `service ${name.slice(0, 200)} is not served here; this server has ${this.#own.join(", ")}`,
      });
    }
    const fitting = named.filter(
      ({ contract }) =>
        (group === undefined || contract.group === group) &&
        (version === undefined || sameMajor(contract.version, version)),
    );
    const [first] = fitting;
    if (first === undefined) return missing(named, name, { version, group });
    if (fitting.length === 1) return first;
    // Of several that all promise to understand the version asked for, the very one.
    const oneGroup = fitting.every(({ contract }) => contract.group === first.contract.group);
    if (version !== undefined && oneGroup) {
      return fitting.find(({ contract }) => contract.version === version) ?? first;
    }
    return new RpcError({
      code: "FAILED_PRECONDITION",
      message: `${name}: this server has ${describeVersions(fitting)}; say which by its version and group`,
    });
  }
}

function missing(named: readonly ServedService[], name: string, { version, group = "" }: WantedService): RpcError {
  const wanted = [
    version === undefined ? "" : `version ${version.slice(0, 40)}`,
    group === "" ? "" : `group ${group.slice(0, 200)}`,
  ].filter((part) => part !== "");
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `${name}: ${wanted.join(", ") || "its default group"} is not served here; this server has ${describeVersions(named)}`,
  });
}

function describeVersions(services: readonly ServedService[]): string {
  return services.map(({ contract }) => describeVersion(contract)).join(", ");
}

function describeVersion(contract: ContractDescriptor): string {
  return contract.group === "" ? contract.version : `${contract.version} (group ${contract.group})`;
}
