import type { Mutant } from "./instrument.ts";
import type { Room } from "./rooms.ts";
import type { Verdict } from "./worker.ts";

export interface Tried {
  readonly room: Room;
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

export interface Counts {
  readonly room: Room;
  readonly mutants: number;
  /** Passed by no test. */
  readonly uncovered: number;
  /** Passed when a file is loaded, and so not switched. */
  readonly onLoad: number;
}

/** The share of the tried mutants that some test noticed, in percent. */
export function score(tried: readonly Tried[]): number {
  if (tried.length === 0) return 100;
  return (100 * tried.filter(({ verdict }) => verdict.outcome !== "survived").length) / tried.length;
}

/** One row per room, as Markdown. */
export function table(counts: readonly Counts[], tried: readonly Tried[]): string {
  const rows = counts.map(({ room, mutants, uncovered, onLoad }) => {
    const mine = tried.filter((one) => one.room === room);
    const of = (outcome: Verdict["outcome"]): number =>
      mine.filter(({ verdict }) => verdict.outcome === outcome).length;
    return [
      room.name,
      mutants,
      uncovered,
      onLoad,
      mine.length,
      of("killed"),
      of("timeout"),
      of("survived"),
      percent(mine),
    ];
  });
  const all = [
    "**all**",
    ...[1, 2, 3, 4, 5, 6, 7].map((i) => rows.reduce((sum, row) => sum + Number(row[i]), 0)),
    percent(tried),
  ];
  const head = ["room", "mutants", "no test passes", "at load", "tried", "killed", "hung", "survived", "score"];
  return [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows, all]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

function percent(tried: readonly Tried[]): string {
  return tried.length === 0 ? "–" : `${score(tried).toFixed(1)} %`;
}

/** `core/client/channel.ts:88  ConditionalExpression → false`, a line for each that no test noticed. */
export function survivors(tried: readonly Tried[]): string {
  return tried
    .filter(({ verdict }) => verdict.outcome === "survived")
    .map(({ mutant }) => `${mutant.file}:${mutant.line}  ${mutant.mutator} → ${mutant.replacement.slice(0, 100)}`)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .join("\n");
}
