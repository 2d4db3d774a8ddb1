import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./project.ts";
import { runOk } from "./run.ts";

/** The script `tsc` of a release of TypeScript, fetched once: as dependencies of ours several would fight for the one name. */
export async function compilerOf(version: string): Promise<string> {
  const home = join(root, "node_modules/.cache/trunkline-typescript", version);
  if (!existsSync(home)) {
    const partial = `${home}.${process.pid}`;
    await mkdir(partial, { recursive: true });
    await runOk("npm", ["install", "--prefix", partial, "--no-audit", "--no-fund", `typescript@${version}`], {
      cwd: root,
    });
    await rename(partial, home).catch(() => rm(partial, { recursive: true }));
  }
  return join(home, "node_modules/typescript/bin/tsc");
}
