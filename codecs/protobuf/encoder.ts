import { writeDoubles, writeSingles } from "../../core/bytes/little-endian.ts";
import { MAX_VARINT32_BYTES, writeVarint } from "../../core/bytes/varint.ts";
import { recordCondition } from "../../core/compile/check.ts";
import type { Write } from "../../core/compile/encoder.ts";
import { RecordWriter } from "../../core/compile/record-writer.ts";
import type { Shape } from "../../core/compile/source.ts";
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
import { keyForm, unwrapped } from "./form.ts";
import { byNumber, isMessage, LENGTH, packs, repeats, tagOf, wireTypeOf } from "./format.ts";
import { ensure, ScalarSource } from "./scalar-source.ts";
import { insertLength } from "./write.ts";

type Scalar = ScalarType | EnumType;

/** Compiles the writer of a struct. */
export function compileWriter(type: StructType, shape: Shape): Write {
  return new WriterSource(shape).compile(type);
}

class WriterSource extends RecordWriter {
  readonly #scalars = new ScalarSource(this.source);

  protected override struct(type: StructType, x: string, depth: number): void {
    const source = this.source;
    source.refuseIf(recordCondition(source, type.fields, x));
    for (const field of byNumber(type)) this.#field(field, source.fieldOf(x, field), depth + 1);
  }

  #field(field: Field, x: string, depth: number): void {
    const { type, number, optional } = field;
    if (repeats(field)) this.#repeated(number, type as ListType | MapType, x, depth);
    else if (!isMessage(type)) {
      // A default is written like a value, so that a reader with another default agrees.
      const presence = optional ? "optional" : field.defaultValue === undefined ? "implicit" : "always";
      this.#scalars.write(type as Scalar, x, tagOf(number, wireTypeOf(type)), presence);
    } else if (!optional) this.#message(number, type, x, depth);
    else this.source.apart(`if (${x} !== undefined) {`, () => this.#message(number, type, x, depth), "}");
  }

  protected override union(type: UnionType, x: string, depth: number): void {
    this.source.cases(x, type.fields, ({ number, type }, value) => this.#value(number, type, value, depth + 1));
  }

  /** Tag and value, always. */
  #value(number: number, type: Type, x: string, depth: number): void {
    if (isMessage(type)) this.#message(number, type, x, depth);
    else this.#scalars.write(type as Scalar, x, tagOf(number, wireTypeOf(type)), "always");
  }

  #message(number: number, type: Type, x: string, depth: number): void {
    this.#embedded(number, () => {
      if (type.kind === "list" || type.kind === "map") this.#repeated(1, type, x, depth);
      else if (type.kind !== "struct" && type.kind !== "union") this.#wrapped(unwrapped(type) as ScalarType, x);
      else this.record(type, x, depth);
    });
  }

  #wrapped(type: ScalarType, x: string): void {
    this.#scalars.write(type, x, tagOf(1, wireTypeOf(type)), "implicit");
  }

  /** A message, or packed items. Most are short, so one byte is left for the length; longer ones move. */
  #embedded(number: number, body: () => void): void {
    const source = this.source;
    const start = source.local("h");
    source.fixed(...tagOf(number, LENGTH), 0);
    source.flush();
    // Relative to what the output may drop when it grows.
    source.line(`const ${start} = p - o.start;`);
    body();
    const insert = source.constant("insertLength", insertLength);
    source.dynamic(
      (reserve) =>
        `q = p - o.start - ${start}; if (q < 128) b[p - q - 1] = q; else { p = ${insert}(o, p, q); b = o.buffer; }\n` +
        ensure(String(reserve())),
    );
  }

  #repeated(number: number, type: ListType | MapType, x: string, depth: number): void {
    const source = this.source;
    if (type.kind === "map") {
      const [key, one, form] = [source.local("k"), source.local("v"), keyForm(type)];
      source.refuseIf(recordCondition(source, [], x));
      source.apart(
        `for (const ${key} of Object.keys(${x})) { const ${one} = ${x}[${key}];`,
        () =>
          this.#embedded(number, () => {
            this.#scalars.key(form, key);
            this.#value(2, type.value, one, depth + 1);
          }),
        "}",
      );
      return;
    }
    source.refuseIf(`!Array.isArray(${x})`);
    const [i, one] = [source.local("i"), source.local("v")];
    const open = `for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}];`;
    const { item } = type;
    if (!packs(item)) source.apart(open, () => this.#value(number, item, one, depth + 1), "}");
    else if (item.kind === "float32") this.#packedFloats(number, 4, x);
    else if (item.kind === "float64") this.#packedFloats(number, 8, x);
    else {
      source.apart(
        `if (${x}.length > 0) {`,
        () =>
          this.#embedded(number, () =>
            source.apart(open, () => this.#scalars.write(item as Scalar, one, [], "always"), "}"),
          ),
        "}",
      );
    }
  }

  /** Their length is known before they are written. */
  #packedFloats(number: number, bytes: 4 | 8, x: string): void {
    const source = this.source;
    const all = bytes === 4 ? writeSingles : writeDoubles;
    source.apart(
      `if (${x}.length > 0) {`,
      () => {
        source.fixed(...tagOf(number, LENGTH));
        source.flush();
        source.line(
          `${ensure(`${x}.length * ${bytes} + ${MAX_VARINT32_BYTES}`)} p = ${source.constant("writeVarint", writeVarint)}(b, p, ${x}.length * ${bytes});`,
        );
        source.line(`p = ${source.constant("writeAll", all)}(b, p, ${x}); if (p < 0) ${source.refusal()}`);
      },
      "}",
    );
  }
}
