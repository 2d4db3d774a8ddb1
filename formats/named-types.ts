import type { ContractDescriptor } from "../core/contract/contract.ts";
import type { ErrorType, Type } from "../core/type/type.ts";
import { byName } from "./by-name.ts";
import type { NamedType, SchemaFile } from "./schema-file.ts";

/** A type of a file by its name, whole or its last part. */
export function namedType(file: SchemaFile, name: string): NamedType | undefined {
  return byName(namedTypes(file), name);
}

export function typeNames(file: SchemaFile): string[] {
  return [...new Set(namedTypes(file).map(({ name }) => name))];
}

/** Every named type that a file declares or its contracts use. */
export function namedTypes({ contracts, types }: SchemaFile): NamedType[] {
  const found = new Set<NamedType>();
  const visit = (type: Type | ErrorType): void => {
    if (type.kind === "list") visit(type.item);
    else if (type.kind === "map") visit(type.value);
    if (!("name" in type) || found.has(type)) return;
    found.add(type);
    if (type.kind !== "enum") for (const field of type.fields) visit(field.type);
  };
  for (const type of types) visit(type);
  for (const contract of contracts.values()) for (const type of typesOf(contract)) visit(type);
  return [...found];
}

function typesOf({ operations }: ContractDescriptor): (Type | ErrorType)[] {
  return operations.flatMap(({ request, response, upstream, callbacks, throws }) => [
    request,
    response,
    ...(upstream === undefined ? [] : [upstream.type]),
    ...callbacks.flatMap((callback) => [callback.request, callback.response]),
    ...throws,
  ]);
}
