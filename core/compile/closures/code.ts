/** The locals of a function that runs. */
export type Frame = unknown[];
export type Run = (f: Frame) => unknown;

/** An expression, and what is known of it beside how to run it. */
export interface Code {
  readonly run: Run;
  /** The place of a local. */
  readonly slot?: number;
  /** A value that is known before anything runs. */
  readonly known?: { readonly value: unknown };
  /** A local and a number that is added to it. */
  readonly sum?: { readonly slot: number; readonly plus: number };
  /** A local that is moved on by one when it was read. */
  readonly stepped?: number;
  /** The type of what a local holds. */
  readonly typeOf?: number;
  /** The length of what a local holds. */
  readonly lengthOf?: number;
  readonly member?: { readonly object: Code; readonly key: Code };
  /** A function of the program. */
  readonly callee?: Callee;
  /** A byte that is written beside a position. */
  readonly poke?: Poke;
}

/** One that is called before it is read gets its `run` later. */
export interface Callee {
  run: (...args: unknown[]) => unknown;
}

/** Writes `byte` into the bytes in the local `buffer`, `plus` after the position in the local `position`. */
export interface Poke {
  readonly buffer: number;
  readonly position: number;
  readonly plus: number;
  readonly byte: number;
}

export function known(value: unknown): Code {
  return { run: () => value, known: { value } };
}
