import { copyBytes } from "../../core/bytes/byte-copy.ts";
import { readDouble, readDoubles, readSingle, readSingles } from "../../core/bytes/little-endian.ts";
import { readText } from "../../core/bytes/utf8.ts";
import { entryCode } from "../../core/compile/entry-code.ts";
import { structLiteral } from "../../core/compile/literal.ts";
import {
  ENTRY,
  GROWING,
  GROWING_SLOT,
  itemCost,
  LIST,
  MAP,
  optionalCosts,
  overMemory,
  scalarCost,
  structCost,
  UNION,
} from "../../core/compile/memory.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import { type Shape, Source } from "../../core/compile/source.ts";
import { readDecimal } from "../../core/schema/avro-decimal.ts";
import { isPlainUnion, nullPlace, scalarForm } from "../../core/schema/avro-form.ts";
import { DECIMAL } from "../../core/type/explain.ts";
import type { EnumType, Field, ListType, ScalarType, StructType, Type, UnionType } from "../../core/type/type.ts";
import type { Read } from "./cursor.ts";
import { minBytes, momentOf, readInt53, readInt64 } from "./read.ts";

/**
 * Compiles the reader of a struct of this process. What is not in the usual form (blocks with a size), and what does
 * not fit, it leaves to the exact reader by throwing MISFIT.
 */
export function compileReader(type: StructType, shape: Shape): Read {
  return new ReaderSource(shape).compileRoot(type);
}

class ReaderSource {
  readonly #source = new Source();
  readonly #shape: Shape;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  compileRoot(type: StructType): Read {
    return this.#source.compile(this.#functionOf(type));
  }

  #functionOf(type: StructType | UnionType): string {
    const source = this.#source;
    return source.functionOf(type, "read", "s, d", () => {
      source.line("const b = s.b, e = s.e; let p = s.p, n = s.n, c = 0, r;");
      if (this.#shape.recursive(type)) source.line(`if (d < 0) ${this.#fail()}`);
      this.#record("r", type, 0);
      source.line("s.p = p; s.n = n; return r;");
    });
  }

  /** Takes the memory of what is made next. */
  #charge(cost: number | string): void {
    this.#source.line(`if ((n -= ${cost}) < 0) throw ${this.#source.constant("overMemory", overMemory)}();`);
  }

  #fail(): string {
    return `throw ${this.#source.constant("MISFIT", MISFIT)};`;
  }

  #record(target: string, type: StructType | UnionType, depth: number): void {
    if (type.kind === "union") this.#union(target, type, depth);
    else this.#struct(target, type, depth);
  }

  #struct(target: string, type: StructType, depth: number): void {
    const source = this.#source;
    this.#charge(structCost(type));
    const costs = optionalCosts(type);
    const values = type.fields.map((field) => {
      const value = source.local("r");
      source.line(`let ${value};`);
      this.#field(value, field, { depth: depth + 1, cost: costs.get(field) ?? 0 });
      return value;
    });
    structLiteral(source, target, type, values);
  }

  #field(target: string, field: Field, { depth, cost }: { readonly depth: number; readonly cost: number }): void {
    const source = this.#source;
    if (!field.optional) return this.#value(target, field.type, depth);
    const place = nullPlace(field);
    if (isPlainUnion(field.type)) return this.#union(target, field.type, depth, place);
    source.line(`c = b[p++]; if (c === ${place === 0 ? 2 : 0}) { n -= ${cost};`);
    this.#value(target, field.type, depth);
    source.line(`} else if (c !== ${place === 0 ? 0 : 2}) ${this.#fail()}`);
  }

  /** Null, where it has a place among the cases, leaves `target` undefined. */
  #union(target: string, type: UnionType, depth: number, place?: number): void {
    const source = this.#source;
    const value = source.local("r");
    source.line(`let ${value};`);
    this.#charge(UNION);
    this.#integer("c");
    source.line("switch (c) {");
    type.fields.forEach((field, i) => {
      source.line(`case ${place === undefined || i < place ? i : i + 1}: { n -= ${scalarCost(field.type)};`);
      this.#value(value, field.type, depth + 1);
      source.line(`${target} = { kind: ${JSON.stringify(field.name)}, value: ${value} }; break; }`);
    });
    if (place !== undefined) source.line(`case ${place}: break;`);
    source.line(`default: ${this.#fail()} }`);
  }

  #value(target: string, type: Type, depth: number): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
      case "union":
        if (this.#shape.inlines(type)) this.#record(target, type, depth);
        else source.line(`s.p = p; s.n = n; ${target} = ${this.#functionOf(type)}(s, d - ${depth}); p = s.p; n = s.n;`);
        return;
      case "list":
        this.#list(target, type, depth);
        return;
      case "map": {
        const entry = entryCode(source, target);
        this.#charge(MAP);
        this.#blocks(ENTRY + scalarCost(type.value), 1 + minBytes(type.value), (count) => {
          const [i, key, value] = [source.local("i"), source.local("k"), source.local("r")];
          source.line(`for (let ${i} = 0; ${i} < ${count}; ${i}++) { let ${key}, ${value};`);
          this.#text(key);
          this.#value(value, type.value, depth + 1);
          source.line(`${entry(key, value)} }`);
        });
        return;
      }
      default:
        this.#scalar(target, type);
    }
  }

  #list(target: string, { item }: ListType, depth: number): void {
    const source = this.#source;
    const [i, end, value] = [source.local("i"), source.local("e"), source.local("r")];
    const numbers = item.kind === "float64" ? readDoubles : item.kind === "float32" ? readSingles : undefined;
    this.#charge(LIST);
    source.line(`${target} = undefined; let ${i} = 0;`);
    this.#blocks(numbers ? GROWING_SLOT : itemCost(item), minBytes(item), (count) => {
      if (numbers !== undefined) {
        const all = source.constant("readAll", numbers);
        source.line(`${target} = ${all}(b, p, ${count}, ${target} ?? []); p += ${count} * ${minBytes(item)};`);
        return;
      }
      // More blocks than one are rare: only then has the list to grow.
      source.line(`if (${target} === undefined) ${target} = new Array(${count}); else n -= ${GROWING};`);
      source.line(`for (const ${end} = ${i} + ${count}; ${i} < ${end}; ${i}++) { let ${value};`);
      this.#value(value, item, depth + 1);
      source.line(`${target}[${i}] = ${value}; }`);
    });
    source.line(`if (${target} === undefined) ${target} = [];`);
  }

  /** Blocks of items that each take `cost` bytes of memory, and at least `bytes` of the message. */
  #blocks(cost: number, bytes: number, block: (count: string) => void): void {
    const source = this.#source;
    const count = source.local("l");
    source.line(`for (;;) { let ${count};`);
    this.#integer(count);
    // An unsafe count is NaN, so ask what must hold.
    source.line(`if (${count} === 0) break; if (!(${count} > 0 && ${count} * ${bytes} <= e - p)) ${this.#fail()}`);
    this.#charge(`${count} * ${cost}`);
    block(count);
    source.line("}");
  }

  /** An integer that is mostly small. */
  #integer(target: string): void {
    const source = this.#source;
    source.line(
      `${target} = b[p++]; if (${target} < 128) ${target} = (${target} >>> 1) ^ -(${target} & 1); else { s.p = p - 1; ${target} = ${source.constant("readInt53", readInt53)}(s); p = s.p; }`,
    );
  }

  /** Moves `p` over a length, which is checked, into a local; the length of a `fixed` is known. */
  #length(size?: number): string {
    const source = this.#source;
    const length = source.local("l");
    source.line(size === undefined ? `let ${length};` : `const ${length} = ${size};`);
    if (size === undefined) this.#integer(length);
    source.line(`if (!(${length} >= 0 && ${length} <= e - p)) ${this.#fail()}`);
    return length;
  }

  #text(target: string): void {
    const source = this.#source;
    const length = this.#length();
    source.line(`${target} = ${source.constant("readText", readText)}(b, p, ${length}); p += ${length};`);
    source.line(`if (${target} === undefined) ${this.#fail()}`);
  }

  #scalar(target: string, type: ScalarType | EnumType): void {
    const source = this.#source;
    switch (type.kind) {
      case "bool":
        source.line(`c = b[p++]; ${target} = c === 1; if (!(c === 0 || c === 1)) ${this.#fail()}`);
        return;
      case "int32":
        this.#integer(target);
        source.line(`if ((${target} | 0) !== ${target}) ${this.#fail()}`);
        return;
      case "int53":
        this.#integer(target);
        source.line(`if (${target} !== ${target}) ${this.#fail()}`);
        return;
      case "int64":
        source.line(
          `c = b[p++]; if (c < 128) ${target} = BigInt((c >>> 1) ^ -(c & 1)); else { s.p = p - 1; ${target} = ${source.constant("readInt64", readInt64)}(s); p = s.p; }`,
        );
        return;
      case "float32":
        source.line(`${target} = ${source.constant("readSingle", readSingle)}(b, p); p += 4;`);
        return;
      case "float64":
        source.line(`${target} = ${source.constant("readDouble", readDouble)}(b, p); p += 8;`);
        return;
      case "timestamp":
        this.#integer("c");
        source.line(
          `${target} = ${source.constant("momentOf", momentOf)}(c); if (${target} === undefined) ${this.#fail()}`,
        );
        return;
      case "enum":
        this.#integer("c");
        source.line(
          `${target} = ${source.constant("MEMBERS", type.members)}[c]; if (${target} === undefined) ${this.#fail()}`,
        );
        return;
      case "bytes": {
        const length = this.#length(scalarForm(type)?.fixed?.size);
        source.line(`${target} = ${source.constant("copyBytes", copyBytes)}(b, p, p + ${length}); p += ${length};`);
        return;
      }
      case "decimal": {
        const form = scalarForm(type);
        if (form === undefined) {
          this.#text(target);
          source.line(`if (!${source.constant("DECIMAL", DECIMAL)}.test(${target})) ${this.#fail()}`);
          return;
        }
        const length = this.#length(form.fixed?.size);
        const decimal = `${source.constant("readDecimal", readDecimal)}(b.subarray(p, p + ${length}), ${source.constant("FORM", form.decimal)})`;
        source.line(`${target} = ${decimal}; p += ${length}; if (${target} === undefined) ${this.#fail()}`);
        return;
      }
      default:
        this.#text(target);
    }
  }
}
