import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "./project.ts";

/** One TypeScript file of the package and what it names in its imports and exports. */
export interface Source {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const layers = ["core", "codecs", "transports", "registry", "evolution", "formats", "cli"];
const IMPORT = /(?:^[^"'`\n]*\bfrom\s*|^import\s*|\bimport\(\s*)"([^"]+)"/gm;

/** The paths, from the root, of the TypeScript files under a folder; of the root itself without its folders. */
export function filesUnder(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: folder !== "" });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => posix.relative(root, posix.join(entry.parentPath, entry.name)))
    .sort();
}

/** Everything that is published: the layers and the wiring at the root. */
export function packageSources(): Source[] {
  return ["", ...layers].flatMap(filesUnder).map(readSource);
}

export function readSource(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  return { path, text, imports: importsOf(path, text) };
}

/** What a file imports: paths from the root for its own project, else the name of the package. Type-only ones too. */
export function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const name = match[1] as string;
    return name.startsWith(".") ? posix.join(posix.dirname(path), name) : name;
  });
}

/** The strongly connected parts of more than one file. */
export function cycles(sources: readonly Source[]): string[][] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const order = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    let low = order.size;
    const own = low;
    order.set(path, own);
    stack.push(path);
    for (const next of byPath.get(path)?.imports ?? []) {
      if (!byPath.has(next)) continue;
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) as number);
    }
    if (low === own) {
      const part = stack.splice(stack.indexOf(path));
      if (part.length > 1 || byPath.get(path)?.imports.includes(path)) found.push(part.sort());
    }
    return low;
  };
  for (const { path } of sources) if (!order.has(path)) visit(path);
  return found;
}
