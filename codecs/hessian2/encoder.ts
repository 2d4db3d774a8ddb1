import type { Output } from "../../core/bytes/output.ts";
import { recordCondition } from "../../core/compile/check.ts";
import { compileCopy } from "../../core/compile/copy.ts";
import { member, type Shape } from "../../core/compile/source.ts";
import type { Field, ListType, MapType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { END, MAP_UNTYPED, NULL } from "./format.ts";
import type { Forms } from "./forms.ts";
import { again, repeated, written } from "./reference.ts";
import { writeScalar } from "./scalar-writing.ts";
import { newSheet, type Sheet } from "./sheet.ts";
import { roomForText, writeText } from "./text.ts";
import type { WriteAny } from "./untyped-writer.ts";
import { openVariant, variants } from "./variant.ts";
import { MAX_HEAD_BYTES, writeListHead } from "./write.ts";
import { WriteSource } from "./write-source.ts";

/** Writes `value` at `position` and returns the position after it; throws MISFIT where it does not fit. */
export type WriteHessian = (value: unknown, out: Output, position: number, depth: number, sheet?: Sheet) => number;

export interface WriterOptions {
  readonly shape: Shape;
  readonly forms: Forms;
  readonly writeAny: WriteAny;
  /** Other values stand in the same message, and may be the same as what this one holds. @default false */
  readonly shared?: boolean;
}

/** Compiles the writer of a value. */
export function compileWriter(type: Type, options: WriterOptions): WriteHessian {
  return new WriterSource(type, options).compile((source) => source.value(type, "v", 0));
}

/** Compiles the writer of a struct's fields alone, one value after the other. */
export function compileFieldsWriter(type: StructType, options: WriterOptions): WriteHessian {
  return new WriterSource(type, options).compile((source) => source.arguments(type, "v"));
}

class WriterSource {
  readonly #source = new WriteSource();
  readonly #options: WriterOptions;
  /** The forms whose values are looked for among those that were written; the rest cannot come twice. */
  readonly #repeated: ReadonlySet<number>;

  constructor(type: Type, options: WriterOptions) {
    this.#options = options;
    this.#repeated = repeated(type, options.forms, options.shared ?? false);
  }

  compile(write: (source: this) => void): WriteHessian {
    const source = this.#source;
    const name = source.local("encode");
    source.function(name, "v, o, p, d, k", () => {
      source.line("let b = o.buffer, q = 0;");
      source.later(() => `if (k === undefined) k = ${source.constant("newSheet", newSheet)}(); ${source.noClasses()}`);
      write(this);
    });
    return source.compile(name);
  }

  arguments(type: StructType, x: string): void {
    this.#source.refuseIf(recordCondition(this.#source, type.fields, x));
    this.#fields(type, x, 0, undefined);
  }

  value(type: Type, x: string, depth: number): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
      case "union":
      case "list":
      case "map":
        return this.#once(type, x, () => this.#composite(type, x, depth));
      case "any":
        return source.dynamic(
          (reserve) =>
            `p = ${source.constant("writeAny", this.#options.writeAny)}(o, p, ${x}, k, d - ${depth}, ${reserve()}); b = o.buffer;`,
        );
      default:
        return writeScalar(source, type, x);
    }
  }

  /** A reference where the very value was written before in the same form, else what `write` writes. */
  #once(type: Type, x: string, write: () => void): void {
    const source = this.#source;
    const form = this.#options.forms.of(type);
    if (!this.#repeated.has(form)) return write();
    const node = source.local("node");
    source.flush();
    source.line(`q = ${source.constant("again", again)}(o, p, k, ${form}, ${x});`);
    source.apart(
      `if (q >= 0) { p = q; b = o.buffer; } else { const ${node} = k.nodes;`,
      () => {
        write();
        source.flush();
        source.line(`${source.constant("written", written)}(k, ${form}, ${x}, ${node});`);
      },
      "}",
    );
  }

  #composite(type: StructType | UnionType | ListType | MapType, x: string, depth: number): void {
    switch (type.kind) {
      case "list":
        return this.#list(type, x, depth);
      case "map":
        return this.#map(type, x, depth);
      default:
    }
    if (this.#options.shape.inlines(type)) return this.#record(type, x, depth);
    this.#source.call(`${this.#functionOf(type)}(${x}, o, p, d${depth === 0 ? "" : ` - ${depth}`}, k)`);
  }

  #functionOf(type: StructType | UnionType): string {
    const source = this.#source;
    return source.functionOf(type, "write", "v, o, p, d, k", () => {
      source.line("let b = o.buffer, q = 0;");
      if (this.#options.shape.recursive(type)) source.refuseIf("d < 0");
      this.#record(type, "v", 0);
    });
  }

  #record(type: StructType | UnionType, x: string, depth: number): void {
    if (type.kind === "union") this.#union(type, x, depth);
    else this.#struct(type, x, depth);
  }

  #struct(type: StructType, x: string, depth: number): void {
    const source = this.#source;
    source.refuseIf(recordCondition(source, type.fields, x));
    const mayLack = type.fields.filter((field) => field.optional && field.type.kind === "any");
    const names = type.fields.map((field) => field.name);
    if (mayLack.length === 0) {
      source.object(type.name, names);
      return this.#fields(type, x, depth, undefined);
    }
    const values = new Map(mayLack.map((field) => [field, this.#member(x, field)]));
    this.#variant(type, mayLack, [...values.values()]);
    this.#fields(type, x, depth, values);
  }

  /** The class of the fields that are there: null is a value of `any`, so what is absent has no field. */
  #variant(type: StructType, mayLack: readonly Field[], values: readonly string[]): void {
    const source = this.#source;
    const table = source.constant("VARIANTS", variants(type, mayLack));
    const absent = values.map((value, i) => `(${value} === undefined ? ${2 ** i} : 0)`).join(" + ");
    source.dynamic(
      (reserve) =>
        `p = ${source.constant("openVariant", openVariant)}(o, p, k, ${table}, ${absent}, ${reserve()}); b = o.buffer;`,
    );
    source.count();
  }

  /** `present`: the locals of fields that are left out where they are absent; other absent ones are null. */
  #fields(type: StructType, x: string, depth: number, present: ReadonlyMap<Field, string> | undefined): void {
    const source = this.#source;
    for (const field of type.fields) {
      const value = present?.get(field) ?? this.#member(x, field);
      if (!field.optional) {
        this.value(field.type, value, depth + 1);
        continue;
      }
      const leaveOut = present?.has(field) ?? false;
      source.apart(`if (${value} === undefined) {`, () => leaveOut || source.fixed(NULL), "} else {");
      source.apart("", () => this.value(field.type, value, depth + 1), "}");
    }
  }

  /** A local with the field's value, the default filled in: a copy each, since two defaults are not one value. */
  #member(x: string, { name, optional, type, defaultValue }: Field): string {
    const source = this.#source;
    const value = source.local("v");
    source.line(`let ${value} = ${member(x, name)};`);
    if (optional || defaultValue === undefined) return value;
    const copy = compileCopy(type);
    const filled =
      typeof defaultValue === "object"
        ? `${source.constant("copyDefault", () => copy(defaultValue))}()`
        : source.constant("DEFAULT", defaultValue);
    source.line(`if (${value} === undefined) ${value} = ${filled};`);
    return value;
  }

  #union(type: UnionType, x: string, depth: number): void {
    const source = this.#source;
    source.object(type.name, ["kind", "value"]);
    source.cases(x, type.fields, (field, value) => {
      source.fixed(...textBytes(field.name));
      this.value(field.type, value, depth + 1);
    });
  }

  #list(type: ListType, x: string, depth: number): void {
    const source = this.#source;
    const [i, one] = [source.local("i"), source.local("v")];
    source.refuseIf(`!Array.isArray(${x})`);
    source.bounded("writeListHead", writeListHead, `${x}.length`, MAX_HEAD_BYTES);
    source.count();
    source.apart(
      `for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}];`,
      () => this.value(type.item, one, depth + 1),
      "}",
    );
  }

  #map(type: MapType, x: string, depth: number): void {
    const source = this.#source;
    const [key, one] = [source.local("k"), source.local("v")];
    source.refuseIf(recordCondition(source, [], x));
    source.fixed(MAP_UNTYPED);
    source.flush();
    source.count();
    source.apart(
      `for (const ${key} of Object.keys(${x})) { const ${one} = ${x}[${key}];`,
      () => {
        source.string(key);
        this.value(type.value, one, depth + 1);
      },
      "}",
    );
    source.fixed(END);
  }
}

function textBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(roomForText(text.length));
  return bytes.subarray(0, writeText(bytes, 0, text));
}
