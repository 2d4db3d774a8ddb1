import { readFile } from "node:fs/promises";
import { parseJson } from "../json-text.ts";
import type { SchemaFile } from "../schema-file.ts";
import { readContractFile } from "./read-contract.ts";

/** Reads the JSON that `trunkline schema` printed: a contract or types, by themselves or in a JSON Schema. */
export async function readJson(path: string): Promise<SchemaFile> {
  const json = parseJson(await readFile(path, "utf8")) as { readonly "x-trunkline"?: unknown } | null;
  return readContractFile(json?.["x-trunkline"] ?? json);
}
