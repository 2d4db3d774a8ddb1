import type { Field } from "./type.ts";

/** Fields by their name; of two with the same, as a peer may send them, the first. */
export function fieldsByName(fields: readonly Field[]): ReadonlyMap<string, Field> {
  const byName = new Map<string, Field>();
  for (const field of fields) if (!byName.has(field.name)) byName.set(field.name, field);
  return byName;
}
