/**
 * What a reader makes of what a writer of another version wrote, from the best to the worst:
 * - `ok`: what was written; what only the reader's version has is absent or its default;
 * - `partly`: some values are refused, by an error with the field's path: those that the reader's version cannot say;
 * - `refused`: every message is refused;
 * - `blank`: read without an error as zero or absent, which nobody wrote;
 * - `garbled`: read without an error as something else than was written.
 */
export type Outcome = (typeof outcomes)[number];

export const outcomes = ["ok", "partly", "refused", "blank", "garbled"] as const;

export interface Finding {
  readonly outcome: Outcome;
  /** The message of an error that the reader met. */
  readonly error?: string;
}

export const OK: Finding = Object.freeze({ outcome: "ok" });

export function worse(a: Finding, b: Finding): Finding {
  return outcomes.indexOf(b.outcome) > outcomes.indexOf(a.outcome) ? b : a;
}

/** What happens while both versions are about. */
export interface Verdict {
  /** New writers, old readers. */
  readonly toOld: Finding;
  /** Old writers, new readers. */
  readonly toNew: Finding;
}

/** Who reads. */
export interface Verdicts {
  /** Trunkline peers: they tell one another their contracts, and each codec reads by both. */
  readonly negotiated: Verdict;
  /** Readers that know their own version alone: stored bytes, and peers of other makes. */
  readonly stored: Verdict;
}

/** One difference between two versions of a contract. */
export interface Change {
  /** `shop.Order.note`, `shop.Orders.place`. */
  readonly path: string;
  readonly kind: ChangeKind;
  /** In words: `optional field removed`. */
  readonly what: string;
  /** What to do instead, where it breaks. */
  readonly remedy: string;
  /** By the name of the codec; without those that can carry neither version. */
  readonly verdicts: Readonly<Record<string, Verdicts>>;
}

export type ChangeKind =
  | "service"
  | "version"
  | "group"
  | "operation added"
  | "operation removed"
  | "operation reshaped"
  | "throws"
  | "idempotent"
  | "http"
  | "message reshaped"
  | "type renamed"
  | "type version"
  | "field added"
  | "field removed"
  | "field renamed"
  | "field made transient"
  | "field made carried"
  | "presence"
  | "default"
  | "type"
  | "layout"
  | "member added"
  | "member removed"
  | "member renamed";
