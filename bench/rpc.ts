import { describeMachine, pinningPlan, versionOf } from "./machine.ts";
import type { Progress } from "./progress.ts";
import { findingsOf, questionOf } from "./question.ts";
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
  return {
    options,
    machine,
    versions: entries.flatMap(({ packages = [] }) => packages.map((name) => `${name} ${versionOf(name)}`)),
    pinned: cpus !== undefined,
    series: measured.series,
    footprints,
    failures: [...failures, ...measured.failures],
    findings: findingsOf("rpc"),
  };
}

export const question = questionOf({ name: "rpc", usage, parseOptions, measure, terminalReport, markdownReport });
