import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const bench = fileURLToPath(new URL(".", import.meta.url));

/**
 * Compiles the workers once instead of running them under tsx, which wraps every function a call creates
 * (`keepNames`) and adds a loader thread: neither is part of what is measured. Returns the folder of the output,
 * below `node_modules` so that bare imports still resolve.
 */
export async function bundle(entries: readonly string[]): Promise<string> {
  const cache = `${root}node_modules/.cache/`;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${cache}bench-`);
  try {
    await build({
      absWorkingDir: bench,
      entryPoints: [...entries],
      outbase: bench,
      outdir: folder,
      bundle: true,
      splitting: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20.19",
      outExtension: { ".js": ".mjs" },
      logLevel: "error",
    });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  } finally {
    await stop();
  }
  return folder;
}
