import { markdownTable, plainTable, type Row } from "../table.ts";
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
  readonly failures: readonly Failure[];
}

const missing = "–";
const ms = (value: number) => value.toFixed(1);

function seriesRows(series: readonly Series[]): Row[] {
  const head = [
    "contender",
    "import ms",
    "connect ms",
    "call ms",
    "sum ms",
    "CPU ms",
    "RSS MB",
    "files",
    "kB",
    "spread",
  ];
  const body = series.map((one) => [
    one.name,
    ms(one.loadMs),
    ms(one.connectMs),
    ms(one.callMs),
    ms(one.totalMs),
    ms(one.cpuMs),
    (one.rssBytes / 2 ** 20).toFixed(1),
    String(one.sources.files),
    (one.sources.characters / 1000).toFixed(0),
    `${Math.round(one.spread * 100)} %`,
  ]);
  return [head, ...body];
}

function goalRows(goals: readonly Goal[]): Row[] {
  const verdict = ({ found, met }: Goal) => (found === undefined ? "not measured" : met ? "met" : "MISSED");
  return [["goal", "found", ""], ...goals.map((goal) => [goal.text, goal.found ?? missing, verdict(goal)])];
}

export function terminalReport({ machine, series, failures }: Results): string {
  const failed = failures.map(({ name, what }) => `FAILED ${name}: ${what}`);
  return ["", machine, plainTable(seriesRows(series)), plainTable(goalRows(judge(series))), ...failed, ""].join("\n\n");
}

export function markdownReport({ options, machine, versions, pinned, series, failures }: Results): string {
  return [
    "# How long until the first answer?",
    "Written by `npm run bench -- startup`; do not edit by hand.",
    method,
    `This run: ${options.rounds} rounds; \
${pinned ? "server and client pinned to one CPU each" : "processes not pinned (no `taskset`, or one CPU)"}.`,
    `Machine: ${machine}.`,
    `Versions: ${versions.join(", ")}.`,
    failures.map(({ name, what }) => `- **failed**: ${name}, ${what.split("\n")[0]}`).join("\n"),
    "## Start",
    markdownTable(seriesRows(series)),
    "## Goals",
    markdownTable(goalRows(judge(series))),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}
