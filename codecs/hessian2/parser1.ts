import type { CodecLimits } from "../../core/codec.ts";
import { type Cursor, charge } from "../../core/compile/cursor.ts";
import { BIGINT, BYTES, DATE, ENTRY, GROWING, GROWING_SLOT, memoryFor, SLOT, TEXT } from "../../core/compile/memory.ts";
import { ClassShape, classCost } from "./class-shape.ts";
import { checkBytes, malformed, tooDeep, truncated } from "./cursor.ts";
import { double } from "./java.ts";
import { ListNode, MapNode, NODE_COST, ObjectNode } from "./node.ts";
import { readUnits } from "./text.ts";

/** The memory of a whole double that is kept apart from an int. */
const TYPED = 5 * SLOT;
/** The end of a list, a map, a call or a reply. */
export const END1 = 0x7a;
const LENGTH = 0x6c;
const TYPE = 0x74;
const MAPS = /^java\.util\.(concurrent\.)?\w*(Map|Hashtable|Properties)$/;

/**
 * Reads values of Hessian 1.0 into the nodes that `Parser` makes of 2.0, so that both become values in one way. Caucho's client
 * still writes its calls so unless it is told otherwise (http://hessian.caucho.com/doc/hessian-1.0-spec.xtp).
 */
export class Parser1 implements Cursor {
  readonly b: Uint8Array;
  p: number;
  readonly s: number;
  readonly e: number;
  n: number;
  /** True once a reference was read. */
  shared = false;
  /** The lists and maps that have begun. */
  readonly #nodes: object[] = [];
  readonly #maxDepth: number;
  readonly #exact: boolean;

  constructor(b: Uint8Array, start: number, end: number, limits: CodecLimits, exact: boolean) {
    this.b = b;
    this.p = start;
    this.s = start;
    this.e = end;
    this.n = memoryFor(limits, end - start);
    this.#maxDepth = limits.maxDepth + 1;
    this.#exact = exact;
  }

  byte(): number {
    if (this.p >= this.e) throw truncated(this);
    return this.b[this.p++] as number;
  }

  close(): void {
    if (this.p < this.e) throw malformed(`${this.e - this.p} bytes follow the message`, this);
  }

  /** Moves over the end of what has begun; false, and the memory of one more taken, where it has not come. */
  ends(cost: number): boolean {
    if (this.p >= this.e) throw truncated(this);
    if (this.b[this.p] === END1) {
      this.p++;
      return true;
    }
    charge(this, cost);
    return false;
  }

  value(depth = this.#maxDepth): unknown {
    const at = this.p;
    const tag = this.byte();
    switch (tag) {
      case 0x4e: // N
        return null;
      case 0x54: // T
      case 0x46: // F
        return tag === 0x54;
      case 0x49: // I
        return this.#int();
      case 0x4c: // L
        charge(this, BIGINT);
        return this.#view(8).getBigInt64(0);
      case 0x44: // D
        return this.#double(this.#view(8).getFloat64(0));
      case 0x64: // d
        return this.#date(at);
      case 0x53: // S
      case 0x73: // s
      case 0x58: // X
      case 0x78: // x
        charge(this, TEXT);
        return this.#text(tag);
      case 0x42: // B
      case 0x62: // b
        return this.#bytes(tag);
      case 0x56: // V
        return this.#list(depth);
      case 0x4d: // M
        return this.#map(depth);
      case 0x52: // R
        return this.#reference(at);
      default:
        throw malformed(`0x${tag.toString(16)} is no value`, this, at);
    }
  }

  /** The name of a method, header or type: its length in characters, and they. */
  name(): string {
    charge(this, TEXT);
    return readUnits(this, this.#short());
  }

  #short(): number {
    checkBytes(this, 2);
    this.p += 2;
    return ((this.b[this.p - 2] as number) << 8) | (this.b[this.p - 1] as number);
  }

  #view(bytes: number): DataView {
    checkBytes(this, bytes);
    this.p += bytes;
    return new DataView(this.b.buffer, this.b.byteOffset + this.p - bytes, bytes);
  }

  #int(): number {
    return this.#view(4).getInt32(0);
  }

  #double(value: number): unknown {
    if (!this.#exact || (value | 0) !== value || Object.is(value, -0)) return value;
    charge(this, TYPED);
    return double(value);
  }

  #date(at: number): Date {
    charge(this, DATE);
    const date = new Date(Number(this.#view(8).getBigInt64(0)));
    if (Number.isNaN(date.getTime())) throw malformed("a date beyond the year 275760", this, at);
    return date;
  }

  /** Text or XML: chunks of the small letter, and a last one of the capital. */
  #text(first: number): string {
    const last = first & ~0x20;
    let text = "";
    for (let tag = first; ; tag = this.byte()) {
      if (tag !== last && tag !== (last | 0x20)) throw malformed("a string breaks off", this, this.p - 1);
      text += readUnits(this, this.#short());
      if (tag === last) return text;
    }
  }

  #bytes(first: number): Uint8Array {
    const chunks: Uint8Array[] = [];
    for (let tag = first; ; tag = this.byte()) {
      if (tag !== 0x42 && tag !== 0x62) throw malformed("bytes break off", this, this.p - 1);
      const length = this.#short();
      checkBytes(this, length);
      charge(this, BYTES);
      chunks.push(this.b.subarray(this.p, this.p + length));
      this.p += length;
      if (tag === 0x42) break;
    }
    const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let p = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, p);
      p += chunk.length;
    }
    return bytes;
  }

  #type(): string | undefined {
    if (this.b[this.p] !== TYPE || this.p >= this.e) return undefined;
    this.p++;
    const type = this.name();
    return type === "" ? undefined : type;
  }

  #list(depth: number): ListNode {
    if (depth < 0) throw tooDeep();
    charge(this, NODE_COST + GROWING);
    const node = new ListNode(this.#type());
    this.#nodes.push(node);
    // The length is no more than a hint: the end closes the list, and -1 stands for none.
    if (this.p < this.e && this.b[this.p] === LENGTH) {
      this.p++;
      this.#int();
    }
    while (!this.ends(GROWING_SLOT)) node.items.push(this.value(depth - 1));
    return node;
  }

  /** A map, or an object, which is a map with the name of its class. */
  #map(depth: number): MapNode | ObjectNode {
    if (depth < 0) throw tooDeep();
    charge(this, NODE_COST + GROWING);
    const type = this.#type();
    if (type !== undefined && !MAPS.test(type)) return this.#object(type, depth);
    const node = new MapNode(type);
    this.#nodes.push(node);
    while (!this.ends(2 * GROWING_SLOT)) node.entries.push(this.value(depth - 1), this.value(depth - 1));
    return node;
  }

  #object(name: string, depth: number): ObjectNode {
    charge(this, classCost(0));
    // What it holds may refer to it, so it is known before its fields are.
    const fields: string[] = [];
    const node = new ObjectNode(new ClassShape({ name, fields }));
    this.#nodes.push(node);
    while (!this.ends(2 * GROWING_SLOT + ENTRY)) {
      const at = this.p;
      const field = this.value(depth - 1);
      if (typeof field !== "string") throw malformed("the name of a field is not a string", this, at);
      fields.push(field);
      node.values.push(this.value(depth - 1));
    }
    return node;
  }

  #reference(at: number): object {
    const index = this.#int();
    const node = this.#nodes[index];
    const known = this.#nodes.length;
    if (node === undefined) throw malformed(`a reference to value ${index}, of which there are ${known}`, this, at);
    this.shared = true;
    return node;
  }
}
