import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { forBrowsers } from "./browser.ts";

const manifest = fileURLToPath(new URL("../package.json", import.meta.url));

interface Target {
  readonly default: string;
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | (Target & { readonly browser?: Target })>>;
}

/**
 * Puts the modules that `tsc` made in `folder` together: a file for each entry of the package, and chunks for what several of
 * them, or an `import()`, share. To find, read and link hundreds of small files costs more than half of what a program waits for
 * the library. Nothing is shortened or renamed but what has the same name twice, so stacks read as before; the declarations
 * stay where they are. For browsers the same in `browser/`, of what they are given.
 */
export async function bundle(folder: string): Promise<void> {
  const { exports }: Manifest = JSON.parse(await readFile(manifest, "utf8"));
  const browser = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [] : (target.browser ?? []),
  );
  const forPages = await build({
    ...forBrowsers(folder),
    entryPoints: await compiledAs(
      browser.map((target) => target.default.replace("/browser/", "/")),
      folder,
    ),
    outbase: folder,
    outdir: join(folder, "browser"),
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
    write: false,
  });
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
  for (const { path, contents } of [...outputFiles, ...forPages.outputFiles]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
}

/** What users import and run, as package.json names it. */
async function entriesIn(folder: string): Promise<string[]> {
  const { bin, exports }: Manifest = JSON.parse(await readFile(manifest, "utf8"));
  const targets = Object.values(exports).flatMap((target) => (typeof target === "string" ? [] : [target.default]));
  return compiledAs([...targets, ...Object.values(bin)], folder);
}

/** The files that targets of package.json name, of which some stand for several. */
async function compiledAs(targets: readonly string[], folder: string): Promise<string[]> {
  const compiled = await readdir(folder, { recursive: true });
  const entries = [...new Set(targets)].flatMap((target) => {
    const [before = "", after] = target.replace("./dist/", "").split("*");
    if (after === undefined) return [before];
    return compiled.filter((name) => {
      const inner = name.slice(before.length, -after.length);
      return name === before + inner + after && !inner.includes("/");
    });
  });
  return entries.map((name) => join(folder, name));
}
