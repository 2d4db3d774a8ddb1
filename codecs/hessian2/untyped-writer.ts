import { RpcError } from "../../core/error.ts";
import { MISFIT, Misfit, within } from "../../core/misfit.ts";
import type { Output } from "../../core/output.ts";
import { writeDefinition } from "./class-def.ts";
import { END, FALSE, LIST_DIRECT, LIST_FIXED, MAP, MAP_UNTYPED, NULL, REF, TRUE } from "./format.ts";
import { javaClassOf, Typed } from "./java.ts";
import type { JavaClass } from "./java-class.ts";
import { type JavaLibrary, javaClassNamed } from "./java-classes.ts";
import type { Sheet } from "./sheet.ts";
import { roomForText, writeText } from "./text.ts";
import { hasMembers } from "./untyped-reader.ts";
import {
  MAX_HEAD_BYTES,
  MAX_LONG_BYTES,
  writeBytes,
  writeDate,
  writeFloat32,
  writeFloat64,
  writeInt,
  writeInt64,
  writeListHead,
  writeObjectHead,
} from "./write.ts";

/** Writes an untyped value, and makes room for `reserve` bytes after it. */
export type WriteAny = (
  out: Output,
  position: number,
  value: unknown,
  sheet: Sheet,
  depth: number,
  reserve: number,
) => number;

const INTS: Readonly<Record<string, number>> = { int: 32, Integer: 32, short: 16, Short: 16, byte: 8, Byte: 8 };
const ARRAYS = new Map<unknown, string>([
  [Int16Array, "[short"],
  [Int32Array, "[int"],
  [Float32Array, "[float"],
  [Float64Array, "[double"],
  [BigInt64Array, "[long"],
]);

export interface UntypedOptions {
  /** Lets untyped values contain themselves, as Java's may; otherwise a cycle is refused. @default true */
  readonly cycles?: boolean | undefined;
  /** Who reads UUID, Locale and Calendar, which Caucho's Hessian and Dubbo's hessian-lite write differently. */
  readonly java?: JavaLibrary | undefined;
}

/** The writer of untyped values. */
export function untypedWriter({ cycles = true, java = "dubbo" }: UntypedOptions): WriteAny {
  return (out, position, value, sheet, depth, reserve) => {
    out.position = position;
    try {
      new UntypedWriter(out, sheet, cycles, java).write(value, depth);
    } catch (thrown) {
      throw thrown instanceof Misfit ? thrown.toError() : thrown;
    }
    out.ensure(reserve);
    return out.position;
  };
}

class UntypedWriter {
  readonly #out: Output;
  readonly #sheet: Sheet;
  readonly #cycles: boolean;
  readonly #java: JavaLibrary;

  constructor(out: Output, sheet: Sheet, cycles: boolean, java: JavaLibrary) {
    this.#out = out;
    this.#sheet = sheet;
    this.#cycles = cycles;
    this.#java = java;
  }

  write(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        if ((value | 0) === value && !Object.is(value, -0)) return this.#number(writeInt, value);
        return this.#number(writeFloat64, value);
      case "boolean":
        return this.#byte(value ? TRUE : FALSE);
      case "undefined":
        return this.#byte(NULL);
      case "bigint":
        if (BigInt.asIntN(64, value) === value) return this.#number(writeInt64, value);
        return this.#known(value, javaClassNamed("java.math.BigInteger", this.#java) as JavaClass, value, depth);
      case "object":
        return value === null ? this.#byte(NULL) : this.#object(value, depth);
      default:
        throw new Misfit("", "a value that can be carried", typeof value === "symbol" ? undefined : value);
    }
  }

  #byte(byte: number): void {
    this.#out.ensure(1);
    this.#out.buffer[this.#out.position++] = byte;
  }

  #number<T>(write: (b: Uint8Array, p: number, v: T) => number, value: T): void {
    this.#out.ensure(MAX_LONG_BYTES);
    this.#out.position = write(this.#out.buffer, this.#out.position, value);
  }

  #text(text: string): void {
    this.#out.ensure(roomForText(text.length));
    try {
      this.#out.position = writeText(this.#out.buffer, this.#out.position, text);
    } catch (thrown) {
      throw thrown === MISFIT ? new Misfit("", "well-formed Unicode", text) : thrown;
    }
  }

  #object(value: object, depth: number): void {
    const out = this.#out;
    if (value instanceof Uint8Array) {
      out.position = writeBytes(out, out.position, value, 0);
      return;
    }
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw new Misfit("", "a valid Date", value);
      return this.#number(writeDate, value);
    }
    if (value instanceof Typed) return this.#typed(value, depth);
    if (Array.isArray(value)) return this.#list(value, value, undefined, depth);
    if (value instanceof Map) return this.#map(value, value, undefined, depth);
    if (value instanceof Set) return this.#list(value, Array.from(value), "java.util.HashSet", depth);
    if (ArrayBuffer.isView(value)) {
      const type = ARRAYS.get(value.constructor);
      const items = Array.from(value as unknown as ArrayLike<unknown>);
      if (type === undefined) throw new Misfit("", "an array that Java has", value);
      return this.#list(value, type === "[double" || type === "[float" ? items.map(double) : items, type, depth);
    }
    if (!hasMembers(value)) throw new Misfit("", "a value that can be carried", value);
    const name = javaClassOf(value);
    if (name === undefined) this.#map(value, Object.entries(value), undefined, depth);
    else this.#fields(value, name, value, depth);
  }

  #typed(one: Typed, depth: number): void {
    const { type, value } = one;
    const simple = type.startsWith("java.lang.") ? type.slice(10) : type;
    const bits = INTS[simple];
    if (bits !== undefined) {
      const fits =
        typeof value === "number" && (value | 0) === value && (value << (32 - bits)) >> (32 - bits) === value;
      if (!fits) throw new Misfit("", type, value);
      return this.#number(writeInt, value);
    }
    switch (simple) {
      case "long":
      case "Long": {
        const integer = Number.isSafeInteger(value) ? BigInt(value as number) : value;
        if (typeof integer !== "bigint" || BigInt.asIntN(64, integer) !== integer) throw new Misfit("", type, value);
        return this.#number(writeInt64, integer);
      }
      case "double":
      case "Double":
      case "float":
      case "Float":
        if (typeof value !== "number") throw new Misfit("", type, value);
        return this.#number(simple[0] === "f" || simple[0] === "F" ? writeFloat32 : writeFloat64, value);
      case "boolean":
      case "Boolean":
        if (typeof value !== "boolean") throw new Misfit("", type, value);
        return this.#byte(value ? TRUE : FALSE);
      case "char":
      case "Character":
      case "String":
        if (typeof value !== "string") throw new Misfit("", type, value);
        return this.#text(value);
      default:
    }
    const known = javaClassNamed(type, this.#java);
    if (known !== undefined) return this.#known(one, known, value, depth);
    if (Array.isArray(value)) return this.#list(one, value, type, depth);
    if (value instanceof Set) return this.#list(one, Array.from(value), type, depth);
    if (value instanceof Map) return this.#map(one, value, type, depth);
    if (typeof value === "string") return this.#fields(one, type, { name: value }, depth);
    if (!hasMembers(value) || value instanceof Typed) throw new Misfit("", `what makes a ${type}`, value);
    if (type.startsWith("java.util.")) this.#map(one, Object.entries(value), type, depth);
    else this.#fields(one, type, value, depth);
  }

  /** Begins a list, map or object; false where it was written before, and a reference is enough. */
  #begin(identity: unknown, depth: number): boolean {
    const sheet = this.#sheet;
    if (typeof identity !== "object") {
      sheet.nodes++;
      return true;
    }
    sheet.known ??= new Map();
    const before = sheet.known.get(identity as object);
    if (before !== undefined) {
      this.#byte(REF);
      this.#number(writeInt, before);
      return false;
    }
    if (depth <= 0) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: "the value is nested deeper than maxDepth; a cycle cannot be sent",
      });
    }
    const node = sheet.nodes++;
    if (this.#cycles) sheet.known.set(identity as object, node);
    return true;
  }

  #end(identity: unknown, node: number): void {
    if (!this.#cycles && typeof identity === "object") this.#sheet.known?.set(identity as object, node);
  }

  #list(identity: object, items: readonly unknown[], type: string | undefined, depth: number): void {
    const node = this.#sheet.nodes;
    if (!this.#begin(identity, depth)) return;
    const out = this.#out;
    if (type === undefined) this.#number(writeListHead, items.length);
    else {
      this.#byte(items.length < 8 ? LIST_DIRECT + items.length : LIST_FIXED);
      this.#type(type);
      if (items.length >= 8) this.#number(writeInt, items.length);
    }
    out.ensure(items.length);
    for (let i = 0; i < items.length; i++) this.#at(`[${i}]`, items[i], depth);
    this.#end(identity, node);
  }

  #map(
    identity: object,
    entries: Iterable<readonly [unknown, unknown]>,
    type: string | undefined,
    depth: number,
  ): void {
    const node = this.#sheet.nodes;
    if (!this.#begin(identity, depth)) return;
    this.#byte(type === undefined ? MAP_UNTYPED : MAP);
    if (type !== undefined) this.#type(type);
    for (const [key, value] of entries) {
      if (value === undefined) continue;
      this.#at("a key", key, depth);
      this.#at(String(typeof key === "object" ? "a value" : key), value, depth);
    }
    this.#byte(END);
    this.#end(identity, node);
  }

  #fields(identity: object, name: string, value: object, depth: number): void {
    const node = this.#sheet.nodes;
    if (!this.#begin(identity, depth)) return;
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    this.#open(
      name,
      entries.map(([key]) => key),
    );
    for (const [key, member] of entries) this.#at(key, member, depth);
    this.#end(identity, node);
  }

  #known(identity: unknown, java: JavaClass, value: unknown, depth: number): void {
    const values = java.write(value);
    if (values === undefined) throw new Misfit("", `what makes a ${java.name}`, value);
    const node = this.#sheet.nodes;
    if (!this.#begin(identity, depth)) return;
    this.#open(java.wire, java.fields);
    for (const one of values) this.write(one, depth - 1);
    this.#end(identity, node);
  }

  #open(name: string, fields: readonly string[]): void {
    const sheet = this.#sheet;
    const out = this.#out;
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
    const sheet = this.#sheet;
    sheet.types ??= new Map();
    const before = sheet.types.get(name);
    if (before !== undefined) return this.#number(writeInt, before);
    sheet.types.set(name, sheet.types.size);
    this.#text(name);
  }

  #at(step: string, value: unknown, depth: number): void {
    try {
      this.write(value, depth - 1);
    } catch (thrown) {
      throw within(step, thrown);
    }
  }
}

function double(value: unknown): Typed {
  return new Typed("double", value);
}
