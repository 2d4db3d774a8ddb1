import type { Output } from "../../core/bytes/output.ts";
import { Typed } from "./java.ts";
import { ListNode, MapNode, type ObjectNode } from "./node.ts";
import { END1 } from "./parser1.ts";
import { writeUnits } from "./text.ts";

const CHUNK = 0x8000;

/** Writes nodes, read with `exact`, as values of Hessian 1.0: for those who ask for replies of that version. */
export class Writer1 {
  readonly #out: Output;
  readonly #nodes = new Map<object, number>();

  constructor(out: Output) {
    this.#out = out;
  }

  bytes(...bytes: readonly number[]): void {
    const { buffer } = this.#room(bytes.length);
    for (const byte of bytes) buffer[this.#out.position++] = byte;
  }

  write(node: unknown): void {
    switch (typeof node) {
      case "string":
        return this.#text(node);
      case "boolean":
        return this.bytes(node ? 0x54 : 0x46);
      case "number":
        if ((node | 0) === node && !Object.is(node, -0)) return this.#fixed(0x49, 4, (view) => view.setInt32(0, node));
        return this.#double(node);
      case "bigint":
        return this.#fixed(0x4c, 8, (view) => view.setBigInt64(0, node));
      default:
        return node === null ? this.bytes(0x4e) : this.#object(node as object);
    }
  }

  #object(node: object): void {
    if (node instanceof Date) {
      return this.#fixed(0x64, 8, (view) => view.setBigInt64(0, BigInt(node.getTime())));
    }
    if (node instanceof Uint8Array) return this.#binary(node);
    if (node instanceof Typed) return this.#double(node.value as number);
    const before = this.#nodes.get(node);
    if (before !== undefined) return this.#fixed(0x52, 4, (view) => view.setInt32(0, before));
    this.#nodes.set(node, this.#nodes.size);
    if (node instanceof ListNode) {
      this.bytes(0x56);
      if (node.type !== undefined) this.#named(0x74, node.type);
      this.#fixed(0x6c, 4, (view) => view.setInt32(0, node.items.length));
      for (const item of node.items) this.write(item);
    } else if (node instanceof MapNode) {
      this.bytes(0x4d);
      this.#named(0x74, node.type ?? "");
      for (const one of node.entries) this.write(one);
    } else {
      const { shape, values } = node as ObjectNode;
      this.bytes(0x4d);
      this.#named(0x74, shape.name);
      shape.fields.forEach((field, i) => {
        this.write(field);
        this.write(values[i]);
      });
    }
    this.bytes(END1);
  }

  #double(value: number): void {
    this.#fixed(0x44, 8, (view) => view.setFloat64(0, value));
  }

  #text(text: string): void {
    let from = 0;
    while (text.length - from > CHUNK) {
      const last = text.charCodeAt(from + CHUNK - 1);
      const to = from + CHUNK - (last >= 0xd800 && last <= 0xdbff ? 1 : 0);
      this.#named(0x73, text.slice(from, to));
      from = to;
    }
    this.#named(0x53, text.slice(from));
  }

  #binary(bytes: Uint8Array): void {
    let from = 0;
    for (; bytes.length - from > CHUNK; from += CHUNK) this.#chunk(0x62, bytes.subarray(from, from + CHUNK));
    this.#chunk(0x42, bytes.subarray(from));
  }

  #chunk(tag: number, bytes: Uint8Array): void {
    const { buffer } = this.#room(3 + bytes.length);
    const { position } = this.#out;
    buffer[position] = tag;
    buffer[position + 1] = bytes.length >>> 8;
    buffer[position + 2] = bytes.length;
    buffer.set(bytes, position + 3);
    this.#out.position += 3 + bytes.length;
  }

  /** A letter, a length and so many characters. */
  #named(tag: number, text: string): void {
    this.bytes(tag, text.length >>> 8, text.length & 0xff);
    const { buffer } = this.#room(3 * text.length);
    this.#out.position = writeUnits(buffer, this.#out.position, text);
  }

  #fixed(tag: number, bytes: number, write: (view: DataView) => void): void {
    const { buffer } = this.#room(1 + bytes);
    buffer[this.#out.position] = tag;
    write(new DataView(buffer.buffer, buffer.byteOffset + this.#out.position + 1, bytes));
    this.#out.position += 1 + bytes;
  }

  #room(bytes: number): Output {
    this.#out.ensure(bytes);
    return this.#out;
  }
}
