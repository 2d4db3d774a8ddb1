import { describeMachine, openFilesLimit, pinningPlan, versionOf } from "./machine.ts";
import { NatsServer } from "./patterns/nats-server.ts";
import { type Options, parseOptions, usage } from "./patterns/options.ts";
import type { PairOptions } from "./patterns/pair.ts";
import { markdownReport, type Results, terminalReport } from "./patterns/report.ts";
import { type Failure, measurePattern, type Series } from "./patterns/rounds.ts";
import type { Progress } from "./progress.ts";
import { findingsOf, questionOf } from "./question.ts";
import { Workers } from "./workers.ts";

/*
 * How fast are oneways, streams and fan-out? The method is written in patterns/method.ts and printed above the results, in
 * RESULTS.md.
 */
/** Files a process has open besides its clients. */
const otherFiles = 100;

async function measure(asked: Options, progress: Progress): Promise<Results> {
  const machine = describeMachine();
  const cpus = pinningPlan();
  const leftOut: Failure[] = [];
  const failures: Failure[] = [];
  const series: Series[] = [];
  const limit = openFilesLimit();
  if (limit !== undefined && limit < asked.subscribers + otherFiles) {
    throw new Error(`needs \`ulimit -n ${asked.subscribers + otherFiles}\`, it is ${limit}`);
  }
  await using broker = asked.entries.some(({ needsNats }) => needsNats)
    ? await NatsServer.start(cpus?.server).catch((error: Error) => {
        for (const { name, needsNats } of asked.entries) if (needsNats) leftOut.push({ name, what: error.message });
        return undefined;
      })
    : undefined;
  const entries = asked.entries.filter(({ name }) => !leftOut.some((one) => one.name === name));
  const options = { ...asked, entries };
  const { profileFolder, subscribers } = options;
  const pairs: PairOptions = { cpus, subscribers, profileFolder, broker: broker?.address };

  progress.step("compiling");
  await using workers = await Workers.build([
    "patterns/worker-server.ts",
    "patterns/worker-client.ts",
    ...entries.map(({ name }) => `patterns/contenders/${name}.ts`),
  ]);
  for (const pattern of options.patterns) {
    const measured = await measurePattern(workers, pattern, { options, pairs, progress });
    series.push(...measured.series);
    failures.push(...measured.failures);
  }
  return {
    options,
    machine,
    versions: entries.flatMap(({ packages = [] }) => packages.map((name) => `${name} ${versionOf(name)}`)),
    pinned: cpus !== undefined,
    series,
    failures,
    leftOut,
    findings: findingsOf("patterns"),
  };
}

export const question = questionOf({ name: "patterns", usage, parseOptions, measure, terminalReport, markdownReport });
