import { worstFor } from "../evolution/compare.ts";
import type { Change, ChangeKind, Outcome, Verdict } from "../evolution/outcome.ts";
import { remedyForStored } from "../evolution/remedy.ts";

/** Whose reading counts: that of Trunkline peers, or that of stored bytes and of peers of other makes too. */
export type Peers = "negotiated" | "any";

export interface Report {
  readonly title: { readonly old: string; readonly new: string };
  readonly changes: readonly Change[];
  readonly codecs: readonly string[];
  readonly peers: Peers;
  /** Whether what fits is listed too. */
  readonly all: boolean;
}

const words: Readonly<Record<Outcome, string>> = {
  ok: "fit",
  partly: "refuse some values",
  refused: "refuse",
  blank: "read blanks",
  garbled: "misread",
};
/** Changes of what is called, rather than of what is read. */
const calls: readonly ChangeKind[] = ["service", "version", "group", "operation removed", "operation reshaped"];
const legend: Readonly<Partial<Record<Outcome, string>>> = {
  partly: "an error with the field's path, for values that the reader's version cannot say",
  refused: "an error with the field's path, for every value; between peers the client cannot connect to the service",
  blank: "no error: zero or nothing stands where a value was, or where nobody wrote one",
  garbled: "no error, and another value than was written",
};

/** Whether a change breaks anything in any codec that was looked at. */
export function breaks(change: Change, peers: Peers): boolean {
  return Object.values(change.verdicts).some((verdicts) => isBroken(worstFor(verdicts, peers)));
}

function isBroken({ toOld, toNew }: Verdict): boolean {
  return toOld.outcome !== "ok" || toNew.outcome !== "ok";
}

/** What breaks, in groups of codecs to which the same happens, one line for each change. */
export function report({ title, changes, codecs, peers, all }: Report): string {
  const broken = changes.filter((change) => breaks(change, peers));
  const fitting = changes.filter((change) => !broken.includes(change));
  const head = title.old === title.new ? title.old : `${title.old} → ${title.new}`;
  if (changes.length === 0) return `${head}: nothing differs\n`;
  const groups = [
    ...grouped(broken, codecs, "negotiated", "Trunkline peers: "),
    ...(peers === "any" ? grouped(broken, codecs, "stored", "Stored bytes and other peers: ") : []),
  ];
  const sections = groups.map(({ heading, lines }) => [heading, ...aligned(lines)].join("\n"));
  if (all && fitting.length > 0)
    sections.push(["Fits", ...aligned(fitting.map(({ path, what }) => [path, what]))].join("\n"));
  const met = new Set(groups.flatMap((group) => group.outcomes));
  const told = Object.entries(legend).filter(([outcome]) => met.has(outcome as Outcome));
  if (told.length > 0)
    sections.push(["Words", ...aligned(told.map(([outcome, text]) => [words[outcome as Outcome], text]))].join("\n"));
  return `${[`${head}: ${summary(broken.length, fitting.length, all)}`, ...sections].join("\n\n")}\n`;
}

function summary(broken: number, fitting: number, all: boolean): string {
  const changes = (count: number): string => `${count} ${count === 1 ? "change" : "changes"}`;
  if (broken === 0)
    return `nothing breaks; ${changes(fitting)} fit${fitting === 1 ? "s" : ""}${all ? "" : " (--all lists them)"}`;
  const rest =
    fitting === 0 ? "" : `; ${changes(fitting)} fit${fitting === 1 ? "s" : ""}${all ? "" : " (--all lists them)"}`;
  return `${changes(broken)} break${broken === 1 ? "s" : ""} something${rest}`;
}

interface Group {
  readonly heading: string;
  readonly lines: readonly (readonly string[])[];
  readonly outcomes: readonly Outcome[];
}

function grouped(
  changes: readonly Change[],
  codecs: readonly string[],
  setting: "negotiated" | "stored",
  heading: string,
): Group[] {
  const byText = new Map<string, { codecs: string[]; lines: string[][]; outcomes: Outcome[] }>();
  for (const codec of codecs) {
    const lines: string[][] = [];
    const outcomes: Outcome[] = [];
    for (const change of changes) {
      const { path, what, verdicts } = change;
      const verdict = verdicts[codec]?.[setting];
      if (verdict === undefined || !isBroken(verdict)) continue;
      const storedOnly = setting === "stored" && !isBroken(verdicts[codec]?.negotiated ?? verdict);
      const remedy = storedOnly ? remedyForStored(change) : change.remedy;
      lines.push([path, what, consequence(change, verdict), `→ ${remedy}`]);
      outcomes.push(verdict.toOld.outcome, verdict.toNew.outcome);
    }
    if (lines.length === 0) continue;
    const text = JSON.stringify(lines);
    const group = byText.get(text) ?? { codecs: [], lines, outcomes };
    group.codecs.push(codec);
    byText.set(text, group);
  }
  return [...byText.values()].map((group) => ({
    ...group,
    heading: heading + group.codecs.join(", "),
  }));
}

/** Who suffers, and how. */
function consequence({ kind }: Change, { toOld, toNew }: Verdict): string {
  if (calls.includes(kind)) {
    const [older, newer] = [toNew, toOld].map(({ outcome }) => outcome !== "ok");
    return `${older && newer ? "old and new" : older ? "old" : "new"} callers are refused`;
  }
  if (toOld.outcome === toNew.outcome) return `old and new readers ${words[toOld.outcome]}`;
  const parts = [
    ...(toOld.outcome === "ok" ? [] : [`old readers ${words[toOld.outcome]}`]),
    ...(toNew.outcome === "ok" ? [] : [`new readers ${words[toNew.outcome]}`]),
  ];
  return parts.join(", ");
}

/** Lines in columns, two spaces apart. */
function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines.map((line) => `  ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd());
}
