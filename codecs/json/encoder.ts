import { toBase64 } from "../../core/base64.ts";
import type { Output } from "../../core/bytes/output.ts";
import { misfitCondition, recordCondition } from "../../core/compile/check.ts";
import type { Write } from "../../core/compile/encoder.ts";
import { plain } from "../../core/compile/plain.ts";
import { RecordWriter } from "../../core/compile/record-writer.ts";
import { type Shape, safeName } from "../../core/compile/source.ts";
import type { Field, StructType, Type, UnionType } from "../../core/type/type.ts";
import { wrappedField } from "../../core/type/well-known-json.ts";
import { MAX_NUMBER_BYTES, writeFloat, writeInt64, writeInteger, writeQuotedAscii } from "./number.ts";
import { ownPrinter } from "./own-form.ts";
import { writeEscaped, writeJson, writeString } from "./string.ts";

/** Compiles the writer of a struct: bytes go straight into the output, with no text in between. */
export function compileWriter(type: StructType, shape: Shape, writerOf: (type: StructType) => Write): Write {
  return new WriterSource(shape, writerOf).compile(type);
}

class WriterSource extends RecordWriter {
  readonly #writerOf: (type: StructType) => Write;

  constructor(shape: Shape, writerOf: (type: StructType) => Write) {
    super(shape);
    this.#writerOf = writerOf;
  }

  protected override struct(type: StructType, x: string, depth: number): void {
    const print = ownPrinter(type, this.#writerOf);
    if (print !== undefined) {
      const name = this.source.constant("print", print);
      this.source.dynamic((reserve) => `p = ${name}(o, p, ${x}, d - ${depth}, ${reserve()}); b = o.buffer;`);
      return;
    }
    this.source.refuseIf(recordCondition(this.source, type.fields, x));
    const wrapped = wrappedField(type);
    if (wrapped !== undefined) return this.#value(wrapped.type, this.source.fieldOf(x, wrapped), depth + 1);
    this.source.fixed("{");
    const first = type.fields.findIndex((field) => !field.optional);
    type.fields.forEach((field, i) => {
      const value = this.source.fieldOf(x, field);
      if (!field.optional) {
        this.#key(field, i > first);
        this.#value(field.type, value, depth + 1);
        return;
      }
      const leads = first === -1 || i < first;
      this.source.apart(
        `if (${value} !== undefined) {`,
        () => {
          this.#key(field, !leads);
          this.#value(field.type, value, depth + 1);
          if (leads) this.source.fixed(",");
        },
        "}",
      );
    });
    if (first === -1 && type.fields.length > 0) {
      // Each optional field has written the comma after it; the brace takes the place of the last.
      this.source.line("if (b[p - 1] === 44) p--;");
    }
    this.source.fixed("}");
  }

  #key(field: Field, comma: boolean): void {
    this.source.fixed(`${comma ? "," : ""}"${safeName(field.name)}":`);
  }

  protected override union(type: UnionType, x: string, depth: number): void {
    const source = this.source;
    source.cases(x, type.fields, (field, value) => {
      source.fixed(`{"${safeName(field.name)}":`);
      this.#value(field.type, value, depth + 1);
      source.fixed("}");
    });
  }

  #value(type: Type, x: string, depth: number): void {
    const source = this.source;
    switch (type.kind) {
      case "struct":
      case "union":
        this.record(type, x, depth);
        return;
      case "list":
        this.#list(type.item, x, depth);
        return;
      case "map":
        this.#map(type.value, x, depth);
        return;
      case "any":
        this.source.dynamic(
          (reserve) =>
            `p = ${source.constant("writeAny", writeAny)}(o, p, ${x}, d - ${depth}, ${reserve()}); b = o.buffer;`,
        );
        return;
      default:
    }
    source.refuseIf(misfitCondition(source, type, x));
    switch (type.kind) {
      case "bool":
        this.source.flush();
        this.source.need(5);
        source.line(
          `if (${x}) { b[p] = 116; b[p + 1] = 114; b[p + 2] = 117; b[p + 3] = 101; p += 4; } else { b[p] = 102; b[p + 1] = 97; b[p + 2] = 108; b[p + 3] = 115; b[p + 4] = 101; p += 5; }`,
        );
        return;
      case "int32":
      case "int53":
        this.#fixed("writeInteger", writeInteger, x);
        return;
      case "int64":
        this.#fixed("writeInt64", writeInt64, x);
        return;
      case "float32":
      case "float64":
        this.#fixed("writeFloat", writeFloat, x);
        return;
      case "timestamp":
        this.#ascii(`${x}.toISOString()`);
        return;
      case "bytes":
        this.#ascii(`${source.constant("toBase64", toBase64)}(${x})`);
        return;
      case "decimal":
        this.#ascii(x);
        return;
      default:
        this.#string(x);
        return;
    }
  }

  #fixed(hint: string, write: (b: Uint8Array, p: number, v: never) => number, x: string): void {
    this.source.flush();
    this.source.need(MAX_NUMBER_BYTES);
    this.source.line(`p = ${this.source.constant(hint, write)}(b, p, ${x});`);
  }

  #ascii(x: string): void {
    this.source.dynamic(
      (reserve) =>
        `p = ${this.source.constant("writeQuotedAscii", writeQuotedAscii)}(o, p, ${x}, ${reserve()}); b = o.buffer;`,
    );
  }

  #string(x: string): void {
    const write = this.source.constant("writeString", writeString);
    const escaped = this.source.constant("writeEscaped", writeEscaped);
    this.source.dynamic(
      (reserve) =>
        `q = 3 * ${x}.length + ${2 + reserve()}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }\n` +
        `q = ${write}(b, p, ${x}); if (q < 0) { p = ${escaped}(o, p, ${x}, ${reserve()}); b = o.buffer; } else p = q;`,
    );
  }

  #list(item: Type, x: string, depth: number): void {
    const [i, one] = [this.source.local("i"), this.source.local("v")];
    this.source.refuseIf(`!Array.isArray(${x})`);
    this.source.fixed("[");
    this.source.apart(
      `for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}];`,
      () => {
        this.source.need(1);
        this.source.line(`if (${i} !== 0) b[p++] = 44;`);
        this.#value(item, one, depth + 1);
      },
      "}",
    );
    this.source.fixed("]");
  }

  #map(value: Type, x: string, depth: number): void {
    const [keys, i, key, one] = ["keys", "i", "k", "v"].map((hint) => this.source.local(hint)) as [
      string,
      string,
      string,
      string,
    ];
    this.source.refuseIf(recordCondition(this.source, [], x));
    this.source.fixed("{");
    this.source.flush();
    this.source.line(`const ${keys} = Object.keys(${x});`);
    this.source.apart(
      `for (let ${i} = 0; ${i} < ${keys}.length; ${i}++) { const ${key} = ${keys}[${i}]; const ${one} = ${x}[${key}];`,
      () => {
        this.source.need(1);
        this.source.line(`if (${i} !== 0) b[p++] = 44;`);
        this.#string(key);
        this.source.fixed(":");
        this.#value(value, one, depth + 1);
      },
      "}",
    );
    this.source.fixed("}");
  }
}

/** Untyped values as JSON has them: bigints, dates, bytes and what is not finite become strings. */
function writeAny(out: Output, position: number, value: unknown, depth: number, reserve: number): number {
  return writeJson(out, position, JSON.stringify(plain(value, depth), replace), reserve);
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value instanceof Uint8Array ? toBase64(value) : value;
}
