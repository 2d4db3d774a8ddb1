import type { ContractDescriptor, MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { withoutHalf } from "../error-source.ts";
import type { Feature, Transport } from "../transport.ts";

/** What a transport must carry beside a request and its reply, for the operation to be called over it. */
export function featuresOf({ kind, topic, streamParam, callbacks }: MethodDescriptor): readonly Feature[] {
  const features: Feature[] = topic === undefined ? [] : ["topics"];
  if (kind === "oneway") features.push("oneways");
  if (kind === "stream") features.push(streamParam < 0 ? "server streams" : "bidirectional streams");
  else if (streamParam >= 0) features.push("client streams");
  if (callbacks.length > 0) features.push("callbacks");
  return features;
}

/** The operations of a contract that a transport cannot carry, each with the features that it lacks for them. */
export type Lacks = ReadonlyMap<MethodDescriptor, readonly Feature[]>;

const none: Lacks = new Map();

export function lacksFor(contract: ContractDescriptor, transport: Transport, url: string): Lacks {
  const lacked = transport.lacks?.(url) ?? [];
  if (lacked.length === 0) return none;
  const found = new Map<MethodDescriptor, readonly Feature[]>();
  for (const operation of contract.operations) {
    const missing = featuresOf(operation).filter((feature) => lacked.includes(feature));
    if (missing.length > 0) found.set(operation, missing);
  }
  return found;
}

/** The operations in words: `steps (callbacks), prices (topics)`. */
export function wordsOf(lacks: Lacks): string {
  const words = [...lacks].map(([{ name }, features]) => `${withoutHalf(name)} (${features.join(", ")})`);
  return [...new Set(words)].join(", ");
}

/** Of several, what each of them lacks. */
export function lackedByAll(lacks: readonly Lacks[]): Lacks {
  const [first = none, ...others] = lacks;
  return new Map([...first].filter(([operation]) => others.every((other) => other.has(operation))));
}

/** Where a reference needs what the transport lacks. */
export function uncarriedContract(service: string, url: string, lacks: Lacks): RpcError {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `${service}: ${url} does not carry ${wordsOf(lacks)}; use an endpoint whose transport does, such as tcp, worker or memory, or refer with partial: true to do without`,
  });
}

/** Where such an operation is called all the same. */
export function uncarriedCall(service: string, url: string, lacks: Lacks): RpcError {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `${service}: ${url} does not carry ${wordsOf(lacks)}; use an endpoint whose transport does, such as tcp, worker or memory`,
  });
}
