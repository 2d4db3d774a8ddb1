import type { EnumType, Field, StructType, UnionType } from "../core/type/type.ts";
import { type Named, withFields, withMember } from "./linked.ts";
import type { Rename } from "./meaning.ts";
import type { ChangeKind } from "./outcome.ts";
import type { Sampling } from "./samples.ts";
import { formOf, presenceOf, shapeOf, spell, spellValue } from "./spelling.ts";

/** One difference between two versions of a named type, and the two that differ by nothing else. */
export interface Edit extends Sampling {
  readonly path: string;
  readonly kind: ChangeKind;
  readonly what: string;
  readonly old: Named;
  readonly new: Named;
  /** Whose version every other type has. */
  readonly side: "old" | "new";
  readonly rename?: Rename;
}

type Rec = StructType | UnionType;
type Side = Pick<Edit, "old" | "new" | "side">;

/** Every difference between two versions of a named type; `path` is its name, or what stands for it. */
export function editsOf(old: Named, next: Named, path: string): Edit[] {
  const edits: Edit[] = [];
  const whole = (kind: ChangeKind, what: string, member: string): void => {
    const changed = withMember(old, member, (next as unknown as Record<string, unknown>)[member]);
    edits.push({ path, kind, what, old, new: changed, side: "old", focus: [], about: fieldNames(old) });
  };
  if (old.name !== next.name && path === old.name) whole("type renamed", `${old.kind} renamed to ${next.name}`, "name");
  if (formOf(old) !== formOf(next)) whole("type", formChange(old, next), "encoding");
  if (old.kind === "enum") return [...edits, ...enumEdits(old, next as EnumType, path)];
  if (old.kind === "struct" && next.kind === "struct" && old.version !== next.version)
    whole("type version", `version id ${old.version ?? "none"} → ${next.version ?? "none"}`, "version");
  return [...edits, ...recordEdits(old, next as Rec, path)];
}

function formChange(old: Named | Field, next: Named | Field): string {
  return `form ${formOf(old) || "as usual"} → ${formOf(next) || "as usual"}`;
}

function recordEdits(old: Rec, next: Rec, path: string): Edit[] {
  const edits: Edit[] = [];
  const add = (
    kind: ChangeKind,
    field: Field,
    what: string,
    { rename, ...sides }: Side & { rename?: Rename },
  ): void => {
    const focus = rename ? [rename.from, rename.to] : [field.name];
    edits.push({
      path: `${path}.${field.name}`,
      kind,
      what,
      ...sides,
      focus,
      about: focus,
      ...(rename ? { rename } : {}),
    });
  };
  const noun = old.kind === "union" ? "case" : "field";
  const removed = missing(old, next);
  const added = missing(next, old);
  const renames = renamesOf(removed, added);
  for (const field of removed) {
    const to = renames.get(field);
    const fields = old.fields.flatMap((one) => (one !== field ? [one] : to ? [{ ...one, name: to.name }] : []));
    const sides: Side = { old, new: withFields(old, fields), side: "old" };
    if (to !== undefined) {
      const rename = { from: field.name, to: to.name };
      add(`field renamed`, field, `${noun} renamed to ${to.name}`, { ...sides, rename });
    } else if (isTransient(next, field.name)) {
      const transient = withMember(sides.new, "transient", (next as StructType).transient);
      add("field made transient", field, "made transient", { ...sides, new: transient });
    } else add("field removed", field, `${adjective(field, old)}${noun} removed`, sides);
  }
  for (const field of added) {
    if ([...renames.values()].includes(field)) continue;
    const without = next.fields.filter((one) => one !== field);
    const sides: Side = { old: withFields(next, without), new: next, side: "new" };
    const behind = next.fields.slice(next.fields.indexOf(field) + 1);
    const before = behind.some(({ name }) => old.fields.some((one) => one.name === name)) ? " before others" : "";
    const what = `${adjective(field, next)}${noun} added${before}`;
    if (isTransient(old, field.name)) add("field made carried", field, "no longer transient", sides);
    else add("field added", field, what, sides);
  }
  const pairs = old.fields.flatMap((before): [Field, Field][] => {
    const after = next.fields.find((one) => one.name === before.name);
    return after === undefined ? [] : [[before, after]];
  });
  for (const [before, after] of pairs) {
    const [kind, what] = fieldChange(before, after);
    if (kind === undefined) continue;
    const fields = old.fields.map((one) => (one === before ? { ...after, number: before.number } : one));
    add(kind, before, what, { old, new: withFields(old, fields), side: "old" });
  }
  const layout = layoutChange(pairs, next, noun);
  const focus = old.kind === "union" ? [old.name] : [];
  if (layout !== undefined) edits.push({ path, kind: "layout", ...layout, ...moved(old, next, pairs), focus });
  return edits;
}

function fieldNames(type: Named): string[] {
  return type.kind === "enum" ? [] : type.fields.map((field) => field.name);
}

function missing(from: Rec, other: Rec): readonly Field[] {
  return from.fields.filter(({ name }) => !other.fields.some((one) => one.name === name));
}

function isTransient(type: Rec, name: string): boolean {
  return type.kind === "struct" && (type.transient?.some((one) => one.name === name) ?? false);
}

function adjective(field: Field, of: Rec): string {
  if (of.kind === "union") return "";
  const presence = presenceOf(field);
  return presence === "default"
    ? `default ${spellValue(field.defaultValue)}, `
    : presence === "plain"
      ? "plain "
      : "optional ";
}

/** A field that took the number, type and presence of one that went is that one under another name. */
function renamesOf(removed: readonly Field[], added: readonly Field[]): Map<Field, Field> {
  const renames = new Map<Field, Field>();
  for (const field of removed) {
    const to = added.find(
      (one) =>
        one.number === field.number && spell(one.type) === spell(field.type) && presenceOf(one) === presenceOf(field),
    );
    if (to !== undefined) renames.set(field, to);
  }
  return renames;
}

function fieldChange(before: Field, after: Field): [ChangeKind | undefined, string] {
  const said: string[] = [];
  let kind: ChangeKind | undefined;
  const [was, is] = [presenceOf(before), presenceOf(after)];
  if (was === "default" && is === "default" && spellValue(before.defaultValue) !== spellValue(after.defaultValue)) {
    kind = "default";
    said.push(`default ${spellValue(before.defaultValue)} → ${spellValue(after.defaultValue)}`);
  }
  if (was !== is) {
    kind = "presence";
    const tell = (field: Field, presence: string): string =>
      presence === "default" ? `default ${spellValue(field.defaultValue)}` : presence;
    said.push(`${tell(before, was)} → ${tell(after, is)}`);
  }
  if (shapeOf(before.type) !== shapeOf(after.type)) {
    kind = "type";
    said.push(`${spell(before.type)} → ${spell(after.type)}`);
  }
  if (formOf(before) !== formOf(after)) {
    kind ??= "type";
    said.push(formChange(before, after));
  }
  return [kind, said.join(", ")];
}

/** Other numbers and another order of what both versions have. */
function layoutChange(
  pairs: readonly [Field, Field][],
  next: Rec,
  noun: string,
): { readonly what: string; readonly about: readonly string[] } | undefined {
  const order = next.fields.filter((one) => pairs.some(([, after]) => after === one));
  const renumbered = pairs.filter(([before, after]) => before.number !== after.number);
  const reordered = pairs.filter(([, after], i) => order[i] !== after);
  const about = [...new Set([...renumbered, ...reordered].map(([{ name }]) => name))];
  if (about.length === 0) return undefined;
  if (renumbered.length === 0) return { what: `order of ${noun}s changed`, about };
  const numbers = renumbered.map(([before, after]) => `${before.name} ${before.number} → ${after.number}`);
  const few = numbers.length > 3 ? [...numbers.slice(0, 3), "…"] : numbers;
  return {
    what: `${reordered.length > 0 ? "order and numbers" : "numbers"} of ${noun}s changed: ${few.join(", ")}`,
    about,
  };
}

/** What both versions have as the one numbers and orders it and as the other does, with what gave up its number to it. */
function moved(old: Rec, next: Rec, pairs: readonly [Field, Field][]): Side {
  const before = new Map(pairs.map(([one, other]) => [other, one]));
  // Optional, so that it is the number alone that may break something.
  const taken = (one: Field, by: readonly Field[]): Field[] =>
    old.kind === "struct" && by.some(({ number }) => number === one.number)
      ? [{ ...one, optional: true, defaultValue: undefined }]
      : [];
  const [mine, theirs] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
  const oldFields = old.fields.flatMap((one) => (mine.includes(one) ? [one] : taken(one, theirs)));
  const newFields = next.fields.flatMap((one) => {
    const same = before.get(one);
    return same === undefined ? taken(one, mine) : [{ ...same, number: one.number }];
  });
  return { old: withFields(old, oldFields), new: withFields(old, newFields), side: "old" };
}

interface Member {
  readonly name: string;
  readonly number: number;
}

function enumEdits(old: EnumType, next: EnumType, path: string): Edit[] {
  const edits: Edit[] = [];
  const before = membersOf(old);
  const after = membersOf(next);
  const lacks = (members: readonly Member[], { name }: Member): boolean => !members.some((one) => one.name === name);
  const removed = before.filter((one) => lacks(after, one));
  const added = after.filter((one) => lacks(before, one));
  const renames = new Map<Member, Member>();
  for (const member of removed) {
    const to = added.find((one) => one.number === member.number);
    if (to !== undefined) renames.set(member, to);
  }
  const focus = [old.name, next.name];
  for (const member of removed) {
    const at = `${path}.${member.name}`;
    const to = renames.get(member);
    const members = before.flatMap((one) => (one !== member ? [one] : to ? [to] : []));
    const sides: Side = { old, new: enumOf(old, members), side: "old" };
    if (to === undefined)
      edits.push({ path: at, kind: "member removed", what: "member removed", ...sides, focus, about: [] });
    else {
      const rename = { from: member.name, to: to.name };
      edits.push({
        path: at,
        kind: "member renamed",
        what: `member renamed to ${to.name}`,
        ...sides,
        focus,
        about: [],
        rename,
      });
    }
  }
  for (const member of added) {
    if ([...renames.values()].includes(member)) continue;
    const without = after.filter((one) => one !== member);
    const behind = after.slice(after.indexOf(member) + 1);
    const what = behind.some((one) => !lacks(before, one)) ? "member added before others" : "member added";
    const sides: Side = { old: enumOf(next, without), new: next, side: "new" };
    edits.push({ path: `${path}.${member.name}`, kind: "member added", what, ...sides, focus, about: [] });
  }
  const kept = before.filter((one) => !lacks(after, one));
  const moved = after.filter((one) => !lacks(before, one));
  const differs = kept.some((one, i) => moved[i]?.name !== one.name);
  const renumbered = kept.filter((one) => moved.find(({ name }) => name === one.name)?.number !== one.number);
  // What was added or removed before the others has been told; numbers that are written down have not.
  const written = old.numbers !== undefined || next.numbers !== undefined;
  if (differs || (written && renumbered.length > 0)) {
    const what = differs
      ? "order of members changed"
      : `number of ${renumbered.map(({ name }) => name).join(", ")} changed`;
    const sides: Side = { old: enumOf(old, kept), new: enumOf(next, moved), side: "old" };
    edits.push({ path, kind: "layout", what, ...sides, focus, about: [] });
  }
  return edits;
}

function membersOf(type: EnumType): Member[] {
  return type.members.map((name, i) => ({ name, number: type.numbers?.[i] ?? i }));
}

/** An enum of these members; their numbers are kept where the enum has written them down. */
function enumOf(type: EnumType, members: readonly Member[]): EnumType {
  const named = withMember(
    type,
    "members",
    members.map((one) => one.name),
  ) as EnumType;
  return type.numbers === undefined
    ? named
    : withMember(
        named,
        "numbers",
        members.map((one) => one.number),
      );
}
