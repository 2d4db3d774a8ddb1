import type { Field, StructType, Type } from "../../core/type/type.ts";
import { copyType } from "./type-copy.ts";

/** What Caucho's serializer writes after all other fields: what is neither primitive nor of `java.lang`. */
const later = new Set<Type["kind"]>(["list", "map", "struct", "union", "bytes", "timestamp", "decimal"]);

/** The type with the fields of each struct in another order: Java's, or from the last to the first where that is ours. */
export function javaOrder(type: StructType): StructType {
  return copyType(type, (fields) => {
    const isLater = (field: Field) => later.has(field.type.kind);
    const sorted = [...fields.filter((field) => !isLater(field)), ...fields.filter(isLater)];
    return sorted.every((field, index) => field === fields[index]) ? sorted.reverse() : sorted;
  });
}
