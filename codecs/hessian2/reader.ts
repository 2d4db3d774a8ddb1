import { copyBytes } from "../../core/byte-copy.ts";
import { DECIMAL, MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "../../core/explain.ts";
import { structLiteral } from "../../core/literal.ts";
import { setOwn } from "../../core/plain.ts";
import { type Shape, Source } from "../../core/source.ts";
import type { EnumType, ScalarType, StructType, Type, UnionType } from "../../core/type.ts";
import { isWellFormed } from "../../core/unicode.ts";
import { definition, isDefinition } from "./class-def.ts";
import type { Cursor } from "./cursor.ts";
import { DECIMAL_CLASS } from "./encoder.ts";
import {
  BINARY,
  CLASS_DEF,
  DATE,
  DATE_MINUTE,
  DOUBLE,
  END,
  FALSE,
  LIST_FIXED_UNTYPED,
  MAP_UNTYPED,
  NULL,
  OBJECT,
  readDouble,
  TRUE,
  WIDTH,
} from "./format.ts";
import { readPlain } from "./plain-reader.ts";
import { readInt, readInt64, readInteger, readMillis, readNumber } from "./read.ts";
import { readShortAscii, readText } from "./text.ts";

/** Where a compiled reader stands; it gives up by moving to -1. */
export interface FastCursor extends Cursor {
  /** How many classes are defined. */
  k: number;
}

/**
 * Reads the form in which this codec writes a struct: classes defined with all fields in order, no references, no typed
 * collections. Anything else, and anything that does not fit, is left to the exact way, which reads from the beginning
 * and knows what is wrong.
 */
export type ReadHessian = (cursor: FastCursor, depth: number) => unknown;

export function compileReader(type: StructType, shape: Shape): ReadHessian {
  return new ReaderSource(shape).compileRoot(type);
}

/** What ends a reader that has met anything else. */
const GIVE_UP = "{ s.p = -1; return; }";

class ReaderSource {
  readonly #source = new Source();
  readonly #shape: Shape;
  readonly #functions = new Map<Type, string>();
  readonly #classes = new Map<string, string>();

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  compileRoot(type: StructType): ReadHessian {
    const source = this.#source;
    const name = source.local("decode");
    source.function(name, "s, d", () => {
      source.line("const b = s.b, e = s.e; let p = s.p, n = s.n, c = 0, r;");
      source.later(() => `const k = { ${[...this.#classes.values()].map((one) => `${one}: -99`).join(", ")} };`);
      this.#into("r", type, 0);
      source.line("s.p = p; s.n = n; return r;");
    });
    return source.compile(name);
  }

  #functionOf(type: StructType | UnionType): string {
    const known = this.#functions.get(type);
    if (known !== undefined) return known;
    const source = this.#source;
    const name = source.local("read");
    this.#functions.set(type, name);
    source.function(name, "s, d, k", () => {
      source.line("const b = s.b, e = s.e; let p = s.p, n = s.n, c = 0, r;");
      if (this.#shape.recursive(type)) source.line(`if (d < 0) ${GIVE_UP}`);
      this.#record("r", type, 0);
      source.line("s.p = p; s.n = n; return r;");
    });
    return name;
  }

  /** Reads by a function that moves the cursor. */
  #call(target: string, code: string): void {
    this.#source.line(`s.p = p; s.n = n; ${target} = ${code}; p = s.p; n = s.n; if (p < 0) return;`);
  }

  /** The head of an object of this very class, which may be defined here. */
  #open(name: string, fields: readonly string[]): void {
    const source = this.#source;
    const key = JSON.stringify([name, fields]);
    const number = this.#classes.get(key) ?? `c${this.#classes.size}`;
    this.#classes.set(key, number);
    const bytes = definition(name, fields);
    source.line(
      `if (b[p] === ${CLASS_DEF}) { if (!${source.constant("isDefinition", isDefinition)}(b, p, ${source.constant("DEFINITION", bytes)})) ${GIVE_UP} p += ${bytes.length}; n -= ${fields.length + 1}; k.${number} = s.k++; }`,
    );
    source.line(
      `c = b[p++]; if (c === ${OBJECT}) { const t = b[p++]; c = ${source.constant("readInt", readInt)}(b, p, t); p += ${source.constant("WIDTH", WIDTH)}[t]; if (c < 0 || c !== k.${number}) ${GIVE_UP} }`,
    );
    source.line(`else if (c !== 96 + k.${number} || c > 111) ${GIVE_UP}`);
    if (fields.length > 0) source.line(`n -= ${fields.length};`);
  }

  #record(target: string, type: StructType | UnionType, depth: number): void {
    if (type.kind === "union") this.#union(target, type, depth);
    else this.#struct(target, type, depth);
  }

  #struct(target: string, type: StructType, depth: number): void {
    const source = this.#source;
    this.#open(
      type.name,
      type.fields.map((field) => field.name),
    );
    const values = type.fields.map(() => source.local("r"));
    if (values.length > 0) source.line(`let ${values.join(", ")};`);
    type.fields.forEach((field, i) => {
      const nullable = field.optional && field.type.kind !== "any";
      if (nullable) source.line(`if (b[p] === ${NULL}) p++; else {`);
      this.#into(values[i] as string, field.type, depth + 1);
      if (nullable) source.line("}");
    });
    structLiteral(source, target, type.fields, values);
  }

  #union(target: string, type: UnionType, depth: number): void {
    const source = this.#source;
    const [kind, value] = [source.local("r"), source.local("r")];
    this.#open(type.name, ["kind", "value"]);
    source.line(`let ${kind}, ${value};`);
    this.#text(kind);
    source.line(`switch (${kind}) {`);
    for (const field of type.fields) {
      source.line(`case ${JSON.stringify(field.name)}: {`);
      this.#into(value, field.type, depth + 1);
      source.line(`${target} = { kind: ${JSON.stringify(field.name)}, value: ${value} }; break; }`);
    }
    source.line(`default: ${GIVE_UP} }`);
  }

  #into(target: string, type: Type, depth: number): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
      case "union":
        if (this.#shape.inlines(type)) this.#record(target, type, depth);
        else this.#call(target, `${this.#functionOf(type)}(s, d - ${depth}, k)`);
        return;
      case "list": {
        const [length, i, value] = [source.local("l"), source.local("i"), source.local("r")];
        source.line(`let ${length} = b[p++] - 120;`);
        source.line(
          `if (!(${length} >= 0 && ${length} <= 7)) { if (${length} !== ${LIST_FIXED_UNTYPED - 120}) ${GIVE_UP} c = b[p++]; ${length} = ${source.constant("readInt", readInt)}(b, p, c); p += ${source.constant("WIDTH", WIDTH)}[c]; }`,
        );
        source.line(`n -= ${length}; if (!(${length} >= 0 && n >= 0 && ${length} <= e - p)) ${GIVE_UP}`);
        source.line(`${target} = []; for (let ${i} = 0; ${i} < ${length}; ${i}++) { let ${value};`);
        this.#into(value, type.item, depth + 1);
        source.line(`${target}.push(${value}); }`);
        return;
      }
      case "map": {
        const [key, value] = [source.local("k"), source.local("r")];
        source.line(`if (b[p++] !== ${MAP_UNTYPED}) ${GIVE_UP}`);
        source.line(
          `${target} = {}; while (b[p] !== ${END}) { let ${key}, ${value}; if (--n < 0 || p >= e) ${GIVE_UP}`,
        );
        this.#text(key);
        this.#into(value, type.value, depth + 1);
        source.line(
          `if (${key} === "__proto__") ${source.constant("setOwn", setOwn)}(${target}, ${key}, ${value}); else ${target}[${key}] = ${value}; } p++;`,
        );
        return;
      }
      case "any":
        this.#call(target, `${source.constant("readPlain", readPlain)}(s, d - ${depth})`);
        return;
      default:
        this.#scalar(target, type);
    }
  }

  #text(target: string): void {
    const source = this.#source;
    source.line(
      `c = b[p]; if (c < 32 && p + c < e && (${target} = ${source.constant("readShortAscii", readShortAscii)}(b, p + 1, c)) !== undefined) p += c + 1; else {`,
    );
    this.#call(target, `${source.constant("readText", readText)}(s)`);
    source.line(
      `if (${target} === undefined || !${source.constant("isWellFormed", isWellFormed)}(${target})) ${GIVE_UP} }`,
    );
  }

  /** A number of `width` bytes after its first; what `fails` says does not fit. */
  #number(target: string, hint: string, read: (b: Uint8Array, p: number, tag: number) => unknown, fails: string): void {
    const source = this.#source;
    source.line(`c = b[p++]; ${target} = ${source.constant(hint, read)}(b, p, c); if (${fails}) ${GIVE_UP}`);
    source.line(`p += ${source.constant("WIDTH", WIDTH)}[c];`);
  }

  #scalar(target: string, type: ScalarType | EnumType): void {
    const source = this.#source;
    switch (type.kind) {
      case "bool":
        source.line(
          `c = b[p++]; if (c === ${TRUE}) ${target} = true; else if (c === ${FALSE}) ${target} = false; else ${GIVE_UP}`,
        );
        return;
      case "int32":
        source.line(`c = b[p]; if (c >= 128 && c < 192) { ${target} = c - 144; p++; } else {`);
        this.#number(target, "readInt", readInt, `${target} !== ${target}`);
        source.line("}");
        return;
      case "int53":
        this.#number(target, "readInteger", readInteger, `${target} !== ${target}`);
        return;
      case "int64":
        this.#number(target, "readInt64", readInt64, `${target} === undefined`);
        return;
      case "float32":
      case "float64":
        source.line(
          `if (b[p] === ${DOUBLE}) { ${target} = ${source.constant("readDouble", readDouble)}(b, p + 1); p += 9; } else {`,
        );
        this.#number(target, "readNumber", readNumber, `${target} === undefined`);
        source.line("}");
        if (type.kind === "float32")
          source.line(`c = Math.fround(${target}); if (c !== ${target} && c === c) ${GIVE_UP} c = 0;`);
        return;
      case "timestamp": {
        source.line(`if (b[p] !== ${DATE} && b[p] !== ${DATE_MINUTE}) ${GIVE_UP}`);
        this.#number(
          target,
          "readMillis",
          readMillis,
          `!(${target} >= ${MIN_TIMESTAMP_MS} && ${target} <= ${MAX_TIMESTAMP_MS})`,
        );
        source.line(`${target} = new Date(${target});`);
        return;
      }
      case "bytes": {
        const length = source.local("l");
        source.line(
          `c = b[p++]; let ${length} = 0; if (c >= 32 && c < 48) ${length} = c - 32; else if (c >= 52 && c < 56) ${length} = ((c - 52) << 8) | b[p++]; else if (c === ${BINARY}) { ${length} = (b[p] << 8) | b[p + 1]; p += 2; } else ${GIVE_UP}`,
        );
        source.line(`if (!(${length} <= e - p)) ${GIVE_UP}`);
        source.line(`${target} = ${source.constant("copyBytes", copyBytes)}(b, p, p + ${length}); p += ${length};`);
        return;
      }
      case "decimal":
        this.#open(DECIMAL_CLASS, ["value"]);
        this.#text(target);
        source.line(`if (!${source.constant("DECIMAL", DECIMAL)}.test(${target})) ${GIVE_UP}`);
        return;
      case "enum":
        this.#open(type.name, ["name"]);
        this.#text(target);
        source.line(`if (!${source.constant("MEMBERS", new Set(type.members))}.has(${target})) ${GIVE_UP}`);
        return;
      default:
        this.#text(target);
    }
  }
}
