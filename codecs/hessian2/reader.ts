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
  scalarCost,
  structCost,
  UNION,
} from "../../core/compile/memory.ts";
import type { Shape } from "../../core/compile/source.ts";
import type { Field, StructType, Type, UnionType } from "../../core/type/type.ts";
import { ClassShape } from "./class-shape.ts";
import { END, MAP_UNTYPED, NULL } from "./format.ts";
import { PLACE } from "./node.ts";
import { NO_LIST } from "./parser.ts";
import { ReadSource, type ReadTypes } from "./read-source.ts";
import type { Reading } from "./reading.ts";
import { readScalar } from "./scalar-reading.ts";
import { readAny } from "./untyped-reader.ts";

/**
 * Reads a struct in one pass. A class with the fields in our order is read by straight-line code, any other by a switch
 * over the places of its fields among ours: the definition says the order, and only our type becomes code.
 */
export type ReadHessian = (reading: Reading, depth: number) => unknown;

export interface ReaderOptions extends ReadTypes {
  readonly shape: Shape;
}

export function compileReader(type: StructType, options: ReaderOptions): ReadHessian {
  return new ReaderSource(options).compileRoot(type);
}

const NUMBERS: ReadonlySet<string> = new Set(["int32", "int53", "float32", "float64"]);

class ReaderSource {
  readonly #source: ReadSource;
  readonly #shape: Shape;
  readonly #functions = new Map<Type, string>();
  readonly #switches = new Map<Type, string>();
  /** Whether small structs are read where they stand, not by a function. */
  #inlines = true;

  constructor(options: ReaderOptions) {
    this.#source = new ReadSource(options);
    this.#shape = options.shape;
  }

  compileRoot(type: StructType): ReadHessian {
    const source = this.#source;
    const name = source.local("decode");
    const convert = source.convert(type);
    source.reader(name, "s, d", () => this.#value("r", type, 0, convert));
    return source.compile(name);
  }

  #functionOf(type: StructType | UnionType): string {
    return this.#once(this.#functions, type, "read", (name) => {
      const source = this.#source;
      source.reader(name, "s, d, convert", () => {
        if (this.#shape.recursive(type)) source.giveUpIf("d < 0");
        this.#record("r", type, 0, "convert");
      });
    });
  }

  /** The function that reads the fields of an object of the class `k`, in its order. */
  #switchOf(type: StructType): string {
    return this.#once(this.#switches, type, "readOther", (name) => {
      const source = this.#source;
      source.reader(name, "s, d, k", () => {
        if (this.#shape.recursive(type)) source.giveUpIf("d < 0");
        source.line("const l = k.layout;");
        source.giveUpIf("p > e");
        const inlines = this.#inlines;
        this.#inlines = false;
        const costs = optionalCosts(type);
        this.#object("r", type, (values) => {
          source.line(`const absent = ${source.names(type)}.absent(k);`);
          source.line("for (let j = 0; j < absent.length; j++) switch (absent[j]) {");
          type.fields.forEach((field, i) => {
            if (!field.optional) source.line(`case ${i}: ${source.absent(values[i] as string, field)} break;`);
          });
          source.line("} for (let j = 0; j < l.length; j++) switch (l[j]) {");
          type.fields.forEach((field, i) => {
            source.line(`case ${i}: {`);
            this.#field(values[i] as string, field, { depth: 0, cost: costs.get(field) });
            source.line("break; }");
          });
          source.line("default:");
          source.call("s.skip(d - 1)");
          source.line("}");
        });
        this.#inlines = inlines;
      });
    });
  }

  #once(known: Map<Type, string>, type: Type, hint: string, write: (name: string) => void): string {
    const written = known.get(type);
    if (written !== undefined) return written;
    const name = this.#source.local(hint);
    known.set(type, name);
    this.#source.afterwards(() => write(name));
    return name;
  }

  #record(target: string, type: StructType | UnionType, depth: number, convert: string): void {
    if (type.kind === "union") this.#union(target, type, depth, convert);
    else this.#struct(target, type, depth, convert);
  }

  #struct(target: string, type: StructType, depth: number, convert: string): void {
    const source = this.#source;
    const fields = type.fields.map((field) => field.name);
    const names = source.names(type);
    const costs = optionalCosts(type);
    const shape = new ClassShape({ name: type.name, fields });
    source.own({ shape, define: `s.defineFor(${names})` }, () => {
      this.#object(target, type, (values) => {
        type.fields.forEach((field, i) => {
          this.#field(values[i] as string, field, { depth, cost: costs.get(field) });
        });
      });
    });
    const k = source.local("k");
    source.line(`else { let ${k} = c >= 0 && c < 16 ? K[c] : undefined;`);
    source.line(`if (${k} !== undefined && ${k}.names === ${names} && ${k}.whole) p++; else {`);
    source.call(`${k} = s.object(${names})`);
    source.line(`} if (${k} === undefined) {`);
    source.converted(target, type, depth, convert);
    source.line("} else {");
    source.call(`${target} = ${this.#switchOf(type)}(s, ${source.depth(depth)}, ${k})`);
    source.line("} }");
  }

  /** The fields, which `read` reads into locals, and the object of them. */
  #object(target: string, type: StructType, read: (values: readonly string[]) => void): void {
    const source = this.#source;
    const values = type.fields.map(() => source.local("r"));
    source.charge(PLACE + structCost(type));
    source.node(target, type, () => {
      // A local that is only ever a number stays one, and costs no box.
      const locals = type.fields.map(
        ({ optional, type: { kind } }, i) => `${values[i]}${!optional && NUMBERS.has(kind) ? " = 0" : ""}`,
      );
      if (locals.length > 0) source.line(`let ${locals.join(", ")};`);
      read(values);
      structLiteral(source, target, type, values);
    });
  }

  #field(
    target: string,
    field: Field,
    { depth, cost }: { readonly depth: number; readonly cost: number | undefined },
  ): void {
    const source = this.#source;
    if (cost !== undefined) source.line(`n -= ${cost};`);
    if (field.type.kind === "any") return this.#value(target, field.type, depth + 1, "undefined");
    source.line(`if (b[p] === ${NULL}) { p++; ${field.optional ? "" : source.absent(target, field)} } else {`);
    this.#value(target, field.type, depth + 1, source.convert(field.type));
    source.line("}");
  }

  #union(target: string, type: UnionType, depth: number, convert: string): void {
    const source = this.#source;
    source.own({ shape: new ClassShape({ name: type.name, fields: ["kind", "value"] }), define: "s.define()" }, () => {
      source.charge(PLACE + UNION);
      source.node(target, type, () => {
        const [kind, value] = [source.local("r"), source.local("r")];
        source.line(`let ${kind}, ${value};`);
        source.text(kind, "s.key(0)");
        source.line(`switch (${kind}) {`);
        for (const field of type.fields) {
          source.line(`case ${JSON.stringify(field.name)}: { n -= ${scalarCost(field.type)};`);
          this.#value(value, field.type, depth + 1, source.convert(field.type));
          source.line(`${target} = { kind: ${JSON.stringify(field.name)}, value: ${value} }; break; }`);
        }
        source.line("default:");
        source.giveUpIf("true");
        source.line("}");
      });
    });
    source.line("else {");
    source.converted(target, type, depth, convert);
    source.line("}");
  }

  /** Reads what stands at `p`, `depth` below the function's value; `convert` makes it of what is in no form known here. */
  #value(target: string, type: Type, depth: number, convert: string): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
      case "union":
        if (this.#inlines && this.#shape.inlines(type)) this.#record(target, type, depth, convert);
        else source.call(`${target} = ${this.#functionOf(type)}(s, ${source.depth(depth)}, ${convert})`);
        return;
      case "list": {
        const [length, i, value] = [source.local("l"), source.local("i"), source.local("r")];
        source.line(`let ${length} = b[p] - 120; if (${length} >= 0 && ${length} <= 7) p++; else {`);
        source.call(`${length} = s.listHead()`);
        source.line(`} if (${length} === ${NO_LIST}) {`);
        source.converted(target, type, depth, convert);
        source.line("} else {");
        source.giveUpIf(`${length} > e - p`);
        source.charge(`${PLACE + LIST} + (${length} < 0 ? ${GROWING} : ${length} * ${itemCost(type.item)})`);
        source.node(target, type, () => {
          source.line(`${target} = ${length} > 0 ? new Array(${length}) : [];`);
          source.line(`for (let ${i} = 0; ${i} !== ${length}; ${i}++) { let ${value};`);
          source.line(`if (${length} < 0) { if (b[p] === ${END}) { p++; break; }`);
          source.charge(itemCost(type.item, GROWING_SLOT));
          source.giveUpIf("p >= e");
          source.line("}");
          this.#value(value, type.item, depth + 1, source.convert(type.item));
          source.line(`${target}[${i}] = ${value}; }`);
        });
        source.line("}");
        return;
      }
      case "map": {
        const [begins, key, value] = [source.local("m"), source.local("k"), source.local("r")];
        source.line(`let ${begins} = b[p] === ${MAP_UNTYPED}; if (${begins}) p++; else {`);
        source.call(`${begins} = s.mapHead()`);
        source.line(`} if (!${begins}) {`);
        source.converted(target, type, depth, convert);
        source.line("} else {");
        source.charge(PLACE + MAP);
        source.node(target, type, () => {
          const entry = entryCode(source, target);
          source.line(`while (b[p] !== ${END}) { let ${key}, ${value};`);
          source.charge(ENTRY + scalarCost(type.value));
          source.giveUpIf("p >= e");
          source.text(key, `s.key(${source.depth(depth)})`);
          this.#value(value, type.value, depth + 1, source.convert(type.value));
          source.line(`${entry(key, value)} } p++;`);
        });
        source.line("}");
        return;
      }
      case "any":
        source.call(`${target} = ${source.constant("readAny", readAny)}(s, ${source.depth(depth)})`);
        return;
      default:
        readScalar(source, target, type, depth, convert);
    }
  }
}
