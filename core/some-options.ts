import type { OptionKind, OptionTable } from "./options.ts";

/*
 * Takes the place of options.ts in browsers, by `browser` in package.json: an option that does not exist is refused as there, the
 * value of one that does is left to the compiler.
 */

export type { OptionKind, OptionTable } from "./options.ts";

export function checkOptions<T extends object>(door: string, given: T, table: OptionTable<T>): T {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(table, name)) {
      throw new TypeError(`${door}: unknown option ${name.slice(0, 100)}; known are ${Object.keys(table).join(", ")}`);
    }
    if (value !== undefined) copy[name] = value;
  }
  return copy as T;
}

const anything: OptionKind = { expected: "anything", fits: () => true };

export const kinds = new Proxy({} as Record<string, OptionKind>, { get: () => anything });

export function oneOf(): OptionKind {
  return anything;
}
