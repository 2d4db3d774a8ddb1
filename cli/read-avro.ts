import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { AvroTranslator } from "../core/schema/avro-translator.ts";
import type { ErrorType, Type } from "../core/type.ts";
import { AvroContract, type AvroProtocol } from "./avro-protocol.ts";
import { CommandError } from "./command.ts";
import { loadLibrary } from "./library.ts";
import type { NamedType, SchemaFile } from "./schema-file.ts";

/**
 * The types of a schema file (`.avsc`); of a protocol, as JSON (`.avpr`) or in Avro's own language (`.avdl`), the
 * contract too. A message `one-way` is a oneway, its errors are declared errors.
 */
export async function readAvro(path: string): Promise<SchemaFile> {
  const json = extname(path) === ".avdl" ? await assemble(path) : (JSON.parse(await readFile(path, "utf8")) as unknown);
  if (typeof json !== "object" || json === null || !("protocol" in json)) {
    const translator = new AvroTranslator();
    translator.type(json, { path: "the schema", namespace: "" });
    translator.finish();
    return { contracts: new Map(), types: named([...translator.named.values()]) };
  }
  const { contract, types } = new AvroContract(json as AvroProtocol);
  return { contracts: new Map(contract && [[contract.name, contract]]), types: named(types) };
}

/** A `fixed` has a name in Avro, and none here. */
function named(types: readonly (Type | ErrorType)[]): NamedType[] {
  return types.filter((type): type is NamedType => "name" in type);
}

/** A protocol in Avro's interface definition language, with what it imports, as JSON. */
async function assemble(path: string): Promise<unknown> {
  const { default: avsc } = await loadLibrary("avsc", path, () => import("avsc"));
  return new Promise((resolve, reject) => {
    avsc.assembleProtocol(path, (error, protocol) => {
      if (error) reject(new CommandError(`${path}: ${error.message}`));
      else resolve(protocol);
    });
  });
}
