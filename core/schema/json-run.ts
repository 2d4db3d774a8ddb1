import type { SchemaIssue } from "../type/schema.ts";

export type Path = readonly PropertyKey[];
/** Adds to the run what the schema has against the value at the path. */
export type Test = (value: unknown, path: Path, run: JsonRun) => void;

/** A long list of wrong items cannot make a long list of issues. */
const MAX_ISSUES = 100;

/** One value being held against a schema. */
export class JsonRun {
  readonly issues: SchemaIssue[] = [];
  readonly #limit: number;
  /**
   * Which alternatives fit which objects. Each pair is tried once, because where alternatives contain alternatives the
   * work would else double with every level of a hostile value.
   */
  readonly #fitting: Map<Test, Map<unknown, boolean>>;

  constructor(limit = MAX_ISSUES, fitting = new Map<Test, Map<unknown, boolean>>()) {
    this.#limit = limit;
    this.#fitting = fitting;
  }

  /** True once more issues would not be told. */
  get full(): boolean {
    return this.issues.length >= this.#limit;
  }

  add(message: string, path: Path): void {
    if (!this.full) this.issues.push({ message, path });
  }

  fits(test: Test, value: unknown): boolean {
    if (typeof value !== "object" || value === null) return this.#try(test, value);
    const known = this.#fitting.get(test) ?? new Map<unknown, boolean>();
    this.#fitting.set(test, known);
    const fits = known.get(value) ?? this.#try(test, value);
    known.set(value, fits);
    return fits;
  }

  #try(test: Test, value: unknown): boolean {
    const trial = new JsonRun(1, this.#fitting);
    test(value, [], trial);
    return !trial.full;
  }
}
