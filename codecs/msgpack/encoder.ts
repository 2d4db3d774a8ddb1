import { misfitCondition, recordCondition } from "../../core/compile/check.ts";
import type { Write } from "../../core/compile/encoder.ts";
import { RecordWriter } from "../../core/compile/record-writer.ts";
import { type Shape, safeName } from "../../core/compile/source.ts";
import type { EnumType, Field, RecordType, ScalarType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { FALSE, NIL, TRUE } from "./format.ts";
import { ABSENT, writeAny } from "./untyped.ts";
import {
  MAX_HEAD_BYTES,
  MAX_INTEGER_BYTES,
  MAX_TIMESTAMP_BYTES,
  writeBytes,
  writeFloat32,
  writeFloat64,
  writeInt64,
  writeInteger,
  writeListHead,
  writeMapHead,
  writeString,
  writeTimestamp,
} from "./write.ts";

export interface WriterOptions {
  readonly shape: Shape;
  /** Structs as maps by name, unions by the name of the case and enums by the member, instead of by position. */
  readonly maps: boolean;
}

/** The order in which the compact form has a record's fields: by number. */
export function positions(record: RecordType): readonly Field[] {
  return [...record.fields].sort((a, b) => a.number - b.number);
}

/** Compiles the writer of a struct. */
export function compileWriter(type: StructType, options: WriterOptions): Write {
  return new WriterSource(options).compile(type);
}

class WriterSource extends RecordWriter {
  readonly #maps: boolean;

  constructor({ shape, maps }: WriterOptions) {
    super(shape);
    this.#maps = maps;
  }

  protected override struct(type: StructType, x: string, depth: number): void {
    if (this.#maps) this.#map(type, x, depth);
    else this.#tuple(type, x, depth);
  }

  #tuple(type: StructType, x: string, depth: number): void {
    const source = this.source;
    source.refuseIf(recordCondition(source, type.fields, x));
    const fields = positions(type);
    source.fixed(...listHead(fields.length));
    for (const field of fields) {
      const value = this.source.fieldOf(x, field);
      if (!field.optional) {
        this.#value(field.type, value, depth + 1);
        continue;
      }
      source.apart(
        `if (${value} === undefined) {`,
        () => source.fixed(...(field.type.kind === "any" ? ABSENT : [NIL])),
        "} else {",
      );
      source.apart("", () => this.#value(field.type, value, depth + 1), "}");
    }
  }

  #map(type: StructType, x: string, depth: number): void {
    const source = this.source;
    source.refuseIf(recordCondition(source, type.fields, x));
    const values = new Map(type.fields.map((field) => [field, this.source.fieldOf(x, field)]));
    const optional = type.fields.filter((field) => field.optional);
    const count = [type.fields.length, ...optional.map((field) => `(${values.get(field)} === undefined ? 1 : 0)`)].join(
      " - ",
    );
    this.#fixedLength("writeMapHead", writeMapHead, count, MAX_HEAD_BYTES);
    for (const [field, value] of values) {
      const write = (): void => {
        source.fixed(...stringHead(field.name.length), safeName(field.name));
        this.#value(field.type, value, depth + 1);
      };
      if (field.optional) source.apart(`if (${value} !== undefined) {`, write, "}");
      else write();
    }
  }

  protected override union(type: UnionType, x: string, depth: number): void {
    const source = this.source;
    source.cases(x, positions(type), (field, value, i) => {
      if (this.#maps) source.fixed(0x81, ...stringHead(field.name.length), safeName(field.name));
      else {
        source.fixed(0x92);
        this.#smallInteger(i);
      }
      this.#value(field.type, value, depth + 1);
    });
  }

  #smallInteger(i: number): void {
    const bytes = new Uint8Array(MAX_INTEGER_BYTES);
    this.source.fixed(...bytes.subarray(0, writeInteger(bytes, 0, i)));
  }

  #value(type: Type, x: string, depth: number): void {
    const source = this.source;
    switch (type.kind) {
      case "struct":
      case "union":
        this.record(type, x, depth);
        return;
      case "list": {
        const [i, one] = [source.local("i"), source.local("v")];
        source.refuseIf(`!Array.isArray(${x})`);
        this.#fixedLength("writeListHead", writeListHead, `${x}.length`, MAX_HEAD_BYTES);
        source.apart(
          `for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}];`,
          () => this.#value(type.item, one, depth + 1),
          "}",
        );
        return;
      }
      case "map": {
        const [keys, key, one] = [source.local("keys"), source.local("k"), source.local("v")];
        source.refuseIf(recordCondition(source, [], x));
        source.line(`const ${keys} = Object.keys(${x});`);
        this.#fixedLength("writeMapHead", writeMapHead, `${keys}.length`, MAX_HEAD_BYTES);
        source.apart(
          `for (const ${key} of ${keys}) { const ${one} = ${x}[${key}];`,
          () => {
            this.#string(key);
            this.#value(type.value, one, depth + 1);
          },
          "}",
        );
        return;
      }
      case "any":
        source.dynamic(
          (reserve) =>
            `p = ${source.constant("writeAny", writeAny)}(o, p, ${x}, d - ${depth}, ${reserve()}); b = o.buffer;`,
        );
        return;
      default:
        this.#scalar(type, x);
    }
  }

  #scalar(type: ScalarType | EnumType, x: string): void {
    const source = this.source;
    if (type.kind === "enum" && !this.#maps) {
      const index = source.local("i");
      const indexes = source.constant("INDEX", new Map(type.members.map((one, i) => [one, i])));
      source.line(`const ${index} = ${indexes}.get(${x}); if (${index} === undefined) ${source.refusal()}`);
      this.#fixedLength("writeInteger", writeInteger, index, MAX_INTEGER_BYTES);
      return;
    }
    source.refuseIf(misfitCondition(source, type, x));
    switch (type.kind) {
      case "bool":
        source.flush();
        source.need(1);
        source.line(`b[p++] = ${x} ? ${TRUE} : ${FALSE};`);
        return;
      case "int32":
      case "int53":
        this.#fixedLength("writeInteger", writeInteger, x, MAX_INTEGER_BYTES);
        return;
      case "int64":
        this.#fixedLength("writeInt64", writeInt64, x, MAX_INTEGER_BYTES);
        return;
      case "float32":
        this.#fixedLength("writeFloat32", writeFloat32, x, 5);
        return;
      case "float64":
        this.#fixedLength("writeFloat64", writeFloat64, x, 9);
        return;
      case "timestamp":
        this.#fixedLength("writeTimestamp", writeTimestamp, x, MAX_TIMESTAMP_BYTES);
        return;
      case "bytes":
        source.dynamic(
          (reserve) => `p = ${source.constant("writeBytes", writeBytes)}(o, p, ${x}, ${reserve()}); b = o.buffer;`,
        );
        return;
      default:
        this.#string(x);
    }
  }

  #fixedLength(hint: string, write: (b: Uint8Array, p: number, v: never) => number, x: string, most: number): void {
    this.source.flush();
    this.source.need(most);
    this.source.line(`p = ${this.source.constant(hint, write)}(b, p, ${x});`);
  }

  #string(x: string): void {
    const write = this.source.constant("writeString", writeString);
    this.source.dynamic(
      (reserve) =>
        `q = 3 * ${x}.length + ${MAX_HEAD_BYTES + reserve()}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }\n` +
        `p = ${write}(b, p, ${x});`,
    );
  }
}

export function listHead(length: number): Uint8Array {
  const bytes = new Uint8Array(MAX_HEAD_BYTES);
  return bytes.subarray(0, writeListHead(bytes, 0, length));
}

function stringHead(length: number): Uint8Array {
  const bytes = new Uint8Array(3 + MAX_HEAD_BYTES + length * 3);
  return bytes.subarray(0, writeString(bytes, 0, "x".repeat(length)) - length);
}
