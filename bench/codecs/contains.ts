import type { Type } from "../../core/type/type.ts";

/** Whether a type of this kind stands anywhere in it. */
export function contains(type: Type, kind: Type["kind"], seen = new Set<Type>()): boolean {
  if (type.kind === kind) return true;
  if (seen.has(type)) return false;
  seen.add(type);
  if (type.kind === "list") return contains(type.item, kind, seen);
  if (type.kind === "map") return contains(type.value, kind, seen);
  if (type.kind !== "struct" && type.kind !== "union") return false;
  return type.fields.some((field) => contains(field.type, kind, seen));
}
