import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine, pinningPlan, versionOf } from "./machine.ts";
import { Progress } from "./progress.ts";
import { writePart } from "./results.ts";
import type { Entry } from "./rpc/contender.ts";
import { type Footprint, idleConnections, pendingCalls } from "./rpc/footprint.ts";
import { type Options, parseOptions, usage } from "./rpc/options.ts";
import { Pair, type PairOptions } from "./rpc/pair.ts";
import { markdownReport, type Results, terminalReport } from "./rpc/report.ts";
import { type Failure, measureRounds } from "./rpc/rounds.ts";
import { Workers } from "./workers.ts";

/*
 * How fast is a call? The method is written in rpc/method.ts and printed above the results, in RESULTS.md.
 */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

async function measure(options: Options, progress: Progress): Promise<Results> {
  const { entries, footprint, profileFolder } = options;
  const machine = describeMachine();
  const cpus = pinningPlan();
  const pairOptions: PairOptions = { cpus, profileFolder };
  const failures: Failure[] = [];
  const footprints: Footprint[] = [];
  const attempt = async (entry: Entry, what: string, run: () => Promise<void>) => {
    progress.step(`${what}: ${entry.name}`);
    await run().catch((error: Error) => failures.push({ name: entry.name, what: `${what}: ${error.message}` }));
  };

  progress.step("compiling");
  await using workers = await Workers.build([
    "rpc/worker-server.ts",
    "rpc/worker-client.ts",
    ...entries.map(({ name }) => `rpc/contenders/${name}.ts`),
  ]);
  const pairs: Pair[] = [];
  for (const entry of entries) {
    await attempt(entry, "start", async () => void pairs.push(await Pair.start(workers, entry, pairOptions)));
  }
  const measured = await measureRounds(pairs, options, progress);
  await Promise.all(pairs.map((pair) => pair.stop()));

  for (const entry of footprint === undefined ? [] : entries.filter((one) => one.footprint)) {
    const { connections = 0, pendingCalls: calls = 0 } = footprint ?? {};
    await attempt(entry, "memory of idle connections", async () => {
      footprints.push(await idleConnections(workers, entry, { cpus }, connections));
    });
    await attempt(entry, "memory of pending calls", async () => {
      footprints.push(await pendingCalls(workers, entry, { cpus }, calls));
    });
  }
  footprints.sort((a, b) => a.what.localeCompare(b.what));
  const findings = here("./rpc/findings.md");
  return {
    options,
    machine,
    versions: entries.flatMap(({ packages = [] }) => packages.map((name) => `${name} ${versionOf(name)}`)),
    pinned: cpus !== undefined,
    series: measured.series,
    footprints,
    failures: [...failures, ...measured.failures],
    findings: existsSync(findings) ? readFileSync(findings, "utf8").trim() : undefined,
  };
}

export const question = {
  usage,
  async run(args: readonly string[]): Promise<number> {
    let options: Options;
    try {
      options = parseOptions(args, here("./RESULTS.md"));
    } catch (error) {
      console.error((error as Error).message);
      return 2;
    }
    if (options.profileFolder !== undefined) mkdirSync(options.profileFolder, { recursive: true });
    const progress = new Progress();
    const results = await measure(options, progress);
    progress.done();
    console.log(terminalReport(results));
    if (options.out !== undefined) {
      const out = resolve(options.out);
      writePart(out, "rpc", markdownReport(results));
      console.log(`written to ${out}`);
    }
    return results.failures.length === 0 ? 0 : 1;
  },
};
