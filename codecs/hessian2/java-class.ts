import type { ObjectNode } from "./node.ts";

/** A class of the Java library that is a plain value here. */
export interface JavaClass {
  /** The class that users name. */
  readonly name: string;
  /** The class on the wire. */
  readonly wire: string;
  /** Fields to write, in order. */
  readonly fields: readonly string[];
  /** The values of the fields, as untyped values; `undefined` where `value` is none of this class. */
  write(value: unknown): readonly unknown[] | undefined;
  /** The plain value; `undefined` where the fields make none. `read` gives that of a nested object. */
  read(node: ObjectNode, read: (node: unknown) => unknown): unknown;
}
