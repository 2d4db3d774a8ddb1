import { type Copy, compileCopy, compileGraphCopy } from "../compile/copy.ts";
import type { Schema } from "../type/schema.ts";
import type { Infer, InferInput, Type } from "../type/type.ts";
import { toType } from "./translate.ts";

export interface CloneOptions {
  /**
   * Whether an object that stands in several places of the value is one object in the clone too, where each place has
   * the same type. Costs a look-up for each object. @default false, each place gets an object of its own
   */
  readonly identity?: boolean;
}

/** What is compiled follows from the type alone, so every caller may share it; it is kept for as long as the type. */
const trees = new WeakMap<Type | Schema, Copy>();
const graphs = new WeakMap<Type | Schema, Copy>();

/**
 * A deep copy of a value by its type, or by the schema that a contract takes: what the other side of a call would get.
 * Members that the type does not know are dropped, absent fields get their defaults, and so do transient ones, whatever
 * they hold: a clone is another object, as if it came from a message. Under `t.any` everything is copied. What a schema
 * demands beyond its type is not checked.
 *
 * Throws `INVALID_ARGUMENT`, with the path, at a value that does not fit, nests deeper than 64, or contains itself.
 */
export function clone<const T extends Type | Schema>(value: InferInput<T>, type: T, options?: CloneOptions): Infer<T>;
export function clone(value: unknown, type: Type | Schema, { identity = false }: CloneOptions = {}): unknown {
  const copies = identity ? graphs : trees;
  let copy = copies.get(type);
  if (copy === undefined) {
    copy = (identity ? compileGraphCopy : compileCopy)(toType(type, "value"));
    copies.set(type, copy);
  }
  return copy(value);
}
