import { markdownTable, plainTable, type Row } from "../table.ts";
import { reference } from "./contender.ts";
import { compare, type Goal, judge, nanoseconds, type Part, reaches, rivalries } from "./goals.ts";
import { method } from "./method.ts";
import type { Options } from "./options.ts";
import type { Payload } from "./payloads.ts";
import type { Measured, Outcome, Side, Unmeasured } from "./rounds.ts";

export interface Results extends Outcome {
  readonly options: Options;
  readonly machine: string;
  readonly versions: readonly string[];
  /** Markdown written by hand: what bounds a missed goal, and what was tried. */
  readonly findings: string | undefined;
}

const missing = "–";
const count = (value: number | undefined) => (value === undefined ? missing : Math.round(value).toLocaleString("en"));
const ratio = (value: number | undefined) => (value === undefined ? missing : value.toFixed(2));

function payloadRows(measured: readonly Measured[], payload: Payload): Row[] {
  const here = measured.filter((one) => one.payload === payload.name);
  const base = here.find(({ contender }) => contender === reference);
  const over = (one: Measured, part: Part) => {
    const [own, its] = [nanoseconds(one, part), base && nanoseconds(base, part)];
    return ratio(own === undefined || its === undefined ? undefined : own / its);
  };
  const spread = ({ encode, decode }: Measured) => Math.max(encode?.spread ?? 0, decode.spread);
  const head = [
    "contender",
    "bytes",
    "gzip",
    "encode ns",
    "× JSON",
    "decode ns",
    "× JSON",
    "both × JSON",
    "encode allocates",
    "decode allocates",
    "spread",
  ];
  const body = here.map((one) => [
    one.contender,
    count(one.bytes),
    count(one.gzipBytes),
    count(one.encode?.nanoseconds),
    over(one, "encode"),
    count(one.decode.nanoseconds),
    over(one, "decode"),
    over(one, "both"),
    count(one.encode?.allocatedBytes),
    count(one.decode.allocatedBytes),
    `${Math.round(spread(one) * 100)} %`,
  ]);
  return [head, ...body];
}

function comparisonRows({ measured, options }: Results): Row[] {
  const head = ["value", "ours", "the other", "encode", "decode", "both", "goal", ""];
  const body = options.payloads.flatMap(({ name }) =>
    rivalries.flatMap((rivalry) => {
      const found = compare(measured, name, rivalry);
      if (found === undefined) return [];
      const { ours, rival, times, target, parts } = found;
      const goal = `${parts.join(", ")} ≥ ${target} ×`;
      return [
        [
          name,
          ours,
          rival,
          ratio(times.encode),
          ratio(times.decode),
          ratio(times.both),
          goal,
          reaches(found) ? "reached" : "below",
        ],
      ];
    }),
  );
  return [head, ...body];
}

function goalRows(goals: readonly Goal[]): Row[] {
  const verdict = ({ found, met }: Goal) => (found === undefined ? "not measured" : met ? "met" : "MISSED");
  const known = goals.some(({ found }) => found !== undefined) ? goals : [];
  return [
    ["goal", "found", ""],
    ...known.map((goal) => [goal.text, goal.found === undefined ? missing : `${ratio(goal.found)} ×`, verdict(goal)]),
  ];
}

const reasons: Readonly<Record<Unmeasured["why"], string>> = {
  lost: "loses something, not timed",
  refused: "cannot carry it",
  failed: "FAILED",
};

function unmeasuredLines({ unmeasured }: Outcome): string[] {
  return unmeasured.map(
    ({ contender, payload, why, what }) => `${contender}, ${payload}: ${reasons[why]}: ${what.split("\n")[0]}`,
  );
}

interface Section {
  readonly title: string;
  readonly about?: string;
  readonly rows: readonly Row[];
}

function sections(results: Results): Section[] {
  const { measured, options } = results;
  const all: Section[] = [
    ...options.payloads.map((payload) => ({
      title: payload.name,
      about: payload.about,
      rows: payloadRows(measured, payload),
    })),
    { title: "How many times as fast as the other", rows: comparisonRows(results) },
    { title: "Goals", rows: goalRows(judge(measured)) },
  ];
  return all.filter(({ rows }) => rows.length > 1);
}

export function terminalReport(results: Results): string {
  const parts = sections(results).map(
    ({ title, about, rows }) => `${about === undefined ? title : `${title}: ${about}`}\n\n${plainTable(rows)}`,
  );
  return ["", results.machine, ...parts, ...unmeasuredLines(results), ""].join("\n\n");
}

export function markdownReport(results: Results, chart: string): string {
  const { options, versions, machine, findings } = results;
  const left = unmeasuredLines(results).map((line) => `- ${line}`);
  return [
    "# How fast is a codec, and how small?",
    "Written by `npm run bench -- codecs`; do not edit by hand.",
    method,
    `This run: ${options.rounds} rounds of ${options.seconds} s for each direction, after a warm-up of ${options.warmUpSeconds} s.`,
    `Machine: ${machine}.`,
    `Versions: ${versions.join(", ")}.`,
    `![Time to encode and decode each value, by contender](${chart})`,
    ...sections(results).flatMap(({ title, about, rows }) => [
      `## ${title}`,
      about === undefined ? "" : `${capital(about)}.`,
      markdownTable(rows),
    ]),
    left.length === 0 ? "" : `## Not measured\n\n${left.join("\n")}`,
    findings ?? "",
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** For programs. Times are nanoseconds for one value. */
export function jsonReport(results: Results): string {
  const { options, machine, versions, measured, unmeasured } = results;
  const side = (one: Side | undefined) => one ?? null;
  const report = {
    question: "codecs",
    machine,
    versions,
    rounds: options.rounds,
    seconds: options.seconds,
    payloads: options.payloads.map(({ name, about }) => ({ name, about })),
    measured: measured.map((one) => ({ ...one, encode: side(one.encode) })),
    unmeasured,
    goals: judge(measured).map(({ text, found, met }) => ({ text, found: found ?? null, met })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
