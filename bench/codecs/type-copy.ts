import type { Field, StructType, Type, UnionType } from "../../core/type/type.ts";

/**
 * The same type without functions, so that it can be sent to a process; `order` may put the fields of each struct into
 * another order.
 */
export function copyType(
  type: StructType,
  order: (fields: readonly Field[]) => readonly Field[] = (fields) => fields,
): StructType {
  const known = new Map<Type, Type>();
  const copy = <T extends Type>(original: T): T => {
    const done = known.get(original) as T | undefined;
    if (done !== undefined) return done;
    const { check: _, ...plain } = original;
    known.set(original, plain as T);
    if (original.kind === "list") Object.assign(plain, { item: copy(original.item) });
    if (original.kind === "map") Object.assign(plain, { value: copy(original.value) });
    if (original.kind === "struct") Object.assign(plain, { fields: fieldsOf(original, order) });
    if (original.kind === "union") Object.assign(plain, { fields: fieldsOf(original) });
    return plain as T;
  };
  const fieldsOf = ({ fields }: StructType | UnionType, inOrder = (all: readonly Field[]) => all): Field[] =>
    inOrder(fields).map((field) => ({ ...field, type: copy(field.type) }));
  return copy(type);
}
