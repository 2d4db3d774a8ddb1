import type { Identities } from "./identities.ts";

/** What an encoder remembers within one message. */
export interface Sheet {
  /** How many classes are defined, and how many lists, maps and objects have begun. */
  classes: number;
  nodes: number;
  /** Which nodes lists, maps and objects are. */
  identities: Identities | undefined;
  /** Classes that were not known when the writer was compiled, by name and fields. */
  shapes: Map<string, number> | undefined;
  /** Type names of lists and maps. */
  types: Map<string, number> | undefined;
}

export function newSheet(): Sheet {
  return { classes: 0, nodes: 0, identities: undefined, shapes: undefined, types: undefined };
}
