import { readFile } from "node:fs/promises";
import { CONTRACT_FORM, TYPES_FORM } from "../../core/contract/contract-json.ts";
import { noContractLimits } from "../../core/contract/limits.ts";
import { readTypes, readWhole } from "../../core/contract/read-contract.ts";
import { InputError } from "../input-error.ts";
import type { SchemaFile } from "../schema-file.ts";
import { parseJson } from "./text.ts";

/** Reads the JSON that `trunkline schema` printed: a contract or types, by themselves or in a JSON Schema. */
export async function readJson(path: string): Promise<SchemaFile> {
  const json = parseJson(await readFile(path, "utf8")) as { readonly "x-trunkline"?: unknown } | null;
  return schemaFileOf(json?.["x-trunkline"] ?? json);
}

/** What `printContract` or `printTypes` printed. Throws where the file was changed into something that is neither. */
export function schemaFileOf(json: unknown): SchemaFile {
  const { trunkline: form } = Object(json) as { readonly trunkline?: unknown };
  if (form === TYPES_FORM) return { contracts: new Map(), types: readTypes(json, noContractLimits) };
  if (form !== CONTRACT_FORM)
    throw new InputError(`expected what trunkline schema prints, of the form ${CONTRACT_FORM} or ${TYPES_FORM}`);
  const { contract, types } = readWhole(json, noContractLimits);
  const docs = contract.docs && new Map(Object.entries(contract.docs));
  return { contracts: new Map([[contract.name, contract]]), types, ...(docs && { docs }) };
}
