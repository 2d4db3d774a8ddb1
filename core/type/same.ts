import type { Encodable, EnumType, Field, ListType, MapType, StructType, Type, UnionType } from "./type.ts";

/** What else must be equal in two fields, for formats in which more than name, number and absence shows. */
export type AlsoSame = (a: Field, b: Field) => boolean;

/**
 * Whether two types, perhaps of two processes, are written the same way, so that one stands for the other. Pairs are
 * looked at one after the other, since a peer may nest types deeper than a stack goes.
 */
export function sameType(a: Type, b: Type, also?: AlsoSame): boolean {
  const seen = new Map<Type, Set<Type>>();
  const open: [a: Type, b: Type][] = [[a, b]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [one, other] = next;
    if (one === other) continue;
    if (one.kind !== other.kind || !sameHead(one, other)) return false;
    if (one.kind === "list") open.push([one.item, (other as ListType).item]);
    else if (one.kind === "map") open.push([one.value, (other as MapType).value]);
    else if (one.kind === "struct" || one.kind === "union") {
      const others = seen.get(one) ?? new Set();
      if (others.has(other)) continue;
      seen.set(one, others.add(other));
      const { fields } = other as StructType | UnionType;
      for (const [i, field] of one.fields.entries()) {
        const its = fields[i] as Field;
        if (!sameField(field, its) || also?.(field, its) === false) return false;
        open.push([field.type, its.type]);
      }
    }
  }
  return true;
}

/** Two types of one kind, what stands in them left out. */
function sameHead(a: Type, b: Type): boolean {
  switch (a.kind) {
    case "list":
      return true;
    case "enum":
      return (
        sameWords(a.members, (b as EnumType).members) &&
        sameWords(a.numbers, (b as EnumType).numbers) &&
        sameEncoding(a, b as EnumType)
      );
    case "struct":
    case "union":
      return a.fields.length === (b as StructType | UnionType).fields.length && sameEncoding(a, b as StructType);
    default:
      return sameEncoding(a, b as Encodable);
  }
}

function sameField(a: Field, b: Field): boolean {
  return a.name === b.name && a.number === b.number && a.optional === b.optional && sameEncoding(a, b);
}

function sameWords(a: readonly unknown[] = [], b: readonly unknown[] = []): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function sameEncoding({ encoding: a }: Encodable, { encoding: b }: Encodable): boolean {
  if (a === b) return true;
  return sameWords(
    Object.entries(a ?? {})
      .map(String)
      .sort(),
    Object.entries(b ?? {})
      .map(String)
      .sort(),
  );
}
