import { InputError } from "./input-error.ts";

/** The one that is called so, or the only one whose name ends so: `Order` for `shop.Order`. */
export function byName<T extends { readonly name: string }>(all: Iterable<T>, name: string): T | undefined {
  const ending = [...all].filter((one) => one.name === name || one.name.endsWith(`.${name}`));
  const exact = ending.find((one) => one.name === name);
  const names = new Set(ending.map((one) => one.name));
  if (exact === undefined && names.size > 1) {
    throw new InputError(`${name} may be any of ${[...names].join(", ")}; give the whole name`);
  }
  return exact ?? ending[0];
}
