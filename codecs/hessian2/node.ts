import { GROWING_SLOT, LIST, SLOT } from "../../core/compile/memory.ts";
import type { ClassShape } from "./class-shape.ts";

/*
 * What stands in a message, before anyone asks for a type: null, booleans, numbers (int and double), bigints (long),
 * strings, bytes and dates are themselves; these are the rest. A reference is the very same node.
 */

/** The memory of a place among the nodes of a message, which references name, and of a node without what is in it. */
export const PLACE = 2 * GROWING_SLOT;
export const NODE_COST = PLACE + 5 * SLOT + LIST;

/** Stands for what a compiled reader has read as a value already; as a node it can only be passed over. */
export class TakenNode {}

export class ListNode {
  readonly type: string | undefined;
  readonly items: unknown[];

  /** `length`: how many items there will be, where that is known. */
  constructor(type: string | undefined, length = 0) {
    this.type = type;
    this.items = new Array(length);
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
  readonly values: unknown[];

  constructor(shape: ClassShape) {
    this.shape = shape;
    this.values = new Array(shape.fields.length);
  }

  /** The value of a field; `undefined` where the class has none of that name. */
  get(field: string): unknown {
    return this.values[this.shape.fields.indexOf(field)];
  }
}
