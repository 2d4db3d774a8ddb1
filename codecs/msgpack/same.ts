import type { Field, Type } from "../../core/type.ts";

/** Whether two types, perhaps of two processes, are written the same way, so that one stands for the other. */
export function sameType(a: Type, b: Type, seen = new Map<Type, Set<Type>>()): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "list":
      return sameType(a.item, (b as typeof a).item, seen);
    case "map":
      return sameType(a.value, (b as typeof a).value, seen);
    case "enum":
      return a.members.join() === (b as typeof a).members.join();
    case "struct":
    case "union": {
      const others = seen.get(a) ?? new Set();
      if (others.has(b)) return true;
      seen.set(a, others.add(b));
      const fields = (b as typeof a).fields;
      return (
        a.fields.length === fields.length && a.fields.every((field, i) => sameField(field, fields[i] as Field, seen))
      );
    }
    default:
      return true;
  }
}

function sameField(a: Field, b: Field, seen: Map<Type, Set<Type>>): boolean {
  return a.name === b.name && a.number === b.number && a.optional === b.optional && sameType(a.type, b.type, seen);
}
