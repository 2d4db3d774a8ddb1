import type { Answer } from "./answer.ts";
import type { Life } from "./journal.ts";
import { type Pattern, patterns } from "./pattern.ts";

/** What was asked in one pattern, beside what was done. */
export interface Account {
  readonly pattern: Pattern;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly once: number;
  /** Not done. */
  readonly lost: number;
  /** Done more than once. */
  readonly doubled: number;
  /** The caller's error left open whether it was done. */
  readonly unknown: number;
  /** Of those, the ones that the journals show as done. */
  readonly unknownDone: number;
  /** What the pattern promises and did not keep; empty if all was kept. */
  readonly broken: readonly string[];
}

/** The journals of one instance, or of the consumer, which executes what it has subscribed to. */
export interface Register {
  readonly name: string;
  readonly lives: readonly Life[];
}

/** Compares what was asked, in the order of `patterns`, with what the journals say was done. */
export function compare(asked: readonly (readonly Answer[])[], records: readonly Register[]): Account[] {
  const done = new Map<string, Map<string, number>>(patterns.map(({ name }) => [name, new Map()]));
  for (const { name, lives } of records) {
    for (const { executions } of lives) {
      for (const { pattern, order } of executions) {
        const key = pattern === "multicast" ? `${order}@${name}` : order;
        const times = done.get(pattern);
        times?.set(key, (times.get(key) ?? 0) + 1);
      }
    }
  }
  return patterns.map((pattern, i) => settle(pattern, asked[i] ?? [], done.get(pattern.name) ?? new Map()));
}

function settle(pattern: Pattern, answers: readonly Answer[], done: ReadonlyMap<string, number>): Account {
  const times = ({ key }: Answer): number => done.get(key) ?? 0;
  const lost = answers.filter((answer) => times(answer) === 0);
  const doubled = answers.filter((answer) => times(answer) > 1);
  const unknown = answers.filter(({ outcome }) => outcome === "unknown");
  const failed = answers.filter(({ outcome }) => outcome === "failed");
  const unasked = [...done.keys()].filter(keysOtherThan(answers));
  const broken = [
    complaint("lost", pattern.loss === "never" ? lost : []),
    complaint(
      "answered, but not done",
      pattern.loss === "told" ? lost.filter(({ outcome }) => outcome === "done") : [],
    ),
    complaint("given up", pattern.loss === "never" ? answers.filter(({ outcome }) => outcome !== "done") : []),
    complaint(
      "refused, but done",
      answers.filter((answer) => answer.outcome === "refused" && times(answer) > 0),
    ),
    complaint("doubled", pattern.mayDouble ? [] : doubled),
    complaint("done, but never asked for", unasked),
    complaint(`failed (${failed[0]?.error})`, failed),
  ].filter((text) => text !== undefined);
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    pattern,
    calls: answers.length,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    once: answers.length - lost.length - doubled.length,
    lost: lost.length,
    doubled: doubled.length,
    unknown: unknown.length,
    unknownDone: unknown.filter((answer) => times(answer) > 0).length,
    broken,
  };
}

function keysOtherThan(answers: readonly Answer[]): (key: string) => boolean {
  const asked = new Set(answers.map(({ key }) => key));
  return (key) => !asked.has(key);
}

function complaint(what: string, which: readonly (Answer | string)[]): string | undefined {
  if (which.length === 0) return undefined;
  const keys = which.slice(0, 5).map((one) => (typeof one === "string" ? one : one.key));
  return `${which.length} ${what}: ${keys.join(", ")}${which.length > keys.length ? ", …" : ""}`;
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
