import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../build/bundle.ts";
import { describeMachine, pinningPlan, versionOf } from "./machine.ts";
import type { Progress } from "./progress.ts";
import { questionOf } from "./question.ts";
import { type Options, parseOptions, usage } from "./startup/options.ts";
import { markdownReport, type Results, terminalReport } from "./startup/report.ts";
import { measureRounds } from "./startup/rounds.ts";
import { Workers } from "./workers.ts";

/*
 * What does a client cost before its first answer? The method is written in startup/method.ts and printed above the results,
 * in RESULTS.md.
 */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What `npm run build` makes of the sources, but in a folder of its own, below `node_modules` so that bare imports resolve. */
async function build(): Promise<{ readonly dist: string; [Symbol.dispose](): void }> {
  const cache = here("../node_modules/.cache/");
  mkdirSync(cache, { recursive: true });
  const dist = mkdtempSync(`${cache}startup-`);
  const built = spawnSync(
    process.execPath,
    [here("../node_modules/typescript/bin/tsc"), "-p", here("../tsconfig.build.json"), "--outDir", dist],
    { encoding: "utf8" },
  );
  const dispose = () => rmSync(dist, { recursive: true, force: true });
  if (built.status !== 0) {
    dispose();
    throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  }
  await bundle(dist);
  writeFileSync(`${dist}/package.json`, '{ "type": "module" }');
  return { dist, [Symbol.dispose]: dispose };
}

async function measure(options: Options, progress: Progress): Promise<Results> {
  const machine = describeMachine();
  const cpus = pinningPlan();
  progress.step("compiling");
  await using workers = await Workers.build([
    "startup/worker-program.ts",
    "rpc/worker-server.ts",
    ...options.entries.map(({ server }) => `rpc/contenders/${server}.ts`),
    ...options.entries.map(({ name }) => `startup/clients/${name}.ts`),
  ]);
  using own = options.dist === undefined ? await build() : undefined;
  const dist = own?.dist ?? resolve(options.dist ?? "");
  const { series, failures } = await measureRounds(workers, { options, dist, cpus, progress });
  return {
    options,
    machine,
    versions: options.entries.flatMap(({ packages = [] }) => packages.map((name) => `${name} ${versionOf(name)}`)),
    pinned: cpus !== undefined,
    series,
    failures,
  };
}

export const question = questionOf({ name: "startup", usage, parseOptions, measure, terminalReport, markdownReport });
