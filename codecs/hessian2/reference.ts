import type { Output } from "../../core/bytes/output.ts";
import type { Type } from "../../core/type/type.ts";
import { REF } from "./format.ts";
import type { Forms } from "./forms.ts";
import { Identities } from "./identities.ts";
import type { Sheet } from "./sheet.ts";
import { MAX_HEAD_BYTES, writeInt } from "./write.ts";

/** Writes a reference where `value` was written whole, in the same form; else returns -1. */
export function again(out: Output, position: number, sheet: Sheet, form: number, value: unknown): number {
  const node = sheet.identities?.find(value, form) ?? -1;
  if (node < 0) return -1;
  out.position = position;
  out.ensure(MAX_HEAD_BYTES);
  out.buffer[out.position] = REF;
  return writeInt(out.buffer, out.position + 1, node);
}

/** Remembers which node of the message `value` is. Called when it is written: what holds itself ends at maxDepth. */
export function written(sheet: Sheet, form: number, value: unknown, node: number): void {
  sheet.identities ??= new Identities();
  sheet.identities.add(value, form, node);
}

/** The forms in which a message of a type may have several values, so that one may come twice. `many`: anything may. */
export function repeated(type: Type, forms: Forms, many: boolean): ReadonlySet<number> {
  const seen = new Map<number, number>();
  const visit = (one: Type, times: number): void => {
    if (one.kind !== "list" && one.kind !== "map" && one.kind !== "struct" && one.kind !== "union") return;
    const before = seen.get(forms.of(one)) ?? 0;
    if (before > 1) return;
    const now = before + times;
    seen.set(forms.of(one), now);
    if (one.kind === "list") visit(one.item, 2);
    else if (one.kind === "map") visit(one.value, 2);
    else for (const field of one.fields) visit(field.type, now);
  };
  visit(type, many ? 2 : 1);
  return new Set([...seen].filter(([, times]) => times > 1).map(([form]) => form));
}
