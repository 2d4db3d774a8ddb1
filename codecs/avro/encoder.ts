import { writeDouble, writeSingle } from "../../core/bytes/little-endian.ts";
import { MAX_VARINT_BYTES, MAX_VARINT32_BYTES } from "../../core/bytes/varint.ts";
import { misfitCondition, recordCondition } from "../../core/compile/check.ts";
import type { Write } from "../../core/compile/encoder.ts";
import { RecordWriter } from "../../core/compile/record-writer.ts";
import type { Shape } from "../../core/compile/source.ts";
import { MAX_PRECISION } from "../../core/schema/avro-decimal.ts";
import { isPlainUnion, nullPlace, scalarForm } from "../../core/schema/avro-form.ts";
import type {
  EnumType,
  Field,
  ListType,
  MapType,
  ScalarType,
  StructType,
  Type,
  UnionType,
} from "../../core/type/type.ts";
import {
  decimalWriter,
  writeBool,
  writeBytes,
  writeFixed,
  writeInt32,
  writeInt64,
  writeInteger,
  writeLength,
  writeText,
  writeTimestamp,
} from "./write.ts";

/** Compiles the writer of a struct: its fields in the order of declaration, one after the other. */
export function compileWriter(type: StructType, shape: Shape): Write {
  return new WriterSource(shape).compile(type);
}

class WriterSource extends RecordWriter {
  protected override struct(type: StructType, x: string, depth: number): void {
    const source = this.source;
    source.refuseIf(recordCondition(source, type.fields, x));
    for (const field of type.fields) this.#field(field, source.fieldOf(x, field), depth + 1);
  }

  #field(field: Field, x: string, depth: number): void {
    const source = this.source;
    if (!field.optional) return this.#value(field.type, x, depth);
    // The union of null and the value, or of null and the cases.
    const place = nullPlace(field);
    source.apart(`if (${x} === undefined) {`, () => source.fixed(...lengthBytes(place)), "} else {");
    source.apart(
      "",
      () => {
        if (isPlainUnion(field.type)) return this.union(field.type, x, depth, place);
        source.fixed(...lengthBytes(place === 0 ? 1 : 0));
        this.#value(field.type, x, depth);
      },
      "}",
    );
  }

  /** The number of the case, where null has that of its place and those from there on one more, and its value. */
  protected override union(type: UnionType, x: string, depth: number, place = type.fields.length): void {
    const source = this.source;
    source.cases(x, type.fields, (field, value, i) => {
      source.fixed(...lengthBytes(i < place ? i : i + 1));
      this.#value(field.type, value, depth + 1);
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
        source.refuseIf(`!Array.isArray(${x})`);
        this.#blocks(type, x, depth);
        return;
      case "map": {
        const keys = source.local("keys");
        source.refuseIf(recordCondition(source, [], x));
        source.line(`const ${keys} = Object.keys(${x});`);
        this.#blocks(type, keys, depth, x);
        return;
      }
      default:
        this.#scalar(type, x);
    }
  }

  /** One block with all items, if any, and the empty block that ends them. */
  #blocks(type: ListType | MapType, items: string, depth: number, map?: string): void {
    const source = this.source;
    const [i, one, value] = [source.local("i"), source.local("v"), source.local("v")];
    source.apart(
      `if (${items}.length > 0) {`,
      () => {
        this.#fixed(MAX_VARINT32_BYTES, "writeLength", writeLength, `${items}.length`);
        source.apart(
          `for (let ${i} = 0; ${i} < ${items}.length; ${i}++) { const ${one} = ${items}[${i}];`,
          () => {
            if (type.kind === "list") this.#value(type.item, one, depth + 1);
            else {
              this.#text("string", one);
              source.line(`const ${value} = ${map}[${one}];`);
              this.#value(type.value, value, depth + 1);
            }
          },
          "}",
        );
      },
      "}",
    );
    source.fixed(0);
  }

  #scalar(type: ScalarType | EnumType, x: string): void {
    const source = this.source;
    if (type.kind === "enum") {
      const index = source.local("i");
      const indexes = source.constant("INDEX", new Map(type.members.map((one, i) => [one, i])));
      source.line(`const ${index} = ${indexes}.get(${x}); if (${index} === undefined) ${source.refusal()}`);
      this.#fixed(MAX_VARINT32_BYTES, "writeLength", writeLength, index);
      return;
    }
    source.refuseIf(misfitCondition(source, type, x));
    switch (type.kind) {
      case "bool":
        return this.#fixed(1, "writeBool", writeBool, x);
      case "int32":
        return this.#fixed(MAX_VARINT32_BYTES, "writeInt32", writeInt32, x);
      case "int53":
        return this.#fixed(MAX_VARINT_BYTES, "writeInteger", writeInteger, x);
      case "int64":
        return this.#fixed(MAX_VARINT_BYTES, "writeInt64", writeInt64, x);
      case "float32":
        return this.#fixed(4, "writeSingle", writeSingle, x);
      case "float64":
        return this.#fixed(8, "writeDouble", writeDouble, x);
      case "timestamp":
        return this.#fixed(MAX_VARINT_BYTES, "writeTimestamp", writeTimestamp, x);
      case "bytes": {
        const size = scalarForm(type)?.fixed?.size;
        if (size === undefined) return this.#text("bytes", x);
        source.refuseIf(`${x}.length !== ${size}`);
        return this.#fixed(size, "writeFixed", writeFixed, x);
      }
      case "decimal": {
        const form = scalarForm(type);
        if (form === undefined) return this.#text("string", x);
        return this.#fixed(MAX_PRECISION + MAX_VARINT32_BYTES, "writeDecimal", decimalWriter(form), x);
      }
      default:
        this.#text("string", x);
    }
  }

  #fixed(most: number, hint: string, write: (b: Uint8Array, p: number, v: never) => number, x: string): void {
    const source = this.source;
    source.flush();
    source.need(most);
    source.line(`p = ${source.constant(hint, write)}(b, p, ${x});`);
  }

  #text(kind: "string" | "bytes", x: string): void {
    const source = this.source;
    const write =
      kind === "bytes" ? source.constant("writeBytes", writeBytes) : source.constant("writeText", writeText);
    source.dynamic(
      (reserve) =>
        `q = ${kind === "bytes" ? 1 : 3} * ${x}.length + ${MAX_VARINT32_BYTES + reserve()}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }\n` +
        `p = ${write}(b, p, ${x});`,
    );
  }
}

function lengthBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(MAX_VARINT32_BYTES);
  return bytes.subarray(0, writeLength(bytes, 0, length));
}
