import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { avroProtocol } from "../../codecs/avro/index.ts";
import { AvroTranslator } from "../../core/schema/avro-translator.ts";
import type { ErrorType, Type } from "../../core/type/type.ts";
import { withDocs } from "../docs.ts";
import { InputError } from "../input-error.ts";
import { schemaFileOf } from "../json/read.ts";
import { parseJson } from "../json/text.ts";
import { loadLibrary } from "../library.ts";
import type { NamedType, SchemaFile } from "../schema-file.ts";
import { avroDocs, avroProtocolDocs } from "./docs.ts";
import { AvroContract, type AvroProtocol, asProtocol } from "./protocol.ts";

/**
 * The types of a schema file (`.avsc`); of a protocol, as JSON (`.avpr`) or in Avro's own language (`.avdl`), the
 * contract too. A message `one-way` is a oneway, its errors are declared errors.
 */
export async function readAvro(path: string): Promise<SchemaFile> {
  const json = extname(path) === ".avdl" ? await assemble(path) : parseJson(await readFile(path, "utf8"));
  if (typeof json !== "object" || json === null || !("protocol" in json)) {
    const translator = new AvroTranslator();
    translator.type(json, { path: "the schema", namespace: "" });
    translator.finish();
    const types = named([...translator.named.values()]);
    return { contracts: new Map(), types, docs: new Map(avroDocs(json, "")) };
  }
  const protocol = asProtocol(json);
  const printed = printedContract(protocol);
  if (printed !== undefined) return printed;
  const { name, contract, types } = new AvroContract(protocol);
  const docs = new Map(avroProtocolDocs(protocol, name));
  const contracts = new Map(contract && [[contract.name, withDocs(contract, docs)]]);
  return { contracts, types: named(types), docs };
}

/** The whole contract, where `trunkline schema` put it beside a protocol that nobody has changed since. */
function printedContract(json: AvroProtocol & { readonly "x-trunkline"?: unknown }): SchemaFile | undefined {
  const { "x-trunkline": printed, ...protocol } = json;
  if (printed === undefined) return undefined;
  const file = schemaFileOf(printed);
  const same = [...file.contracts.values()].some((contract) => isDeepStrictEqual(avroProtocol(contract), protocol));
  return same ? file : undefined;
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
      if (error) reject(new InputError(placed(error, path)));
      else resolve(protocol);
    });
  });
}

/** What avsc has against a file, which may be one that was imported. */
function placed({ message, path, lineNum }: Error & { path?: string; lineNum?: number }, from: string): string {
  return `${path ?? from}: ${lineNum === undefined ? "" : `line ${lineNum}: `}${message}`;
}
