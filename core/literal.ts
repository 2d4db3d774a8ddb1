import { type Source, safeName } from "./source.ts";
import type { Field } from "./type.ts";

/** Up to this many optional fields each combination has an object literal of its own, so that objects have few shapes. */
const MAX_COMBINED = 3;

/**
 * The code that assigns to `target` an object of the fields, whose values are in the locals `values`; absent optional
 * fields (`undefined`) are no members at all.
 */
export function structLiteral(
  source: Source,
  target: string,
  fields: readonly Field[],
  values: readonly string[],
): void {
  const optional = fields.filter((field) => field.optional);
  const combined = optional.slice(0, MAX_COMBINED);
  const rest = optional.slice(MAX_COMBINED);
  const write = (present: ReadonlySet<Field>): string => {
    const members = fields.flatMap((field, i) => {
      if (rest.includes(field) || (field.optional && !present.has(field))) return [];
      return [`${safeName(field.name)}: ${values[i]}`];
    });
    return `{ ${members.join(", ")} }`;
  };
  const choose = (index: number, present: ReadonlySet<Field>): string => {
    const field = combined[index];
    if (field === undefined) return write(present);
    const local = values[fields.indexOf(field)];
    return `${local} === undefined ? ${choose(index + 1, present)} : ${choose(index + 1, new Set([...present, field]))}`;
  };
  source.line(`${target} = ${choose(0, new Set())};`);
  for (const field of rest) {
    const local = values[fields.indexOf(field)];
    source.line(`if (${local} !== undefined) ${target}.${safeName(field.name)} = ${local};`);
  }
}
