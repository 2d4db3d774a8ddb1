import { capitalised } from "../capitalised.ts";
import { Memo } from "../memo.ts";
import type { ContractDescriptor, MethodDescriptor } from "./contract.ts";

interface WireNames {
  readonly of: ReadonlyMap<MethodDescriptor, string>;
  readonly operations: ReadonlyMap<string, MethodDescriptor>;
}

const known = new Memo<ContractDescriptor, WireNames>();

/**
 * The name of an operation where it is a word: in a `.proto` file, in a path. A method's is its own, the two of the topic
 * `placed` are `placedPublish` and `placedSubscribe`, or `placedPublish2` where a method is called so.
 */
export function wireName(contract: ContractDescriptor, operation: MethodDescriptor): string {
  return namesOf(contract).of.get(operation) ?? operation.name;
}

/** The operation that callers mean by a name: its own, its wire name, or either of them as others begin it: `Place` for `place`. */
export function namedOperation(contract: ContractDescriptor, name: string): MethodDescriptor | undefined {
  return namesOf(contract).operations.get(name);
}

function namesOf(contract: ContractDescriptor): WireNames {
  return known.of(contract, () => {
    const of = new Map<MethodDescriptor, string>();
    for (const method of contract.methods) of.set(method, method.wireName ?? method.name);
    const taken = new Set(of.values());
    for (const { name, publish, subscribe } of contract.topics) {
      of.set(publish, unique(`${name}Publish`, taken));
      of.set(subscribe, unique(`${name}Subscribe`, taken));
    }
    const operations = new Map<string, MethodDescriptor>();
    const add = (name: string, operation: MethodDescriptor): void => {
      if (!operations.has(name)) operations.set(name, operation);
    };
    // What an operation is called is meant before what another may be called.
    for (const operation of contract.operations) add(operation.name, operation);
    for (const [operation, name] of of) add(name, operation);
    for (const [operation, name] of of) add(capitalised(name), operation);
    for (const [operation, name] of of) add(`${name[0]?.toLowerCase()}${name.slice(1)}`, operation);
    return { of, operations };
  });
}

function unique(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}${i}`;
  taken.add(name);
  return name;
}
