import type { Encodable, Field, Type } from "./type.ts";

/** What else must be equal in two fields, for formats in which more than name, number and absence shows. */
export type AlsoSame = (a: Field, b: Field) => boolean;

/** Whether two types, perhaps of two processes, are written the same way, so that one stands for the other. */
export function sameType(a: Type, b: Type, also?: AlsoSame, seen = new Map<Type, Set<Type>>()): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "list":
      return sameType(a.item, (b as typeof a).item, also, seen);
    case "map":
      return sameEncoding(a, b as typeof a) && sameType(a.value, (b as typeof a).value, also, seen);
    case "enum":
      return (
        sameWords(a.members, (b as typeof a).members) &&
        sameWords(a.numbers, (b as typeof a).numbers) &&
        sameEncoding(a, b as typeof a)
      );
    case "struct":
    case "union": {
      const others = seen.get(a) ?? new Set();
      if (others.has(b)) return true;
      seen.set(a, others.add(b));
      const fields = (b as typeof a).fields;
      return (
        sameEncoding(a, b as typeof a) &&
        a.fields.length === fields.length &&
        a.fields.every((field, i) => {
          const other = fields[i] as Field;
          return (
            field.name === other.name &&
            field.number === other.number &&
            field.optional === other.optional &&
            sameEncoding(field, other) &&
            (also === undefined || also(field, other)) &&
            sameType(field.type, other.type, also, seen)
          );
        })
      );
    }
    default:
      return sameEncoding(a, b as typeof a);
  }
}

function sameWords(a: readonly unknown[] = [], b: readonly unknown[] = []): boolean {
  return a.join() === b.join();
}

function sameEncoding({ encoding: a = {} }: Encodable, { encoding: b = {} }: Encodable): boolean {
  return sameWords(Object.entries(a).map(String).sort(), Object.entries(b).map(String).sort());
}
