import type { ContractDescriptor } from "../core/contract/contract.ts";
import { namedTypes } from "./named-types.ts";
import type { SchemaFile } from "./schema-file.ts";

/** The contract with what a file says of it, of its methods, its types and their fields. */
export function withDocs(contract: ContractDescriptor, docs: SchemaFile["docs"]): ContractDescriptor {
  if (docs === undefined || docs.size === 0) return contract;
  const owners = new Set([contract.name]);
  for (const { name } of namedTypes({ contracts: new Map([[contract.name, contract]]), types: [] })) owners.add(name);
  const own = [...docs].filter(([name]) => owners.has(name) || owners.has(name.slice(0, name.lastIndexOf("."))));
  return own.length === 0 ? contract : Object.freeze({ ...contract, docs: Object.freeze(Object.fromEntries(own)) });
}

/** What is said in a file, and by the contracts in it. */
export function docsOf({ contracts, docs }: SchemaFile): ReadonlyMap<string, string> {
  return new Map([...[...contracts.values()].flatMap((one) => Object.entries(one.docs ?? {})), ...(docs ?? [])]);
}
