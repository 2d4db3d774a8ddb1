import type { Change, ChangeKind } from "./outcome.ts";

/** What to do instead of a change that breaks. */
const remedies: Readonly<Record<ChangeKind, string>> = {
  service: "keep the name, or serve both",
  version: "serve both versions until no old peer is left",
  group: "keep the group, or serve both",
  "operation added": "deploy servers first",
  "operation removed": "keep it until no old peer calls it",
  "operation reshaped": "add another method beside it",
  throws: "old callers get it as an RpcError",
  idempotent: "each side goes by its own contract",
  http: "keep the path as one of additionalBindings",
  "message reshaped": "add the new value as an optional field of the struct, or add another method",
  "type renamed": "keep the name",
  "type version": "keep the id until both sides can change at once",
  "field added": "add it last, as t.optional or t.default",
  "field removed":
    "make it t.optional or t.default first, remove it when no old peer is left, and pin the others' numbers",
  "field renamed": "keep the name, or add the new one as t.optional beside it",
  "field made transient": "make it t.optional or t.default first, and pin the others' numbers",
  "field made carried": "add it last, as t.optional or t.default",
  presence: "keep it as it is, or add another field beside it",
  default: "nothing: each reader has its own",
  type: "keep the type, and add another field beside it",
  layout: "keep the order, and pin the numbers with t.field",
  "member added": "add it last; deploy readers first",
  "member removed": "keep it, and stop writing it",
  "member renamed": "keep the name",
};

const BOTH_TYPES = "keep the writer's schema with the bytes, and read them by both types";
/** What any order and any numbers fit, once the writer's type is known. */
const cured: readonly ChangeKind[] = ["field added", "field removed", "field made transient", "field made carried"];

/** What a reader of bytes whose writer it does not know needs, for a change that peers get along with. */
export function remedyForStored(change: Change): string {
  return cured.includes(change.kind) && !change.what.includes("before others") ? BOTH_TYPES : change.remedy;
}

export function remedyOf(kind: ChangeKind, what: string): string {
  if (kind === "layout" && what.includes("members")) return "keep the order, or write the numbers down";
  return remedies[kind];
}
