import type { Field, Type } from "./type.ts";

export interface Visitor {
  type?(type: Type, path: string): void;
  field?(field: Field, path: string): void;
}

/**
 * Visits a type, every type in it and every field and case, each with its path: `shop.Order.items[].sku`. Structs and
 * unions of `seen` are not entered again. One after the other, since a peer may nest types deeper than a stack goes.
 */
export function walkType(type: Type, path: string, visitor: Visitor, seen: SeenTypes = new Set()): void {
  const open: { readonly type: Type; readonly path: string; readonly field?: Field }[] = [{ type, path }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { type, path, field } = next;
    if (field !== undefined) visitor.field?.(field, path);
    visitor.type?.(type, path);
    if (type.kind === "list") open.push({ type: type.item, path: `${path}[]` });
    else if (type.kind === "map") open.push({ type: type.value, path: `${path}[]` });
    else if ((type.kind === "struct" || type.kind === "union") && !seen.has(type)) {
      seen.add(type);
      for (let i = type.fields.length - 1; i >= 0; i--) {
        const one = type.fields[i] as Field;
        open.push({ type: one.type, path: `${path}.${one.name}`, field: one });
      }
    }
  }
}

export interface SeenTypes {
  has(type: Type): boolean;
  add(type: Type): unknown;
}

/** Types that a visitor has gone through without a complaint: what many operations share is visited once. */
export class SoundTypes {
  readonly #sound = new WeakSet<Type>();

  /** Lets `visit` go through what is not known to be sound; it must throw where something is not. */
  check(visit: (seen: SeenTypes) => void): void {
    const seen = new Set<Type>();
    const sound = this.#sound;
    visit({ has: (type) => seen.has(type) || sound.has(type), add: (type) => seen.add(type) });
    for (const type of seen) sound.add(type);
  }
}
