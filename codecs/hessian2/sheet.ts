import type { Type } from "../../core/type.ts";

/** What an encoder remembers within one message. */
export interface Sheet {
  /** How many classes are defined, and how many lists, maps and objects have begun. */
  classes: number;
  nodes: number;
  /** Which node an untyped object is. */
  known: Map<object, number> | undefined;
  /** Which node an object of a recursive type is. */
  typed: Map<Type, Map<unknown, number>> | undefined;
  /** Classes that were not known when the writer was compiled, by name and fields. */
  shapes: Map<string, number> | undefined;
  /** Type names of lists and maps. */
  types: Map<string, number> | undefined;
}

export function newSheet(): Sheet {
  return { classes: 0, nodes: 0, known: undefined, typed: undefined, shapes: undefined, types: undefined };
}
