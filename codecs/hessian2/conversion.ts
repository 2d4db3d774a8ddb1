import { tooDeep } from "./cursor.ts";
import { misfit } from "./misfit.ts";

/** What every form of a message shares while its nodes become values. */
export interface Conversion {
  /** What each node became, so that references share and cycles end; `undefined` where the message has none. */
  readonly values: Map<object, Map<unknown, unknown>> | undefined;
  /** Collections and library classes stay what Java has, as `Typed`. */
  readonly exact: boolean;
  /** How many more absent fields may be filled in. */
  n: number;
}

/** The place of `node` among what was converted as `type`. */
export function known(conversion: Conversion, node: object): Map<unknown, unknown> | undefined {
  const { values } = conversion;
  if (values === undefined) return undefined;
  let known = values.get(node);
  if (known === undefined) {
    known = new Map();
    values.set(node, known);
  }
  return known;
}

/** Makes a value of a type from a node. */
export type Convert = (node: unknown, conversion: Conversion, depth: number) => unknown;

/** Stands for the value of a node while it is being made. */
const UNFINISHED = Symbol("unfinished");

/** One value for one node: a reference costs nothing more, and what contains itself is refused. */
export function shared(type: unknown, convert: Convert): Convert {
  return (node, conversion, depth) => {
    if (depth < -1) throw tooDeep();
    const before = typeof node === "object" && node !== null ? known(conversion, node) : undefined;
    if (before === undefined) return convert(node, conversion, depth);
    const value = before.get(type);
    if (value === UNFINISHED) throw misfit("a value that does not contain itself", node);
    if (value !== undefined) return value;
    before.set(type, UNFINISHED);
    const made = convert(node, conversion, depth);
    before.set(type, made);
    return made;
  };
}
