import { markdownTable, plainTable, type Row } from "../table.ts";
import { contenders } from "./contender.ts";
import { type Goal, judge } from "./goals.ts";
import { method } from "./method.ts";
import type { Options } from "./options.ts";
import { type Pattern, titleOf } from "./pattern.ts";
import type { Failure, Series } from "./rounds.ts";

export interface Results {
  readonly options: Options;
  readonly machine: string;
  readonly versions: readonly string[];
  readonly pinned: boolean;
  readonly series: readonly Series[];
  readonly failures: readonly Failure[];
  /** Who could not be measured on this machine, and why. */
  readonly leftOut: readonly Failure[];
  /** Markdown written by hand: what bounds a missed goal, and what was tried. */
  readonly findings: string | undefined;
}

const missing = "–";
const count = (value: number) => Math.round(value).toLocaleString("en");

function seriesRows(series: readonly Series[], { name, unit }: Pattern): Row[] {
  const here = series.filter(({ pattern }) => pattern === name);
  const base = here.find((one) => one.name === contenders[0]?.name);
  const own = here.some(({ ownPerSecond }) => ownPerSecond !== undefined);
  const head = ["contender", `${unit}/s`, "× raw", ...(own ? ["caller alone"] : []), "server s/100k", "client s/100k"];
  const body = here.map((one) => [
    one.name,
    count(one.perSecond),
    base === undefined ? missing : (one.perSecond / base.perSecond).toFixed(2),
    ...(own ? [one.ownPerSecond === undefined ? missing : count(one.ownPerSecond)] : []),
    one.serverCpu.toFixed(3),
    one.clientCpu.toFixed(3),
    `${Math.round(one.spread * 100)} %`,
  ]);
  return [[...head, "spread"], ...body];
}

function goalRows(goals: readonly Goal[]): Row[] {
  const verdict = ({ found, met }: Goal) => (found === undefined ? "not measured" : met ? "met" : "MISSED");
  return [["goal", "found", ""], ...goals.map((goal) => [goal.text, goal.found ?? missing, verdict(goal)])];
}

function sections({ options, series }: Results): { readonly title: string; readonly rows: readonly Row[] }[] {
  const all = [
    ...options.patterns.map((pattern) => ({
      title: titleOf(pattern, options.subscribers),
      rows: seriesRows(series, pattern),
    })),
    { title: "Goals", rows: goalRows(judge(series, options.subscribers)) },
  ];
  return all.filter(({ rows }) => rows.length > 1);
}

const firstLine = (text: string) => text.split("\n")[0];

export function terminalReport(results: Results): string {
  const failures = results.failures.map(({ name, what }) => `FAILED ${name}: ${what}`);
  const leftOut = results.leftOut.map(({ name, what }) => `LEFT OUT ${name}: ${what}`);
  const parts = sections(results).map(({ title, rows }) => `${title}\n\n${plainTable(rows)}`);
  return ["", results.machine, ...parts, ...leftOut, ...failures, ""].join("\n\n");
}

export function markdownReport(results: Results): string {
  const { options, pinned, versions, machine, findings } = results;
  const absent = [
    ...results.leftOut.map(({ name, what }) => `- **left out**: ${name}, ${firstLine(what)}`),
    ...results.failures.map(({ name, what }) => `- **failed**: ${name}, ${firstLine(what)}`),
  ];
  return [
    "# How fast are the other patterns?",
    "Written by `npm run bench -- patterns`; do not edit by hand.",
    method,
    `This run: ${options.rounds} rounds of ${options.seconds} s after a warm-up of ${options.warmUpSeconds.toFixed(1)} s; \
${pinned ? "server and client pinned to one CPU each" : "processes not pinned (no `taskset`, or one CPU)"}.`,
    `Machine: ${machine}.`,
    `Versions: ${versions.join(", ")}.`,
    absent.join("\n"),
    ...sections(results).flatMap(({ title, rows }) => [`## ${title}`, markdownTable(rows)]),
    findings ?? "",
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}
