import { type Cursor, charge } from "../../core/compile/cursor.ts";
import { ENTRY, MAP } from "../../core/compile/memory.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import type { Type } from "../../core/type/type.ts";
import { tooDeep } from "./cursor.ts";
import { misfit } from "./misfit.ts";

/** What is remembered of one node. */
const KNOWN = MAP + 2 * ENTRY;

/** The names that the writer has for structs of the reader. */
export type Names = ReadonlyMap<Type, ReadonlySet<string>>;

export interface ConversionOptions {
  /** Collections and library classes stay what Java has, as `Typed`. */
  readonly exact: boolean;
  /** Untyped values may hold themselves. */
  readonly cycles: boolean;
  readonly names: Names;
}

/** What every form of a message shares while its nodes become values. */
export class Conversion {
  readonly exact: boolean;
  readonly cycles: boolean;
  readonly #cursor: Cursor;
  readonly #names: Names;
  /** What each node became, so that references share and cycles end; `undefined` where the message has none. */
  #values: Map<object, Map<unknown, unknown>> | undefined;

  /** `cursor`: whose memory values take as well as nodes, which stay until the message is read. */
  constructor(cursor: Cursor, { exact, cycles, names }: ConversionOptions) {
    this.#cursor = cursor;
    this.exact = exact;
    this.cycles = cycles;
    this.#names = names;
  }

  charge(cost: number): void {
    charge(this.#cursor, cost);
  }

  /** From now on nodes may come again. */
  share(): void {
    this.#values ??= new Map();
  }

  /** What `node` was converted to, by type; `undefined` where no node can come again. */
  known(node: object): Map<unknown, unknown> | undefined {
    const values = this.#values;
    if (values === undefined) return undefined;
    let known = values.get(node);
    if (known === undefined) {
      this.charge(KNOWN);
      known = new Map();
      values.set(node, known);
    }
    return known;
  }

  /** Whether the writer calls a struct so. */
  mayBe(type: { readonly name: string } & Type, name: string): boolean {
    return name === type.name || this.#names.get(type)?.has(name) === true;
  }

  /** The value of a whole message. */
  root(convert: Convert, node: unknown, maxDepth: number): unknown {
    try {
      return convert(node, this, maxDepth);
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
  }
}

/** Makes a value of a type from a node. */
export type Convert = (node: unknown, conversion: Conversion, depth: number) => unknown;

/** Stands for the value of a node while it is being made. */
export const UNFINISHED = Symbol("unfinished");

/** One value for one node: a reference costs nothing more, and what contains itself is refused. */
export function shared(type: unknown, convert: Convert): Convert {
  return (node, conversion, depth) => {
    if (depth < -1) throw tooDeep();
    const before = typeof node === "object" && node !== null ? conversion.known(node) : undefined;
    if (before === undefined) return convert(node, conversion, depth);
    const value = before.get(type);
    if (value === UNFINISHED) throw containsItself(node);
    if (value !== undefined) return value;
    before.set(type, UNFINISHED);
    const made = convert(node, conversion, depth);
    before.set(type, made);
    return made;
  };
}

export function containsItself(node: unknown): Misfit {
  return misfit("a value that does not contain itself", node);
}
