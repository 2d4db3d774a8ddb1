import type { Field, Type } from "./type.ts";

export interface Visitor {
  type?(type: Type, path: string): void;
  field?(field: Field, path: string): void;
}

/** Visits a type, every type in it and every field and case, each with its path: `shop.Order.items[].sku`. */
export function walkType(type: Type, path: string, visitor: Visitor, seen = new Set<Type>()): void {
  visitor.type?.(type, path);
  switch (type.kind) {
    case "list":
      return walkType(type.item, `${path}[]`, visitor, seen);
    case "map":
      return walkType(type.value, `${path}[]`, visitor, seen);
    case "struct":
    case "union":
      if (seen.has(type)) return;
      seen.add(type);
      for (const field of type.fields) {
        const at = `${path}.${field.name}`;
        visitor.field?.(field, at);
        walkType(field.type, at, visitor, seen);
      }
      return;
    default:
  }
}
