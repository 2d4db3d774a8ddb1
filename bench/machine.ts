import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, release, totalmem } from "node:os";

/** CPUs this process may use, in order; empty where Linux does not say. */
function allowedCpus(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return list.split(",").flatMap((part) => {
      const [first = 0, last = first] = part.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  } catch {
    return [];
  }
}

/** The CPU for the server and the one for the client; undefined where processes cannot be pinned. */
export function pinningPlan(): { readonly server: number; readonly client: number } | undefined {
  const [server, client] = allowedCpus();
  if (server === undefined || client === undefined) return undefined;
  if (spawnSync("taskset", ["-c", String(server), "true"]).status !== 0) return undefined;
  return { server, client };
}

/** Soft limit of open files, in files; undefined where the shell does not tell. */
export function openFilesLimit(): number | undefined {
  const said = spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).stdout?.trim();
  if (said === "unlimited") return Number.POSITIVE_INFINITY;
  return said && Number.isInteger(Number(said)) ? Number(said) : undefined;
}

export function describeMachine(): string {
  const [first, ...others] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0]?.toFixed(2);
  return `${others.length + 1} × ${first?.model.trim()}, ${gigabytes} GB, ${process.platform} ${release()}, \
Node ${process.versions.node} (V8 ${process.versions.v8}); load average at the start ${load}`;
}

/** The installed version of a package, which need not export its package.json. */
export function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")).version;
    } catch {}
  }
  return "not installed";
}
