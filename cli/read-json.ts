import { readFile } from "node:fs/promises";
import { CommandError } from "./command.ts";
import type { ContractFile } from "./contract-file.ts";
import { readContractFile } from "./read-contract.ts";
import type { SchemaFile } from "./schema-file.ts";

/** Reads the JSON that `trunkline schema` printed: a contract or types, by themselves or in a JSON Schema. */
export async function readJson(path: string, source: string): Promise<SchemaFile> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new CommandError(`cannot read ${source}: ${cause.message}`);
  });
  const json = JSON.parse(text) as ContractFile & { readonly "x-trunkline"?: ContractFile };
  return readContractFile(json["x-trunkline"] ?? json);
}
