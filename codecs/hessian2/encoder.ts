import { ByteSource } from "../../core/byte-source.ts";
import { misfitCondition, recordCondition } from "../../core/check.ts";
import { MISFIT } from "../../core/misfit.ts";
import type { Output } from "../../core/output.ts";
import { member, type Shape } from "../../core/source.ts";
import type { EnumType, Field, ScalarType, StructType, Type, UnionType } from "../../core/type.ts";
import { copyDefinition, definition } from "./class-def.ts";
import { END, FALSE, MAP_UNTYPED, NULL, TRUE } from "./format.ts";
import { again, mayRefer, written } from "./identity.ts";
import { newSheet, type Sheet } from "./sheet.ts";
import { roomForText, writeText } from "./text.ts";
import type { WriteAny } from "./untyped-writer.ts";
import { openVariant, type Variants, variants } from "./variant.ts";
import {
  MAX_HEAD_BYTES,
  MAX_INT_BYTES,
  MAX_LONG_BYTES,
  writeBytes,
  writeDate,
  writeFloat32,
  writeFloat64,
  writeInt,
  writeInt64,
  writeListHead,
  writeLong,
  writeObjectHead,
} from "./write.ts";

/** Writes `value` at `position` and returns the position after it; throws MISFIT where it does not fit. */
export type WriteHessian = (value: unknown, out: Output, position: number, depth: number, sheet?: Sheet) => number;

export interface WriterOptions {
  readonly shape: Shape;
  readonly writeAny: WriteAny;
  /** Other values stand in the same message, and may refer to what this one holds. @default false */
  readonly shared?: boolean;
}

export const DECIMAL_CLASS = "java.math.BigDecimal";

/** Compiles the writer of a value. */
export function compileWriter(type: Type, options: WriterOptions): WriteHessian {
  return new WriterSource(type, options).compile((source) => source.value(type, "v", 0));
}

/** Compiles the writer of a struct's fields alone, one value after the other. */
export function compileFieldsWriter(type: StructType, options: WriterOptions): WriteHessian {
  return new WriterSource(type, options).compile((source) => source.fields(type, "v", 0));
}

class WriterSource {
  readonly #source = new ByteSource();
  readonly #options: WriterOptions;
  readonly #functions = new Map<Type, string>();
  /** The members of the message's state that hold the numbers of classes, by definition. */
  readonly #classes = new Map<string, string>();
  /** Whether references may be written, which need to know how many lists, maps and objects came before. */
  readonly #counts: boolean;

  constructor(type: Type, options: WriterOptions) {
    this.#options = options;
    this.#counts = options.shared === true || mayRefer(type, options.shape);
  }

  compile(write: (source: this) => void): WriteHessian {
    const source = this.#source;
    const name = source.local("encode");
    source.function(name, "v, o, p, d, k", () => {
      source.line("let b = o.buffer, q = 0;");
      source.later(() => {
        const numbers = [...this.#classes.values()].map((one) => `k.${one} = -1;`).join(" ");
        return `if (k === undefined) k = ${source.constant("newSheet", newSheet)}(); ${numbers}`;
      });
      write(this);
    });
    return source.compile(name);
  }

  #functionOf(type: StructType | UnionType): string {
    const known = this.#functions.get(type);
    if (known !== undefined) return known;
    const source = this.#source;
    const name = source.local("write");
    this.#functions.set(type, name);
    source.function(name, "v, o, p, d, k", () => {
      source.line("let b = o.buffer, q = 0;");
      if (!this.#options.shape.recursive(type)) {
        this.#record(type, "v", 0);
        return;
      }
      source.line(`if (d < 0) throw ${this.#misfit()};`);
      // The graph of a recursive type may be larger than its objects are many: written once each, it is not.
      const key = source.constant("TYPE", type);
      source.line(`q = ${source.constant("again", again)}(o, p, k, ${key}, v); if (q >= 0) return q;`);
      source.line("const node = k.nodes;");
      this.#record(type, "v", 0);
      source.flush();
      source.line(`${source.constant("written", written)}(k, ${key}, v, node);`);
    });
    return name;
  }

  #misfit(): string {
    return this.#source.constant("MISFIT", MISFIT);
  }

  #part(type: StructType | UnionType, x: string, depth: number): void {
    if (this.#options.shape.inlines(type)) this.#record(type, x, depth);
    else this.#source.call(`${this.#functionOf(type)}(${x}, o, p, d${depth === 0 ? "" : ` - ${depth}`}, k)`);
  }

  #record(type: StructType | UnionType, x: string, depth: number): void {
    if (type.kind === "union") this.#union(type, x, depth);
    else this.#struct(type, x, depth);
  }

  /** A list, map or object begins. */
  #count(): void {
    if (this.#counts) this.#source.line("k.nodes++;");
  }

  /** The class, where the message has not defined it yet, and the head of an object. */
  #open(name: string, fields: readonly string[]): void {
    const source = this.#source;
    const key = JSON.stringify([name, fields]);
    const known = this.#classes.get(key);
    const number = known ?? `c${this.#classes.size}`;
    this.#classes.set(key, number);
    source.apart(
      `if (k.${number} < 0) { k.${number} = k.classes++;`,
      () => {
        const bytes = source.constant("DEFINITION", definition(name, fields));
        source.line(`p = ${source.constant("copyDefinition", copyDefinition)}(o, p, ${bytes}, 0); b = o.buffer;`);
      },
      "}",
    );
    source.need(MAX_HEAD_BYTES);
    source.line(
      `if (k.${number} < 16) b[p++] = 96 + k.${number}; else p = ${source.constant("writeObjectHead", writeObjectHead)}(b, p, k.${number});`,
    );
    this.#count();
  }

  #struct(type: StructType, x: string, depth: number): void {
    const source = this.#source;
    source.flush();
    source.line(`if (${recordCondition(source, type.fields, x)}) throw ${this.#misfit()};`);
    const mayLack = type.fields.filter((field) => field.optional && field.type.kind === "any");
    const values = new Map<Field, string>();
    if (mayLack.length === 0)
      this.#open(
        type.name,
        type.fields.map((field) => field.name),
      );
    else {
      for (const field of mayLack) values.set(field, this.#member(x, field));
      this.#variant(variants(type, mayLack), [...values.values()]);
    }
    this.#fields(type, x, depth, values);
  }

  fields(type: StructType, x: string, depth: number): void {
    this.#source.line(`if (${recordCondition(this.#source, type.fields, x)}) throw ${this.#misfit()};`);
    this.#fields(type, x, depth, undefined);
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

  /** The class of the fields that are there: null is a value of `any`, so what is absent has no field. */
  #variant(table: Variants, values: readonly string[]): void {
    const source = this.#source;
    const absent = values.map((value, i) => `(${value} === undefined ? ${2 ** i} : 0)`).join(" + ");
    source.dynamic(
      (reserve) =>
        `p = ${source.constant("openVariant", openVariant)}(o, p, k, ${source.constant("VARIANTS", table)}, ${absent}, ${reserve()}); b = o.buffer;`,
    );
    this.#count();
  }

  /** A local with the field's value, the default filled in. */
  #member(x: string, field: Field): string {
    const source = this.#source;
    const value = source.local("v");
    source.line(`let ${value} = ${member(x, field.name)};`);
    if (!field.optional && field.defaultValue !== undefined) {
      source.line(`if (${value} === undefined) ${value} = ${source.constant("DEFAULT", field.defaultValue)};`);
    }
    return value;
  }

  #union(type: UnionType, x: string, depth: number): void {
    const source = this.#source;
    source.flush();
    const value = source.local("v");
    source.line(`if (typeof ${x} !== "object" || ${x} === null) throw ${this.#misfit()};`);
    source.line(`const ${value} = ${x}.value;`);
    this.#open(type.name, ["kind", "value"]);
    source.line(`switch (${x}.kind) {`);
    for (const field of type.fields) {
      source.apart(
        `case ${JSON.stringify(field.name)}: {`,
        () => {
          source.fixed(...textBytes(field.name));
          this.value(field.type, value, depth + 1);
        },
        "break; }",
      );
    }
    source.line(`default: throw ${this.#misfit()}; }`);
  }

  value(type: Type, x: string, depth: number): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
      case "union":
        this.#part(type, x, depth);
        return;
      case "list": {
        const [i, one] = [source.local("i"), source.local("v")];
        source.flush();
        source.line(`if (!Array.isArray(${x})) throw ${this.#misfit()};`);
        this.#fixedLength("writeListHead", writeListHead, `${x}.length`, MAX_HEAD_BYTES);
        this.#count();
        source.apart(
          `for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}];`,
          () => this.value(type.item, one, depth + 1),
          "}",
        );
        return;
      }
      case "map": {
        const [key, one] = [source.local("k"), source.local("v")];
        source.flush();
        source.line(`if (${recordCondition(source, [], x)}) throw ${this.#misfit()};`);
        source.fixed(MAP_UNTYPED);
        source.flush();
        this.#count();
        source.apart(
          `for (const ${key} of Object.keys(${x})) { const ${one} = ${x}[${key}];`,
          () => {
            this.#string(key);
            this.value(type.value, one, depth + 1);
          },
          "}",
        );
        source.fixed(END);
        return;
      }
      case "any":
        source.dynamic(
          (reserve) =>
            `p = ${source.constant("writeAny", this.#options.writeAny)}(o, p, ${x}, k, d - ${depth}, ${reserve()}); b = o.buffer;`,
        );
        return;
      default:
        this.#scalar(type, x);
    }
  }

  #scalar(type: ScalarType | EnumType, x: string): void {
    const source = this.#source;
    source.flush();
    source.line(`if (${misfitCondition(source, type, x)}) throw ${this.#misfit()};`);
    switch (type.kind) {
      case "bool":
        source.need(1);
        source.line(`b[p++] = ${x} ? ${TRUE} : ${FALSE};`);
        return;
      case "int32":
        this.#fixedLength("writeInt", writeInt, x, MAX_INT_BYTES);
        return;
      case "int53":
        this.#fixedLength("writeLong", writeLong, x, MAX_LONG_BYTES);
        return;
      case "int64":
        this.#fixedLength("writeInt64", writeInt64, x, MAX_LONG_BYTES);
        return;
      case "float32":
        this.#fixedLength("writeFloat32", writeFloat32, x, MAX_LONG_BYTES);
        return;
      case "float64":
        this.#fixedLength("writeFloat64", writeFloat64, x, MAX_LONG_BYTES);
        return;
      case "timestamp":
        this.#fixedLength("writeDate", writeDate, x, MAX_LONG_BYTES);
        return;
      case "bytes":
        source.dynamic(
          (reserve) => `p = ${source.constant("writeBytes", writeBytes)}(o, p, ${x}, ${reserve()}); b = o.buffer;`,
        );
        return;
      case "decimal":
        this.#open(DECIMAL_CLASS, ["value"]);
        break;
      case "enum":
        this.#open(type.name, ["name"]);
        break;
      default:
    }
    this.#string(x);
  }

  #fixedLength(hint: string, write: (b: Uint8Array, p: number, v: never) => number, x: string, most: number): void {
    this.#source.flush();
    this.#source.need(most);
    this.#source.line(`p = ${this.#source.constant(hint, write)}(b, p, ${x});`);
  }

  #string(x: string): void {
    const source = this.#source;
    source.dynamic(
      (reserve) =>
        `q = ${source.constant("roomForText", roomForText)}(${x}.length) + ${reserve()}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }\n` +
        `p = ${source.constant("writeText", writeText)}(b, p, ${x});`,
    );
  }
}

function textBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(roomForText(text.length));
  return bytes.subarray(0, writeText(bytes, 0, text));
}
