import type { Hessian2Options } from "../../../codecs/hessian2/index.ts";
import { checkOptions, kinds, type OptionTable } from "../../../core/options.ts";

/** How untyped values are read and written; see `hessian2()`. */
export type ValueOptions = Pick<Hessian2Options, "exact" | "cycles">;

/** What the serving side has of its own, on a port of its own or beside other protocols. */
export interface HessianServing extends ValueOptions {
  /**
   * Services by the paths that they are called at, as in `{ "/app/orders": "shop.Orders" }`, beside those of their names
   * (`/shop.Orders`), behind the path of the URL that is listened on.
   */
  readonly paths?: Readonly<Record<string, string>>;
}

export const servingTable: OptionTable<HessianServing> = {
  exact: kinds.flag,
  cycles: kinds.flag,
  paths: kinds.texts,
};

/** Throws a `TypeError` that names what is wrong. */
export function resolveServing(given: HessianServing): HessianServing {
  const serving = checkOptions("hessian", given, servingTable);
  for (const path of Object.keys(serving.paths ?? {})) {
    if (!path.startsWith("/")) throw new TypeError(`hessian: paths: expected a path that begins with /, got ${path}`);
  }
  return serving;
}
