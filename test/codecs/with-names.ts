import { t } from "../../core/schema/t.ts";
import type { Field, StructType, Type } from "../../core/type/type.ts";

/** The same type with a name of its own for each type within. */
export function withNames(type: StructType): StructType {
  let count = 0;
  const renamed = (one: Type): Type => {
    if (one.kind === "list") return t.list(renamed(one.item)) as Type;
    if (one.kind === "map") return t.map(renamed(one.value)) as Type;
    if (one.kind !== "struct" && one.kind !== "union") return one;
    const fields = one.fields.map((field) => [field.name, declared({ ...field, type: renamed(field.type) })]);
    const made = one.kind === "struct" ? t.struct : t.union;
    return made(`test.T${++count}`, Object.fromEntries(fields)) as unknown as Type;
  };
  return renamed(type) as StructType;
}

/** A field as it is given to `t.struct`. */
export function declared({ type, optional, defaultValue }: Field): unknown {
  return optional ? t.optional(type) : defaultValue === undefined ? type : t.default(type, defaultValue as never);
}
