import { markdownTable, plainTable, type Row } from "../table.ts";
import { contenders } from "./contender.ts";
import type { Footprint } from "./footprint.ts";
import { type Goal, judge } from "./goals.ts";
import { method } from "./method.ts";
import type { Options } from "./options.ts";
import type { Failure, Series } from "./rounds.ts";

export interface Results {
  readonly options: Options;
  readonly machine: string;
  readonly versions: readonly string[];
  readonly pinned: boolean;
  readonly series: readonly Series[];
  readonly footprints: readonly Footprint[];
  readonly failures: readonly Failure[];
  /** Markdown written by hand: what bounds a missed goal, and what was tried. */
  readonly findings: string | undefined;
}

const missing = "–";
const count = (value: number) => Math.round(value).toLocaleString("en");
const ratio = (value: number | undefined) => (value === undefined ? missing : value.toFixed(2));

function seriesRows(series: readonly Series[], concurrency: number): Row[] {
  const here = series.filter((one) => one.concurrency === concurrency);
  const base = here.find(({ name }) => name === contenders[0]?.name);
  const head = [
    "contender",
    "calls/s",
    "× raw",
    "p50 ms",
    "× raw",
    "p99 ms",
    "× raw",
    "server s/100k",
    "client s/100k",
    "spread",
  ];
  const over = (one: Series, pick: (series: Series) => number) =>
    ratio(base === undefined ? undefined : pick(one) / pick(base));
  const body = here.map((one) => [
    one.name,
    count(one.callsPerSecond),
    over(one, ({ callsPerSecond }) => callsPerSecond),
    one.p50Ms.toFixed(4),
    over(one, ({ p50Ms }) => p50Ms),
    one.p99Ms.toFixed(4),
    over(one, ({ p99Ms }) => p99Ms),
    one.serverCpu?.toFixed(2) ?? missing,
    one.clientCpu.toFixed(2),
    `${Math.round(one.spread * 100)} %`,
  ]);
  return [head, ...body];
}

function footprintRows(footprints: readonly Footprint[]): Row[] {
  const head = ["bytes each", "", "server RSS", "V8's", "client RSS", "V8's"];
  const body = footprints.map(({ name, what, count: many, server, client }) => [
    name,
    `${what}, of ${count(many)}`,
    count(server.rssBytes),
    count(server.usedBytes),
    count(client.rssBytes),
    count(client.usedBytes),
  ]);
  return [head, ...body];
}

function goalRows(goals: readonly Goal[]): Row[] {
  const verdict = ({ found, met }: Goal) => (found === undefined ? "not measured" : met ? "met" : "MISSED");
  return [["goal", "found", ""], ...goals.map((goal) => [goal.text, goal.found ?? missing, verdict(goal)])];
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

function sections({ options, series, footprints }: Results): Section[] {
  const all = [
    ...options.concurrencies.map((concurrency) => ({
      title: `Concurrency ${concurrency}`,
      rows: seriesRows(series, concurrency),
    })),
    { title: "Memory", rows: footprintRows(footprints) },
    { title: "Goals", rows: goalRows(judge(series)) },
  ];
  return all.filter(({ rows }) => rows.length > 1);
}

export function terminalReport(results: Results): string {
  const failures = results.failures.map(({ name, what }) => `FAILED ${name}: ${what}`);
  const parts = sections(results).map(({ title, rows }) => `${title}\n\n${plainTable(rows)}`);
  return ["", results.machine, ...parts, ...failures, ""].join("\n\n");
}

export function markdownReport(results: Results): string {
  const { options, pinned, versions, machine, failures, findings } = results;
  const failed = failures.map(({ name, what }) => `- **failed**: ${name}, ${what.split("\n")[0]}`).join("\n");
  return [
    "# How fast is a call?",
    "Written by `npm run bench -- rpc`; do not edit by hand.",
    method,
    `This run: ${options.rounds} rounds of ${options.seconds} s after a warm-up of ${options.warmUpSeconds.toFixed(1)} s; \
${pinned ? "server and client pinned to one CPU each" : "processes not pinned (no `taskset`, or one CPU)"}.`,
    `Machine: ${machine}.`,
    `Versions: ${versions.join(", ")}.`,
    failed,
    ...sections(results).flatMap(({ title, rows }) => [`## ${title}`, markdownTable(rows)]),
    findings ?? "",
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}
