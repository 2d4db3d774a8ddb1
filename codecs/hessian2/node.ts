import type { ClassShape } from "./class-shape.ts";

/*
 * What stands in a message, before anyone asks for a type: null, booleans, numbers (int and double), bigints (long),
 * strings, bytes and dates are themselves; these are the rest. A reference is the very same node.
 */

/** Stands for what a compiled reader has read as a value already; as a node it can only be passed over. */
export class TakenNode {}

export class ListNode {
  readonly type: string | undefined;
  readonly items: unknown[] = [];

  constructor(type: string | undefined) {
    this.type = type;
  }
}

export class MapNode {
  readonly type: string | undefined;
  /** Keys and values in turn. */
  readonly entries: unknown[] = [];

  constructor(type: string | undefined) {
    this.type = type;
  }
}

export class ObjectNode {
  readonly shape: ClassShape;
  readonly values: unknown[] = [];

  constructor(shape: ClassShape) {
    this.shape = shape;
  }

  /** The value of a field; `undefined` where the class has none of that name. */
  get(field: string): unknown {
    return this.values[this.shape.fields.indexOf(field)];
  }
}
