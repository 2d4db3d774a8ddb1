import { copyBytes } from "../../core/byte-copy.ts";
import type { CodecLimits } from "../../core/codec.ts";
import { type Cursor, checkBytes, malformed, takeElements, tooDeep, tooMany, truncated } from "./cursor.ts";
import {
  BINARY,
  BINARY_CHUNK,
  BINARY_DIRECT,
  BINARY_SHORT,
  CLASS_DEF,
  END,
  FALSE,
  LIST_DIRECT,
  LIST_DIRECT_UNTYPED,
  LIST_FIXED,
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
import { double } from "./java.ts";
import { type ClassShape, ListNode, MapNode, ObjectNode } from "./node.ts";
import { readInt, readInt64, readMillis, readNumber } from "./read.ts";
import { isText, readText } from "./text.ts";

/** Reads values of any form, whatever their types, into nodes; references become the node they name. */
export class Parser implements Cursor {
  readonly b: Uint8Array;
  p: number;
  readonly s: number;
  readonly e: number;
  n: number;
  /** True once a reference was read: only then can a node be met twice. */
  shared = false;
  readonly #maxDepth: number;
  /** Keeps whole doubles apart from ints. */
  readonly #exact: boolean;
  readonly #shapes: ClassShape[] = [];
  readonly #types: string[] = [];
  readonly #nodes: unknown[] = [];

  constructor(b: Uint8Array, start: number, end: number, limits: CodecLimits, exact: boolean) {
    this.b = b;
    this.p = start;
    this.s = start;
    this.e = end;
    this.n = limits.maxElements;
    // Enums, decimals and the like are objects here, one level below the struct that has them.
    this.#maxDepth = limits.maxDepth + 1;
    this.#exact = exact;
  }

  /** The next value. */
  value(): unknown {
    return this.#value(this.#maxDepth);
  }

  /** The next byte, as it is. */
  byte(): number {
    return this.#tag();
  }

  /** Refuses what is left. */
  close(): void {
    if (this.p < this.e) throw malformed(`${this.e - this.p} bytes follow the message`, this);
  }

  #value(depth: number): unknown {
    let tag = this.#tag();
    while (tag === CLASS_DEF) {
      this.#define();
      tag = this.#tag();
    }
    const { p } = this;
    if (isText(tag)) {
      this.p--;
      return readText(this);
    }
    const width = WIDTH[tag] as number;
    if (width > 0 || tag >= 0x80 || tag === 0x5b || tag === 0x5c) {
      checkBytes(this, width);
      this.p += width;
      return this.#number(tag, p);
    }
    if (tag >= OBJECT_DIRECT && tag < LIST_DIRECT) return this.#object(tag - OBJECT_DIRECT, depth);
    if (tag >= LIST_DIRECT_UNTYPED) return this.#list(undefined, tag - LIST_DIRECT_UNTYPED, depth);
    if (tag >= LIST_DIRECT) return this.#list(this.#type(), tag - LIST_DIRECT, depth);
    switch (tag) {
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case OBJECT:
        return this.#object(this.#int("a class"), depth);
      case LIST_FIXED_UNTYPED:
        return this.#list(undefined, this.#int("a length"), depth);
      case LIST_FIXED: {
        const type = this.#type();
        return this.#list(type, this.#int("a length"), depth);
      }
      case LIST_VARIABLE_UNTYPED:
        return this.#list(undefined, -1, depth);
      case LIST_VARIABLE:
        return this.#list(this.#type(), -1, depth);
      case MAP_UNTYPED:
        return this.#map(undefined, depth);
      case MAP:
        return this.#map(this.#type(), depth);
      case REF: {
        const index = this.#int("a reference");
        if (!(index >= 0 && index < this.#nodes.length))
          throw malformed(`a reference to value ${index}, of which there are ${this.#nodes.length}`, this, p - 1);
        this.shared = true;
        return this.#nodes[index];
      }
      default:
        if ((tag & 0xf0) === BINARY_DIRECT || (tag & 0xfc) === BINARY_SHORT || tag === BINARY || tag === BINARY_CHUNK)
          return this.#bytes(tag);
        throw malformed(`0x${tag.toString(16)} is no value`, this, p - 1);
    }
  }

  #tag(): number {
    if (this.p >= this.e) throw truncated(this);
    return this.b[this.p++] as number;
  }

  #number(tag: number, p: number): unknown {
    const int = readInt(this.b, p, tag);
    if (!Number.isNaN(int)) return int;
    const number = readNumber(this.b, p, tag);
    if (number !== undefined)
      return this.#exact && (number | 0) === number && !Object.is(number, -0) ? double(number) : number;
    const long = readInt64(this.b, p, tag);
    if (long !== undefined) return long;
    const date = new Date(readMillis(this.b, p, tag));
    if (Number.isNaN(date.getTime())) throw malformed("a date beyond the year 275760", this, p - 1);
    return date;
  }

  #int(what: string): number {
    const at = this.p;
    const tag = this.#tag();
    const width = WIDTH[tag] as number;
    checkBytes(this, width);
    const int = readInt(this.b, this.p, tag);
    this.p += width;
    if (Number.isNaN(int)) throw malformed(`${what} is not an int`, this, at);
    return int;
  }

  #text(what: string): string {
    const text = readText(this);
    if (text === undefined) throw malformed(`${what} is not a string`, this);
    return text;
  }

  #define(): void {
    const name = this.#text("the name of a class");
    const at = this.p;
    const count = this.#int("the number of a class's fields");
    if (count < 0) throw malformed(`a class of ${count} fields`, this, at);
    takeElements(this, count + 1, 1);
    const fields: string[] = [];
    for (let i = 0; i < count; i++) fields.push(this.#text("the name of a field"));
    this.#shapes.push({ name, fields });
  }

  /** The name of a list's or map's type: written out once, then by number. */
  #type(): string | undefined {
    const at = this.p;
    const text = readText(this);
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

  #object(index: number, depth: number): ObjectNode {
    const shape = this.#shapes[index];
    if (shape === undefined)
      throw malformed(`an object of class ${index}, of which there are ${this.#shapes.length}`, this);
    if (depth < 0) throw tooDeep();
    const count = shape.fields.length;
    takeElements(this, count, 1);
    const node = new ObjectNode(shape);
    this.#nodes.push(node);
    for (let i = 0; i < count; i++) node.values.push(this.#value(depth - 1));
    return node;
  }

  #list(type: string | undefined, length: number, depth: number): ListNode {
    if (depth < 0) throw tooDeep();
    const node = new ListNode(type);
    this.#nodes.push(node);
    if (length < 0) {
      while (!this.#ends()) node.items.push(this.#value(depth - 1));
      return node;
    }
    takeElements(this, length, 1);
    for (let i = 0; i < length; i++) node.items.push(this.#value(depth - 1));
    return node;
  }

  #map(type: string | undefined, depth: number): MapNode {
    if (depth < 0) throw tooDeep();
    const node = new MapNode(type);
    this.#nodes.push(node);
    while (!this.#ends()) node.entries.push(this.#value(depth - 1), this.#value(depth - 1));
    return node;
  }

  /** Moves over the end of a list or map of unknown length; false, and one element taken, where it has not come. */
  #ends(): boolean {
    if (this.p >= this.e) throw truncated(this);
    if (this.b[this.p] === END) {
      this.p++;
      return true;
    }
    if (--this.n < 0) throw tooMany();
    return false;
  }

  #bytes(first: number): Uint8Array {
    const chunks: Uint8Array[] = [];
    for (let tag = first; ; tag = this.#tag()) {
      const direct = (tag & 0xf0) === BINARY_DIRECT;
      const short = (tag & 0xfc) === BINARY_SHORT;
      if (!direct && !short && tag !== BINARY && tag !== BINARY_CHUNK) throw malformed("bytes break off", this);
      checkBytes(this, direct ? 0 : short ? 1 : 2);
      let length = direct ? tag - BINARY_DIRECT : short ? tag - BINARY_SHORT : (this.b[this.p++] as number);
      if (!direct) length = (length << 8) | (this.b[this.p++] as number);
      checkBytes(this, length);
      this.p += length;
      const chunk = copyBytes(this.b, this.p - length, this.p);
      if (tag !== BINARY_CHUNK && chunks.length === 0) return chunk;
      chunks.push(chunk);
      if (tag !== BINARY_CHUNK) return joined(chunks);
    }
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let p = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, p);
    p += chunk.length;
  }
  return bytes;
}
