import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const manifest = fileURLToPath(new URL("../package.json", import.meta.url));

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

/**
 * Puts the modules that `tsc` made in `folder` together: a file for each entry of the package, and chunks for what several of
 * them, or an `import()`, share. To find, read and link hundreds of small files costs more than half of what a program waits for
 * the library. Nothing is shortened or renamed but what has the same name twice, so stacks read as before; the declarations
 * stay where they are.
 */
export async function bundle(folder: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: await entriesIn(folder),
    outbase: folder,
    outdir: folder,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    packages: "external",
    logLevel: "error",
    write: false,
  });
  const compiled = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
  await Promise.all(compiled.map((name) => rm(join(folder, name))));
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
}

/** What users import and run, as package.json names it. */
async function entriesIn(folder: string): Promise<string[]> {
  const { bin, exports }: Manifest = JSON.parse(await readFile(manifest, "utf8"));
  const targets = Object.values(exports).flatMap((target) => (typeof target === "string" ? [] : [target.default]));
  const compiled = await readdir(folder, { recursive: true });
  const entries = [...targets, ...Object.values(bin)].flatMap((target) => {
    const [before = "", after] = target.replace("./dist/", "").split("*");
    if (after === undefined) return [before];
    return compiled.filter((name) => {
      const inner = name.slice(before.length, -after.length);
      return name === before + inner + after && !inner.includes("/");
    });
  });
  return entries.map((name) => join(folder, name));
}
