import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { contractOf } from "../../core/contract/service.ts";
import { isType } from "../../core/type/fields.ts";
import { InputError } from "../input-error.ts";
import type { Folder, NamedType, SchemaFile } from "../schema-file.ts";

type Module = Readonly<Record<string, unknown>>;

/** Runs a module and takes the contracts and types that it exports. */
export async function readModule(path: string, source: string, from: Folder): Promise<SchemaFile> {
  if (isTypeScript(path)) await startTsx(source, from);
  const module = import(pathToFileURL(path).href) as Promise<Module>;
  const exported = exportsOf(await module.catch((thrown) => refuse(path, source, from, thrown)));
  const contracts = new Map<string, ContractDescriptor>();
  const types: NamedType[] = [];
  for (const [name, value] of Object.entries(exported)) {
    const contract = asContract(value);
    // A class that implements a contract is that contract too.
    if (contract !== undefined && ![...contracts.values()].includes(contract)) contracts.set(name, contract);
    const type = asNamedType(value);
    if (type !== undefined) types.push(type);
  }
  if (contracts.size === 0 && types.length === 0) {
    const names = Object.keys(exported).join(", ") || "nothing";
    throw new InputError(`${source}: exports neither a contract nor a type; it exports ${names}`);
  }
  return { contracts, types };
}

/** What became CommonJS may have its exports in its default one only. */
function exportsOf(module: Module): Module {
  const inner = module["default"];
  const isBag = typeof inner === "object" && inner !== null && asContract(inner) === undefined && !isType(inner);
  return isBag ? { ...inner, ...module } : module;
}

/** Found by its brand or form, because the module may have a copy of this package of its own. */
function asContract(value: unknown): ContractDescriptor | undefined {
  if (typeof value === "function") {
    try {
      return contractOf(value as Parameters<typeof contractOf>[0]);
    } catch {
      return undefined;
    }
  }
  const contract = value as ContractDescriptor | null | undefined;
  return typeof contract === "object" && typeof contract?.fingerprint === "string" && Array.isArray(contract.operations)
    ? contract
    : undefined;
}

function asNamedType(value: unknown): NamedType | undefined {
  const type = typeof value === "function" && "type" in value ? value.type : value;
  const isError = typeof type === "object" && type !== null && "kind" in type && type.kind === "error";
  return isError || (isType(type) && "name" in type) ? (type as NamedType) : undefined;
}

function isTypeScript(path: string): boolean {
  return extname(path).endsWith("ts");
}

/** The user's own, as only a compiler can lower decorators. */
async function startTsx(source: string, { cwd }: Folder): Promise<void> {
  let tsx: string;
  try {
    tsx = createRequire(join(cwd, "package.json")).resolve("tsx");
  } catch {
    throw new InputError(
      `${source}: running TypeScript needs tsx, which is not installed here: npm install --save-dev tsx ` +
        "(Node alone cannot run decorators); or give the compiled .js file",
    );
  }
  // What `node --import tsx` does.
  await import(pathToFileURL(tsx).href);
}

async function refuse(path: string, source: string, { cwd }: Folder, thrown: unknown): Promise<never> {
  if (!(thrown instanceof Error)) throw new InputError(`cannot load ${source}: ${String(thrown)}`);
  const isSyntax = thrown instanceof SyntaxError;
  const place = isSyntax ? await placeOfSyntaxError(path, source) : placeOf(thrown, cwd);
  const hint =
    isSyntax && !isTypeScript(path)
      ? "; if it has decorators, give the TypeScript file or the compiled one, because Node cannot run them"
      : "";
  throw new InputError(
    `cannot load ${source}: ${thrown.name}: ${thrown.message}${place === undefined ? "" : ` (${place})`}${hint}`,
  );
}

/** `orders.js:3`, the first line of the user's own in a stack. */
function placeOf({ stack = "" }: Error, cwd: string): string | undefined {
  const own = stack.split("\n").find((line) => line.includes(join(cwd, "/")) && !line.includes("node_modules"));
  return /^ +at .*?([^/\\]+:\d+):\d+\)?$/.exec(own ?? "")?.[1];
}

/** An error of an import does not say where; Node on the file alone does, if the mistake is there. */
async function placeOfSyntaxError(path: string, source: string): Promise<string | undefined> {
  const { stderr } = await promisify(execFile)(process.execPath, ["--check", path]).catch((error) => error);
  const line = /^.*:(\d+)$/m.exec(stderr)?.[1];
  return line && `${source}:${line}`;
}
