import type { Codec } from "../core/codec.ts";
import { callShape } from "../core/contract/call-shape.ts";
import type { ContractDescriptor } from "../core/contract/contract.ts";
import type { StructType } from "../core/type/type.ts";
import { type Edit, editsOf } from "./edits.ts";
import { around, linker, type Named, type NamedTypes } from "./linked.ts";
import { operationChanges } from "./operations.ts";
import { type Change, type Finding, type Verdict, type Verdicts, worse } from "./outcome.ts";
import { messagesOf, namedIn, namedTypes, type Pair, Pairs } from "./pairs.ts";
import { type Trial, tryOut } from "./probe.ts";
import { remedyOf } from "./remedy.ts";

/**
 * What differs between two versions of a contract, and what each codec makes of it. No rule of a codec stands here:
 * each difference is tried out alone, with the codec itself and sample values of both versions.
 */
export function compareContracts(
  old: ContractDescriptor,
  next: ContractDescriptor,
  codecs: readonly Codec[],
): readonly Change[] {
  const changes: Change[] = operationChanges(old, next).map(({ verdicts, ...change }) =>
    changeOf(change, new Map(codecs.map(({ name }) => [name, verdicts]))),
  );
  const pairs = new Pairs();
  for (const method of old.operations) {
    const other = next.operations.find((one) => one.name === method.name);
    if (other === undefined || callShape(method) !== callShape(other)) continue;
    for (const { reshaped, path, ...message } of messagesOf(old.name, method, other)) {
      if (reshaped === undefined) pairs.message(message.old, message.new, path);
      else {
        const about = message.old.fields.map(({ name }) => name);
        const verdicts = tryAll(codecs, [{ ...message, focus: [], about }]);
        changes.push(
          changeOf({ path: `${old.name}.${method.name}`, kind: "message reshaped", what: reshaped }, verdicts),
        );
      }
    }
  }
  return [...changes, ...typeChanges(pairs, { old: namedTypes(old), new: namedTypes(next) }, codecs)];
}

/** The same for types that no contract uses: those that both versions have, each as if it were stored for itself. */
export function compareTypes(
  old: readonly Named[],
  next: readonly Named[],
  codecs: readonly Codec[],
): readonly Change[] {
  const pairs = new Pairs();
  for (const type of old) {
    const other = next.find(({ name, kind }) => name === type.name && kind === type.kind);
    if (other !== undefined) pairs.type(type, other);
  }
  return typeChanges(pairs, { old: namedIn(old), new: namedIn(next) }, codecs);
}

function typeChanges(pairs: Pairs, sides: { old: NamedTypes; new: NamedTypes }, codecs: readonly Codec[]): Change[] {
  const changes = new Map<string, Change>();
  for (const pair of pairs.all) {
    for (const edit of editsOf(pair.old, pair.new, pair.path)) {
      const change = changeOf(edit, tryAll(codecs, trialsOf(edit, pair, sides)));
      const key = JSON.stringify([edit.path, edit.what]);
      const known = changes.get(key);
      // A topic's value stands in two messages.
      changes.set(key, known === undefined ? change : merged(known, change));
    }
  }
  return [...changes.values()];
}

function merged(a: Change, b: Change): Change {
  const verdicts = Object.entries(b.verdicts).map(([codec, found]) => {
    const known = a.verdicts[codec];
    return [codec, known === undefined ? found : worst(known, found)] as const;
  });
  return Object.freeze({ ...a, verdicts: Object.freeze({ ...a.verdicts, ...Object.fromEntries(verdicts) }) });
}

function changeOf(
  { path, kind, what }: Pick<Change, "path" | "kind" | "what">,
  byCodec: ReadonlyMap<string, Verdicts>,
): Change {
  const verdicts = Object.freeze(Object.fromEntries(byCodec));
  return Object.freeze({ path, kind, what, verdicts, remedy: remedyOf(kind, what) });
}

/** As a message, and within one, where the type stands so. */
function trialsOf(edit: Edit, pair: Pair, sides: { old: NamedTypes; new: NamedTypes }): Trial[] {
  const { focus, about, rename } = edit;
  const more = { focus, ...(rename === undefined ? {} : { rename }) };
  const linked = (edited: Named): StructType =>
    linker(edited, [pair.old, pair.new], sides[edit.side])(edited) as StructType;
  const [before, after] = [linked(edit.old), linked(edit.new)];
  const trials: Trial[] = [];
  // A case or member is no field of its own: the one around it says whether there is a value.
  const inside = pair.old.kind === "struct" ? about : ["value"];
  if (pair.root) trials.push({ old: before, new: after, about, ...more });
  if (pair.nested) trials.push({ old: around(before), new: around(after), about: inside, ...more });
  return trials;
}

function tryAll(codecs: readonly Codec[], trials: readonly Trial[]): Map<string, Verdicts> {
  const byCodec = new Map<string, Verdicts>();
  for (const codec of codecs) {
    for (const trial of trials) {
      const verdicts = tryOut(codec, trial);
      const known = byCodec.get(codec.name);
      if (verdicts !== undefined) byCodec.set(codec.name, known === undefined ? verdicts : worst(known, verdicts));
    }
  }
  return byCodec;
}

function worst(a: Verdicts, b: Verdicts): Verdicts {
  const of = (one: Verdict, other: Verdict): Verdict => ({
    toOld: worse(one.toOld, other.toOld),
    toNew: worse(one.toNew, other.toNew),
  });
  return { negotiated: of(a.negotiated, b.negotiated), stored: of(a.stored, b.stored) };
}

/** The worst that a change does to readers of a codec, old and new; of both kinds of peers, or of Trunkline's alone. */
export function worstFor(verdicts: Verdicts, peers: "negotiated" | "any"): Verdict {
  const { negotiated, stored } = verdicts;
  const both = (direction: keyof Verdict): Finding =>
    peers === "any" ? worse(negotiated[direction], stored[direction]) : negotiated[direction];
  return { toOld: both("toOld"), toNew: both("toNew") };
}
