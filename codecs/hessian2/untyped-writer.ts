import type { Output } from "../../core/bytes/output.ts";
import { Misfit, within } from "../../core/compile/misfit.ts";
import { isRecord } from "../../core/is-record.ts";
import { END, FALSE, NULL, TRUE } from "./format.ts";
import { javaClassOf, Typed } from "./java.ts";
import type { JavaClass } from "./java-class.ts";
import { type JavaLibrary, javaClassNamed } from "./java-classes.ts";
import { NodeWriter } from "./node-writer.ts";
import type { Sheet } from "./sheet.ts";
import { writeBytes, writeDate, writeFloat64, writeInt, writeInt64 } from "./write.ts";

/** Writes an untyped value, and makes room for `reserve` bytes after it. */
export type WriteAny = (
  out: Output,
  position: number,
  value: unknown,
  sheet: Sheet,
  depth: number,
  reserve: number,
) => number;

export interface UntypedOptions {
  /**
   * Whether untyped values may hold themselves, written and read, as a Java exception does that is its own cause; false
   * refuses them. Values of a struct never hold themselves. @default true
   */
  readonly cycles?: boolean | undefined;
  /** Who reads UUID, Locale and Calendar, which Caucho's Hessian and Dubbo's hessian-lite write differently. @default "dubbo" */
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

class UntypedWriter extends NodeWriter {
  readonly #java: JavaLibrary;

  constructor(out: Output, sheet: Sheet, cycles: boolean, java: JavaLibrary) {
    super(out, sheet, cycles);
    this.#java = java;
  }

  write(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        if ((value | 0) === value && !Object.is(value, -0)) return this.number(writeInt, value);
        return this.number(writeFloat64, value);
      case "boolean":
        return this.byte(value ? TRUE : FALSE);
      case "undefined":
        return this.byte(NULL);
      case "bigint":
        if (BigInt.asIntN(64, value) === value) return this.number(writeInt64, value);
        return this.#known(value, javaClassNamed("java.math.BigInteger", this.#java) as JavaClass, value, depth);
      case "object":
        return value === null ? this.byte(NULL) : this.#object(value, depth);
      default:
        throw new Misfit("", "a value that can be carried", typeof value === "symbol" ? undefined : value);
    }
  }

  #object(value: object, depth: number): void {
    if (Array.isArray(value)) return this.#list(value, value, undefined, depth);
    // What nearly every object is needs no more questions.
    if (Object.getPrototypeOf(value) === Object.prototype) return this.#record(value, depth);
    const { out } = this;
    if (value instanceof Uint8Array) {
      out.position = writeBytes(out, out.position, value, 0);
      return;
    }
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw new Misfit("", "a valid Date", value);
      return this.number(writeDate, value);
    }
    if (value instanceof Typed) return this.#typed(value, depth);
    if (value instanceof Map) return this.#map(value, value, undefined, depth);
    if (value instanceof Set) return this.#list(value, Array.from(value), "java.util.HashSet", depth);
    if (ArrayBuffer.isView(value)) {
      const type = ARRAYS.get(value.constructor);
      const items = Array.from(value as unknown as ArrayLike<unknown>);
      if (type === undefined) throw new Misfit("", "an array that Java has", value);
      return this.#list(value, type === "[double" || type === "[float" ? items.map(double) : items, type, depth);
    }
    if (!hasMembers(value)) throw new Misfit("", "a value that can be carried", value);
    this.#record(value, depth);
  }

  #record(value: object, depth: number): void {
    const name = javaClassOf(value);
    if (name === undefined) this.#members(value, value as Record<string, unknown>, undefined, depth);
    else this.#fields(value, name, value, depth);
  }

  #typed(one: Typed, depth: number): void {
    const { type, value } = one;
    if (this.primitive(type, value)) return;
    const known = javaClassNamed(type, this.#java);
    if (known !== undefined) return this.#known(one, known, value, depth);
    if (Array.isArray(value)) return this.#list(one, value, type, depth);
    if (value instanceof Set) return this.#list(one, Array.from(value), type, depth);
    if (value instanceof Map) return this.#map(one, value, type, depth);
    if (typeof value === "string") return this.#fields(one, type, { name: value }, depth);
    if (!hasMembers(value) || value instanceof Typed) throw new Misfit("", `what makes a ${type}`, value);
    if (type.startsWith("java.util.")) this.#members(one, value, type, depth);
    else this.#fields(one, type, value, depth);
  }

  #list(identity: object, items: readonly unknown[], type: string | undefined, depth: number): void {
    const node = this.sheet.nodes;
    if (!this.begin(identity, depth)) return;
    this.listHead(type, items.length);
    this.out.ensure(items.length);
    let i = 0;
    try {
      for (; i < items.length; i++) this.write(items[i], depth - 1);
    } catch (thrown) {
      throw within(`[${i}]`, thrown);
    }
    this.end(identity, node);
  }

  #map(identity: object, map: ReadonlyMap<unknown, unknown>, type: string | undefined, depth: number): void {
    const node = this.sheet.nodes;
    if (!this.begin(identity, depth)) return;
    this.mapHead(type);
    let step = "a key";
    try {
      for (const [key, value] of map) {
        if (value === undefined) continue;
        step = "a key";
        this.write(key, depth - 1);
        step = typeof key === "object" ? "a value" : String(key);
        this.write(value, depth - 1);
      }
    } catch (thrown) {
      throw within(step, thrown);
    }
    this.byte(END);
    this.end(identity, node);
  }

  /** A map whose keys are the names of members. */
  #members(identity: object, value: Record<string, unknown>, type: string | undefined, depth: number): void {
    const node = this.sheet.nodes;
    if (!this.begin(identity, depth)) return;
    this.mapHead(type);
    let step = "";
    try {
      for (const key of Object.keys(value)) {
        const member = value[key];
        if (member === undefined) continue;
        step = key;
        this.text(key);
        this.write(member, depth - 1);
      }
    } catch (thrown) {
      throw within(step, thrown);
    }
    this.byte(END);
    this.end(identity, node);
  }

  #fields(identity: object, name: string, value: object, depth: number): void {
    const node = this.sheet.nodes;
    if (!this.begin(identity, depth)) return;
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    this.objectHead(
      name,
      entries.map(([key]) => key),
    );
    let step = "";
    try {
      for (const [key, member] of entries) {
        step = key;
        this.write(member, depth - 1);
      }
    } catch (thrown) {
      throw within(step, thrown);
    }
    this.end(identity, node);
  }

  #known(identity: unknown, java: JavaClass, value: unknown, depth: number): void {
    const values = java.write(value);
    if (values === undefined) throw new Misfit("", `what makes a ${java.name}`, value);
    const node = this.sheet.nodes;
    if (!this.begin(identity, depth)) return;
    this.objectHead(java.wire, java.fields);
    for (const one of values) this.write(one, depth - 1);
    this.end(identity, node);
  }
}

const ARRAYS = new Map<unknown, string>([
  [Int16Array, "[short"],
  [Int32Array, "[int"],
  [Float32Array, "[float"],
  [Float64Array, "[double"],
  [BigInt64Array, "[long"],
]);

function double(value: unknown): Typed {
  return new Typed("double", value);
}

/** Whether an untyped value is written by its members. */
function hasMembers(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer) && !(value instanceof Promise)
  );
}
