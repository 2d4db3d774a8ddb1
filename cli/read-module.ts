import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ContractDescriptor } from "../core/contract.ts";
import { isType } from "../core/fields.ts";
import { contractOf } from "../core/service.ts";
import { CommandError, type Io } from "./command.ts";
import type { NamedType, SchemaFile } from "./schema-file.ts";

type Module = Readonly<Record<string, unknown>>;

/** Runs a module and takes the contracts and types that it exports. */
export async function readModule(path: string, source: string, io: Io): Promise<SchemaFile> {
  const run = /ts$/.test(extname(path)) ? runTypeScript(path, source, io) : runJavaScript(path, source);
  const exported = exportsOf(await run);
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
    throw new CommandError(`${source}: exports neither a contract nor a type; it exports ${names}`);
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

/** By the user's own tsx, as only a compiler can lower decorators. */
async function runTypeScript(path: string, source: string, { cwd }: Io): Promise<Module> {
  let tsx: string;
  try {
    tsx = createRequire(join(cwd, "package.json")).resolve("tsx");
  } catch {
    throw new CommandError(
      `${source}: running TypeScript needs tsx, which is not installed here: npm install --save-dev tsx ` +
        "(Node alone cannot run decorators); or give the compiled .js file",
    );
  }
  // What `node --import tsx` does.
  await import(pathToFileURL(tsx).href);
  return runJavaScript(path, source);
}

async function runJavaScript(path: string, source: string): Promise<Module> {
  return import(pathToFileURL(path).href).catch((thrown) => refuse(source, thrown));
}

function refuse(source: string, thrown: unknown): never {
  const why = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const hint =
    thrown instanceof SyntaxError && !source.endsWith("ts")
      ? "; if it has decorators, give the TypeScript file or the compiled one, because Node cannot run them"
      : "";
  throw new CommandError(`cannot load ${source}: ${why}${hint}`);
}
