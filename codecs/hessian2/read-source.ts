import { absentLiteral } from "../../core/compile/absent.ts";
import { absentCost, overMemory } from "../../core/compile/memory.ts";
import { Source } from "../../core/compile/source.ts";
import type { Field, StructType, Type } from "../../core/type/type.ts";
import { definition, isDefinition } from "./class-def.ts";
import { type ClassShape, classCost } from "./class-shape.ts";
import type { Converters } from "./converter.ts";
import { CLASS_DEF, OBJECT_DIRECT } from "./format.ts";
import type { Forms } from "./forms.ts";
import { GIVE_UP } from "./parser.ts";
import { readShortAscii } from "./text.ts";

/** What readers know of types beside the code. */
export interface ReadTypes {
  readonly forms: Forms;
  readonly converters: Converters;
}

/** Code that reads bytes: `s` is the message, `b` its bytes until `e`, `p` the position, `n` the memory that is left. */
export class ReadSource extends Source {
  readonly #types: ReadTypes;

  constructor(types: ReadTypes) {
    super();
    this.#types = types;
  }

  /** A function whose value `body` leaves in `r`. */
  reader(name: string, params: string, body: () => void): void {
    this.function(name, params, () => {
      this.open();
      body();
      this.close();
    });
  }

  open(): void {
    this.line("const b = s.b, e = s.e, N = s.nodes, K = s.classes; let p = s.p, n = s.n, c = 0, r;");
  }

  close(): void {
    this.line("s.p = p; s.n = n; return r;");
  }

  /** Reads by a function that moves the message. */
  call(code: string): void {
    this.line(`s.p = p; s.n = n; ${code}; p = s.p; n = s.n;`);
  }

  /** Takes the memory of what is made next. */
  charge(cost: number | string): void {
    this.line(`if ((n -= ${cost}) < 0) throw ${this.constant("overMemory", overMemory)}();`);
  }

  giveUpIf(condition: string): void {
    this.line(`if (${condition}) throw ${this.constant("GIVE_UP", GIVE_UP)};`);
  }

  depth(depth: number): string {
    return depth === 0 ? "d" : `d - ${depth}`;
  }

  form(type: Type): number {
    return this.#types.forms.of(type);
  }

  names(type: StructType): string {
    return this.constant("NAMES", this.#types.converters.names(type));
  }

  convert(type: Type): string {
    return this.constant("convert", this.#types.converters.of(type));
  }

  /** Puts in the place of a field that is absent, or null and no value, what stands for it. */
  absent(target: string, field: Field): string {
    const literal = absentLiteral(this, field);
    return literal === undefined
      ? `throw ${this.constant("GIVE_UP", GIVE_UP)};`
      : `n -= ${absentCost(field)}; ${target} = ${literal};`;
  }

  /** Lets `convert` make the value of whatever stands at `p`. */
  converted(target: string, type: Type, depth: number, convert: string): void {
    this.call(`${target} = s.convert(${convert}, ${this.form(type)}, ${this.depth(depth)})`);
  }

  /** A list, map or object, which `body` reads into `target`; a reference may name it from then on. */
  node(target: string, type: Type, body: () => void): void {
    const node = this.local("node");
    this.line(`const ${node} = N.push(${this.form(type)}, undefined) - 1;`);
    body();
    this.line(`N[${node}] = ${target};`);
  }

  /** An object of this very class, which may be defined here; `define` reads any other definition. What follows may be an `else`. */
  own({ shape, define }: { shape: ClassShape; define: string }, body: () => void): void {
    const { name, fields } = shape;
    const bytes = definition(name, fields);
    const own = this.constant("CLASS", shape);
    this.line(
      `if (b[p] === ${CLASS_DEF}) { if (${this.constant("isDefinition", isDefinition)}(b, p, ${this.constant("DEFINITION", bytes)})) { p += ${bytes.length}; n -= ${classCost(fields.length)}; K.push(${own}); } else {`,
    );
    this.call(define);
    this.line("} }");
    this.line(`c = b[p] - ${OBJECT_DIRECT}; if (c >= 0 && c < 16 && K[c] === ${own}) { p++;`);
    body();
    this.line("}");
  }

  /** The text at `p`; what is not short and ASCII `otherwise` gives. */
  text(target: string, otherwise: string): void {
    this.line(
      `c = b[p]; if (c < 32 && p + c < e && (${target} = ${this.constant("readShortAscii", readShortAscii)}(b, p + 1, c)) !== undefined) p += c + 1; else {`,
    );
    this.call(`${target} = ${otherwise}`);
    this.line("}");
  }
}
