import { RpcError } from "../../../core/error.ts";
import { Memo } from "../../../core/memo.ts";
import type { ServedService, ServerHost } from "../../../core/transport.ts";
import { healthFile, reflectionFile } from "./files.ts";
import { healthService } from "./health.ts";
import { reflectionService } from "./reflection.ts";
import { DescriptorRegistry } from "./registry.ts";

const hosts = new Memo<ServerHost, ServerHost>();
const REFLECTIONS = ["grpc.reflection.v1", "grpc.reflection.v1alpha"];

/**
 * The host with the services that gRPC's tools expect of every server beside its own: grpc.health.v1.Health, where it has
 * `trunkline.Health`, and grpc.reflection.v1 and v1alpha, where it has `trunkline.Contracts`. What it serves by these names
 * itself is left alone.
 */
export function withStandardServices(host: ServerHost): ServerHost {
  return hosts.of(host, () => {
    const standard = standardServices(host).filter(({ contract }) => !names(host).includes(contract.name));
    if (standard.length === 0) return host;
    const services = Object.freeze([...host.services, ...standard]);
    const byName = new Map(standard.map((service) => [service.contract.name, service]));
    return { ...host, services, find: (name, wanted) => byName.get(name) ?? host.find(name, wanted) };
  });
}

function standardServices(host: ServerHost): ServedService[] {
  const made: ServedService[] = [];
  const health = host.find("trunkline.Health");
  if (!RpcError.is(health)) made.push(healthService(health, () => names(host)));
  if (RpcError.is(host.find("trunkline.Contracts"))) return made;
  const known = new Map(
    REFLECTIONS.map((name) => [`${name.replaceAll(".", "/")}/reflection.proto`, reflectionFile(name)]),
  );
  known.set("grpc/health/v1/health.proto", healthFile);
  const registry = new DescriptorRegistry(
    host.services.map(({ contract }) => contract),
    known,
  );
  const listed = (): string[] => [...new Set([...names(host), ...made.map(({ contract }) => contract.name)])].sort();
  for (const name of REFLECTIONS) made.push(reflectionService(name, registry, listed));
  return made;
}

function names(host: ServerHost): string[] {
  return host.services.map(({ contract }) => contract.name);
}
