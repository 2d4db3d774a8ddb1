import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const bench = fileURLToPath(new URL(".", import.meta.url));

/** A file outside of this folder, with all that it imports, and its name in the output, without extension. */
export interface Foreign {
  readonly in: string;
  readonly out: string;
}

/**
 * Compiles the workers once instead of running them under tsx, which wraps every function a call creates
 * (`keepNames`) and adds a loader thread: neither is part of what is measured. Returns the folder of the output,
 * below `node_modules` so that bare imports still resolve.
 */
export async function bundle(entries: readonly string[], foreign: readonly Foreign[] = []): Promise<string> {
  const cache = `${root}node_modules/.cache/`;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${cache}bench-`);
  try {
    const options = {
      absWorkingDir: bench,
      outbase: bench,
      outdir: folder,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20.19",
      outExtension: { ".js": ".mjs" },
      logLevel: "error",
    } as const;
    await build({ ...options, entryPoints: [...entries], splitting: true, packages: "external" });
    if (foreign.length > 0) await build({ ...options, entryPoints: [...foreign] });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  } finally {
    await stop();
  }
  return folder;
}
