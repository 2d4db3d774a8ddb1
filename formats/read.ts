import { access } from "node:fs/promises";
import { extname, resolve } from "node:path";
import type { ContractDescriptor } from "../core/contract/contract.ts";
import { RpcError } from "../core/error.ts";
import { byName } from "./by-name.ts";
import { InputError } from "./input-error.ts";
import type { SchemaFile } from "./schema-file.ts";

export interface ReadOptions {
  /** From where paths and packages are found. @default the folder of the process */
  readonly cwd?: string;
  /** Folders in which the imports of a .proto file are looked for, besides its own. @default none */
  readonly includes?: readonly string[];
}

/** Reads one kind of file; `source` is the path as the user wrote it, for messages. */
type Reader = (path: string, source: string, options: Required<ReadOptions>) => Promise<SchemaFile>;

const module: Reader = async (path, source, from) =>
  (await import("./typescript/read.ts")).readModule(path, source, from);
const proto: Reader = async (path, _source, { cwd, includes }) =>
  (await import("./proto/read.ts")).readProto(path, { includes: includes.map((folder) => resolve(cwd, folder)) });
const avro: Reader = async (path) => (await import("./avro/read.ts")).readAvro(path);
const json: Reader = async (path) => (await import("./json/read.ts")).readJson(path);

const readers: Readonly<Record<string, Reader>> = {
  ".ts": module,
  ".mts": module,
  ".cts": module,
  ".js": module,
  ".mjs": module,
  ".cjs": module,
  ".json": json,
  ".proto": proto,
  ".binpb": proto,
  ".avsc": avro,
  ".avpr": avro,
  ".avdl": avro,
};

/**
 * Everything that a module or schema file declares. A module is run. Throws an `InputError` for a file that cannot be read, or says what
 * no contract can.
 */
export async function readSchema(
  file: string,
  { cwd = process.cwd(), includes = [] }: ReadOptions = {},
): Promise<SchemaFile> {
  const read = readers[extname(file)];
  if (read === undefined) {
    throw new InputError(`${file}: cannot read this kind of file; known are ${Object.keys(readers).join(" ")}`);
  }
  const path = resolve(cwd, file);
  await access(path).catch(() => {
    throw new InputError(`${file}: there is no such file`);
  });
  return read(path, file, { cwd, includes }).catch((thrown: unknown) => {
    if (isSystemError(thrown)) throw new InputError(`cannot read ${file}: ${thrown.message}`);
    // An error of the framework, or a name that cannot be used: a mistake in the file.
    const isMistake = thrown instanceof InputError || thrown instanceof TypeError || RpcError.is(thrown);
    if (!isMistake) throw thrown;
    const message = (thrown as Error).message.replaceAll(path, file);
    throw new InputError(message.includes(file) ? message : `${file}: ${message}`);
  });
}

function isSystemError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && "syscall" in thrown;
}

/** The contract that `name` asks for: the name of an export, or of a service, whole or its last part. */
export function chooseContract({ contracts }: SchemaFile, file: string, name: string | undefined): ContractDescriptor {
  const names = [...contracts.keys()].join(", ");
  if (contracts.size === 0) throw new InputError(`${file}: declares no contract`);
  if (name === undefined) {
    const [only, another] = contracts.values();
    if (only === undefined || another !== undefined) {
      throw new InputError(
        `${file}: has several contracts; say which: ${file}#${[...contracts.keys()].join(` or ${file}#`)}`,
      );
    }
    return only;
  }
  const found = contracts.get(name) ?? byName(contracts.values(), name);
  if (found === undefined) throw new InputError(`${file}: has no contract ${name}; it has ${names}`);
  return found;
}
