import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { json } from "../../codecs/json/index.ts";
import { toType } from "../../core/schema/translate.ts";
import type { Payload } from "./payloads.ts";

/** The payload of `--type module#Name --data file.json`. The file is read as our JSON codec reads a message. */
export async function ownPayload(typeAt: string, dataFile: string): Promise<Payload> {
  const hash = typeAt.lastIndexOf("#");
  if (hash <= 0 || hash === typeAt.length - 1) {
    throw new Error(`--type ${typeAt}: expected FILE#NAME, as in ./contract.ts#Order`);
  }
  const [file, name] = [typeAt.slice(0, hash), typeAt.slice(hash + 1)];
  const type = await exported(file, name);
  const bytes = attempt(`--data ${dataFile}: cannot be read`, () => readFileSync(dataFile));
  const codec = json().compile(type, type);
  const value = attempt(
    `--data ${dataFile}: is no ${type.name} in JSON (a t.int64 is a string there, bytes are base64, a union is { "case": value })`,
    () => codec.decode(bytes, 0, bytes.length),
  );
  return { name: "own", about: `${basename(dataFile)}, a ${type.name}`, type, value };
}

async function exported(file: string, name: string): Promise<Payload["type"]> {
  const module: Record<string, unknown> = await import(pathToFileURL(resolve(file)).href).catch((error: Error) => {
    throw new Error(`--type ${file}: cannot be loaded: ${error.message}`);
  });
  const found = Object.hasOwn(module, name) ? module[name] : undefined;
  if (found === undefined) {
    throw new Error(`--type ${file}: exports no ${name}; it exports ${Object.keys(module).join(", ") || "nothing"}`);
  }
  const type = attempt(`--type ${file}: ${name} is neither a type made by t nor a schema`, () => toType(found, name));
  if (type.kind !== "struct") {
    throw new Error(
      `--type ${file}: ${name} is a ${type.kind}, and a message is a struct; wrap it: t.struct("Wrapped", { value: ${name} })`,
    );
  }
  return type;
}

function attempt<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`);
  }
}
