import type { Output } from "../../core/bytes/output.ts";
import { RpcError } from "../../core/error.ts";
import { writeDefinition } from "./class-def.ts";
import { LIST_DIRECT, LIST_FIXED, MAP, MAP_UNTYPED, REF } from "./format.ts";
import { ANY } from "./forms.ts";
import { Identities } from "./identities.ts";
import { PrimitiveWriter } from "./primitive-writer.ts";
import type { Sheet } from "./sheet.ts";
import { MAX_HEAD_BYTES, writeInt, writeListHead, writeObjectHead } from "./write.ts";

/** Writes the beginnings of lists, maps and objects, and references to them. */
export class NodeWriter extends PrimitiveWriter {
  readonly sheet: Sheet;
  readonly #cycles: boolean;

  constructor(out: Output, sheet: Sheet, cycles: boolean) {
    super(out);
    this.sheet = sheet;
    this.#cycles = cycles;
  }

  /** Begins a list, map or object; false where it was written before, and a reference is enough. */
  begin(identity: unknown, depth: number): boolean {
    const { sheet } = this;
    if (typeof identity !== "object") {
      sheet.nodes++;
      return true;
    }
    sheet.identities ??= new Identities();
    const before = sheet.identities.find(identity, ANY);
    if (before >= 0) {
      this.byte(REF);
      this.number(writeInt, before);
      return false;
    }
    if (depth <= 0) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: "the value is nested deeper than maxDepth; a cycle cannot be sent",
      });
    }
    const node = sheet.nodes++;
    if (this.#cycles) sheet.identities.add(identity, ANY, node);
    return true;
  }

  /** Ends it; from now on a reference is enough, where it was not from the beginning. */
  end(identity: unknown, node: number): void {
    if (!this.#cycles && typeof identity === "object") this.sheet.identities?.add(identity, ANY, node);
  }

  listHead(type: string | undefined, length: number): void {
    if (type === undefined) return this.number(writeListHead, length);
    this.byte(length < 8 ? LIST_DIRECT + length : LIST_FIXED);
    this.#type(type);
    if (length >= 8) this.number(writeInt, length);
  }

  mapHead(type: string | undefined): void {
    this.byte(type === undefined ? MAP_UNTYPED : MAP);
    if (type !== undefined) this.#type(type);
  }

  objectHead(name: string, fields: readonly string[]): void {
    const { out, sheet } = this;
    const key = JSON.stringify([name, fields]);
    sheet.shapes ??= new Map();
    let index = sheet.shapes.get(key);
    if (index === undefined) {
      index = sheet.classes++;
      sheet.shapes.set(key, index);
      out.position = writeDefinition(out, out.position, name, fields);
    }
    out.ensure(MAX_HEAD_BYTES);
    out.position = writeObjectHead(out.buffer, out.position, index);
  }

  #type(name: string): void {
    const { sheet } = this;
    sheet.types ??= new Map();
    const before = sheet.types.get(name);
    if (before !== undefined) return this.number(writeInt, before);
    sheet.types.set(name, sheet.types.size);
    this.text(name);
  }
}
