import type { CodecLimits } from "../../core/codec.ts";
import { type Cursor, charge } from "../../core/compile/cursor.ts";
import { BIGINT, BYTES, DATE, GROWING, GROWING_SLOT, memoryFor, SLOT, TEXT } from "../../core/compile/memory.ts";
import { isBinary, readBinary } from "./binary.ts";
import { ClassShape, classCost } from "./class-shape.ts";
import { checkBytes, malformed, tooDeep, truncated } from "./cursor.ts";
import {
  CLASS_DEF,
  DOUBLE_ONE,
  DOUBLE_ZERO,
  END,
  FALSE,
  LIST_DIRECT,
  LIST_DIRECT_UNTYPED,
  LIST_FIXED_UNTYPED,
  LIST_VARIABLE,
  LIST_VARIABLE_UNTYPED,
  MAP,
  MAP_UNTYPED,
  NULL,
  OBJECT,
  OBJECT_DIRECT,
  REF,
  TRUE,
  WIDTH,
} from "./format.ts";
import { NODE } from "./forms.ts";
import { double } from "./java.ts";
import { ListNode, MapNode, NODE_COST, ObjectNode, TakenNode } from "./node.ts";
import { readInt, readInt64, readMillis, readNumber } from "./read.ts";
import { isText, readText } from "./text.ts";

/** A whole double that is kept apart from an int. */
const TYPED = 5 * SLOT;

/** What `listHead` gives for a list that an end closes, and where no list begins. */
export const VARIABLE = -1;
export const NO_LIST = -2;

/** Reads values of any form, whatever their types, into nodes; references become the node they name. */
export class Parser implements Cursor {
  readonly b: Uint8Array;
  p: number;
  readonly s: number;
  readonly e: number;
  n: number;
  /** True once a reference was read: only then can a node be met twice. */
  shared = false;
  /** The classes that the message has defined. */
  readonly classes: ClassShape[] = [];
  /** The lists, maps and objects that have begun: the form that each is read as, then its value, `undefined` until it is made. */
  readonly nodes: unknown[] = [];
  readonly #maxDepth: number;
  /** Keeps whole doubles apart from ints. */
  readonly #exact: boolean;
  readonly #types: string[] = [];
  /** The type of the list or map whose head was read last. */
  #type: string | undefined;

  constructor(b: Uint8Array, start: number, end: number, limits: CodecLimits, exact: boolean) {
    this.b = b;
    this.p = start;
    this.s = start;
    this.e = end;
    this.n = memoryFor(limits, end - start);
    // Enums, decimals and the like are objects here, one level below the struct that has them.
    this.#maxDepth = limits.maxDepth + 1;
    this.#exact = exact;
  }

  /** The next value. */
  value(depth = this.#maxDepth): unknown {
    while (this.p < this.e && this.b[this.p] === CLASS_DEF) this.define();
    if (this.p >= this.e) throw truncated(this);
    const tag = this.b[this.p] as number;
    if (isText(tag)) {
      charge(this, TEXT);
      return readText(this);
    }
    if (isBinary(tag)) {
      charge(this, BYTES);
      return readBinary(this);
    }
    const width = WIDTH[tag] as number;
    if (width > 0 || tag >= 0x80 || tag === DOUBLE_ZERO || tag === DOUBLE_ONE) {
      checkBytes(this, 1 + width);
      this.p += 1 + width;
      return this.#number(tag, this.p - width);
    }
    const index = this.objectHead();
    if (index >= 0) return this.#object(index, depth);
    const length = this.listHead();
    if (length !== NO_LIST) return this.#list(length, depth);
    if (this.mapHead()) return this.#map(depth);
    switch (tag) {
      case NULL:
      case TRUE:
      case FALSE:
        this.p++;
        return tag === NULL ? null : tag === TRUE;
      case REF:
        return this.#node(this.reference());
      default:
        throw malformed(`0x${tag.toString(16)} is no value`, this);
    }
  }

  /** The next byte, as it is. */
  byte(): number {
    if (this.p >= this.e) throw truncated(this);
    return this.b[this.p++] as number;
  }

  /** Refuses what is left. */
  close(): void {
    if (this.p < this.e) throw malformed(`${this.e - this.p} bytes follow the message`, this);
  }

  /** Reads the definition of a class. */
  define(): void {
    this.p++;
    const name = this.#text("the name of a class");
    const at = this.p;
    const count = this.#int("the number of a class's fields");
    if (count < 0) throw malformed(`a class of ${count} fields`, this, at);
    checkBytes(this, count);
    charge(this, classCost(count));
    const fields: string[] = [];
    for (let i = 0; i < count; i++) fields.push(this.#text("the name of a field"));
    this.classes.push(new ClassShape({ name, fields }));
  }

  /** The name of a class, field or member that stands here; `undefined`, and nothing moved, where no text does. */
  name(): string | undefined {
    return readText(this);
  }

  /** Moves past the head of an object, to the number of its class; -1, and nothing moved, where none begins. */
  objectHead(): number {
    const at = this.p;
    const tag = this.b[at] as number;
    if (tag !== OBJECT && (tag & 0xf0) !== OBJECT_DIRECT) return -1;
    this.p++;
    const index = tag === OBJECT ? this.#int("a class") : tag - OBJECT_DIRECT;
    if (this.classes[index] === undefined)
      throw malformed(`an object of class ${index}, of which there are ${this.classes.length}`, this, at);
    return index;
  }

  /** Moves past the head of a list, to its length or `VARIABLE`; `NO_LIST`, and nothing moved, where none begins. */
  listHead(): number {
    const at = this.p;
    const tag = this.b[at] as number;
    const direct = tag >= LIST_DIRECT && tag < LIST_DIRECT_UNTYPED + 8;
    if (!direct && !(tag >= LIST_VARIABLE && tag <= LIST_FIXED_UNTYPED)) return NO_LIST;
    this.p++;
    const typed = direct ? tag < LIST_DIRECT_UNTYPED : tag < LIST_VARIABLE_UNTYPED;
    this.#type = typed ? this.#typeName() : undefined;
    if (direct) return tag & 7;
    if (tag === LIST_VARIABLE || tag === LIST_VARIABLE_UNTYPED) return VARIABLE;
    const length = this.#int("a length");
    if (length < 0) throw malformed(`a list of ${length} items`, this, at);
    return length;
  }

  /** Moves past the head of a map; false, and nothing moved, where none begins. */
  mapHead(): boolean {
    const tag = this.b[this.p] as number;
    if (tag !== MAP && tag !== MAP_UNTYPED) return false;
    this.p++;
    this.#type = tag === MAP ? this.#typeName() : undefined;
    return true;
  }

  /** Moves past a reference, to the number of the node that it names. */
  reference(): number {
    const at = this.p++;
    const index = this.#int("a reference");
    const known = this.nodes.length / 2;
    if (!(index >= 0 && index < known))
      throw malformed(`a reference to value ${index}, of which there are ${known}`, this, at);
    return index;
  }

  /** Moves over the end of a list or map of unknown length; false, and the memory of one more taken, where it has not come. */
  ends(cost: number): boolean {
    if (this.p >= this.e) throw truncated(this);
    if (this.b[this.p] === END) {
      this.p++;
      return true;
    }
    charge(this, cost);
    return false;
  }

  #number(tag: number, p: number): unknown {
    const int = readInt(this.b, p, tag);
    if (!Number.isNaN(int)) return int;
    const number = readNumber(this.b, p, tag);
    if (number !== undefined) {
      if (!this.#exact || (number | 0) !== number || Object.is(number, -0)) return number;
      charge(this, TYPED);
      return double(number);
    }
    charge(this, BIGINT);
    const long = readInt64(this.b, p, tag);
    if (long !== undefined) return long;
    charge(this, DATE);
    const date = new Date(readMillis(this.b, p, tag));
    if (Number.isNaN(date.getTime())) throw malformed("a date beyond the year 275760", this, p - 1);
    return date;
  }

  #int(what: string): number {
    const at = this.p;
    const tag = this.byte();
    const width = WIDTH[tag] as number;
    checkBytes(this, width);
    const int = readInt(this.b, this.p, tag);
    this.p += width;
    if (Number.isNaN(int)) throw malformed(`${what} is not an int`, this, at);
    return int;
  }

  #text(what: string): string {
    const text = this.name();
    if (text === undefined) throw malformed(`${what} is not a string`, this);
    return text;
  }

  /** The name of a list's or map's type: written out once, then by number. */
  #typeName(): string | undefined {
    const at = this.p;
    const text = this.name();
    if (text !== undefined) {
      this.#types.push(text);
      return text === "" ? undefined : text;
    }
    const index = this.#int("a type");
    const type = this.#types[index];
    if (type === undefined)
      throw malformed(`a reference to type ${index}, of which there are ${this.#types.length}`, this, at);
    return type === "" ? undefined : type;
  }

  #node(index: number): unknown {
    this.shared = true;
    return this.nodes[2 * index] === NODE ? this.nodes[2 * index + 1] : TAKEN;
  }

  #object(index: number, depth: number): ObjectNode {
    if (depth < 0) throw tooDeep();
    const shape = this.classes[index] as ClassShape;
    const count = shape.fields.length;
    checkBytes(this, count);
    charge(this, NODE_COST + count * SLOT);
    const node = new ObjectNode(shape);
    this.nodes.push(NODE, node);
    for (let i = 0; i < count; i++) node.values[i] = this.value(depth - 1);
    return node;
  }

  #list(length: number, depth: number): ListNode {
    if (depth < 0) throw tooDeep();
    const known = length === VARIABLE ? 0 : length;
    checkBytes(this, known);
    charge(this, NODE_COST + (length === VARIABLE ? GROWING : known * SLOT));
    const node = new ListNode(this.#type, known);
    this.nodes.push(NODE, node);
    if (length === VARIABLE) while (!this.ends(GROWING_SLOT)) node.items.push(this.value(depth - 1));
    else for (let i = 0; i < length; i++) node.items[i] = this.value(depth - 1);
    return node;
  }

  #map(depth: number): MapNode {
    if (depth < 0) throw tooDeep();
    charge(this, NODE_COST + GROWING);
    const node = new MapNode(this.#type);
    this.nodes.push(NODE, node);
    while (!this.ends(2 * GROWING_SLOT)) node.entries.push(this.value(depth - 1), this.value(depth - 1));
    return node;
  }
}

const TAKEN = new TakenNode();

/** What a reader throws that has met what only the exact way can read, or refuse. */
export const GIVE_UP: unknown = Object.freeze({ giveUp: true });
