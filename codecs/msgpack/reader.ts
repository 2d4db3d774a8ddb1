import { readDouble } from "../../core/bytes/big-endian.ts";
import { copyBytes } from "../../core/bytes/byte-copy.ts";
import type { Read } from "../../core/compile/cursor.ts";
import { entryCode } from "../../core/compile/entry-code.ts";
import { structLiteral } from "../../core/compile/literal.ts";
import {
  ENTRY,
  itemCost,
  LIST,
  MAP,
  optionalCosts,
  overMemory,
  scalarCost,
  structCost,
  UNION,
} from "../../core/compile/memory.ts";
import { keyStep, within } from "../../core/compile/misfit.ts";
import { type Shape, Source } from "../../core/compile/source.ts";
import type { EnumType, Field, ScalarType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { checkBytes, tooDeep } from "./cursor.ts";
import { listHead, positions } from "./encoder.ts";
import { FALSE, FIXEXT1, NIL, TRUE, WIDTH } from "./format.ts";
import { misfitAt } from "./misfit.ts";
import { bytesLength, listLength, mapLength, readInteger, readNumber, readText, stringLength } from "./read.ts";
import { readScalar } from "./scalar.ts";
import { readAny } from "./untyped.ts";

export interface ReaderOptions {
  readonly shape: Shape;
  /** The reader of another form of a record than the compact one of this very type. */
  readonly otherForm: (type: StructType | UnionType) => Read;
}

/** Compiles the reader of the compact form of a record of this process; any other form is left to `otherForm`. */
export function compileReader(type: StructType | UnionType, options: ReaderOptions): Read {
  return new ReaderSource(options).compileRoot(type);
}

class ReaderSource {
  readonly #source = new Source();
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  compileRoot(type: StructType | UnionType): Read {
    return this.#source.compile(this.#functionOf(type));
  }

  #functionOf(type: StructType | UnionType): string {
    const source = this.#source;
    return source.functionOf(type, "read", "s, d", () => {
      source.line("const b = s.b, e = s.e; let p = s.p, n = s.n, c = 0, r;");
      if (this.#options.shape.recursive(type))
        source.line(`if (d < 0) throw ${source.constant("tooDeep", tooDeep)}();`);
      this.#record("r", type, "", 0);
      source.line("s.p = p; s.n = n; return r;");
    });
  }

  #misfit(path: string, expected: string, at: string): string {
    return `throw ${this.#source.constant("misfitAt", misfitAt)}(\`${path}\`, ${JSON.stringify(expected)}, s, ${at});`;
  }

  /** Takes the memory of what is made next. */
  #charge(cost: number | string): void {
    this.#source.line(`if ((n -= ${cost}) < 0) throw ${this.#source.constant("overMemory", overMemory)}();`);
  }

  /** Reads by a function that moves the cursor. */
  #call(target: string, code: string, path: string): void {
    const within_ = this.#source.constant("within", within);
    this.#source.line(
      `s.p = p; s.n = n; try { ${target} = ${code}; } catch (e) { throw ${within_}(\`${path}\`, e); } p = s.p; n = s.n;`,
    );
  }

  #record(target: string, type: StructType | UnionType, path: string, depth: number): void {
    const source = this.#source;
    const fields = positions(type);
    const head = listHead(type.kind === "union" ? 2 : fields.length);
    const other = source.constant("other", this.#options.otherForm(type));
    const differs = Array.from(head, (byte, i) => `b[p${i === 0 ? "" : ` + ${i}`}] !== ${byte}`).join(" || ");
    source.line(`if (${differs}) {`);
    this.#call(target, `${other}(s, d - ${depth})`, path);
    source.line(`} else { p += ${head.length};`);
    if (type.kind === "union") this.#union(target, fields, type, path, depth);
    else this.#struct(target, fields, type, path, depth);
    source.line("}");
  }

  #struct(target: string, fields: readonly Field[], type: StructType, path: string, depth: number): void {
    const source = this.#source;
    this.#charge(structCost(type));
    const costs = optionalCosts(type);
    const values = new Map(type.fields.map((field) => [field, source.local("r")]));
    if (fields.length > 0) source.line(`let ${[...values.values()].join(", ")};`);
    for (const field of fields) {
      const value = values.get(field) as string;
      const here = path === "" ? field.name : `${path}.${field.name}`;
      if (field.optional)
        source.line(
          field.type.kind === "any"
            ? `if (b[p] === ${FIXEXT1} && b[p + 1] === 0) p += 3; else {`
            : `if (b[p] === ${NIL}) p++; else {`,
        );
      if (field.optional) source.line(`n -= ${costs.get(field)};`);
      this.#into(value, field.type, here, depth + 1);
      if (field.optional) source.line("}");
    }
    structLiteral(source, target, type, [...values.values()]);
  }

  #union(target: string, fields: readonly Field[], type: UnionType, path: string, depth: number): void {
    const source = this.#source;
    const value = source.local("r");
    source.line(`let ${value};`);
    this.#charge(UNION);
    source.line("switch (b[p++]) {");
    fields.slice(0, 0x80).forEach((field, i) => {
      source.line(`case ${i}: { n -= ${scalarCost(field.type)};`);
      this.#into(value, field.type, path === "" ? field.name : `${path}.${field.name}`, depth + 1);
      source.line(`${target} = { kind: ${JSON.stringify(field.name)}, value: ${value} }; break; }`);
    });
    // Anything else, an unknown case for one, is for the exact reader, which says what is wrong.
    source.line("default: p -= 2;");
    this.#call(target, `${source.constant("other", this.#options.otherForm(type))}(s, d - ${depth})`, path);
    source.line("}");
  }

  #into(target: string, type: Type, path: string, depth: number): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
      case "union":
        if (this.#options.shape.inlines(type)) this.#record(target, type, path, depth);
        else this.#call(target, `${this.#functionOf(type)}(s, d - ${depth})`, path);
        return;
      case "list": {
        const [length, i, value] = [source.local("l"), source.local("i"), source.local("r")];
        this.#length(length, "listLength", listLength, { expected: "a list", bytes: 1, path });
        this.#charge(`${LIST} + ${length} * ${itemCost(type.item)}`);
        source.line(`${target} = new Array(${length}); for (let ${i} = 0; ${i} < ${length}; ${i}++) { let ${value};`);
        this.#into(value, type.item, `${path}[\${${i}}]`, depth + 1);
        source.line(`${target}[${i}] = ${value}; }`);
        return;
      }
      case "map": {
        const [length, i, key, value] = [source.local("l"), source.local("i"), source.local("k"), source.local("r")];
        this.#length(length, "mapLength", mapLength, { expected: "a map", bytes: 2, path });
        this.#charge(`${MAP} + ${length} * ${ENTRY + scalarCost(type.value)}`);
        const entry = entryCode(source, target);
        source.line(`for (let ${i} = 0; ${i} < ${length}; ${i}++) { let ${key}, ${value};`);
        this.#text(key, path, "a map's key, as a string");
        this.#into(value, type.value, `${path}\${${source.constant("keyStep", keyStep)}(${key})}`, depth + 1);
        source.line(`${entry(key, value)} }`);
        return;
      }
      case "any":
        this.#call(target, `${source.constant("readAny", readAny)}(s, d - ${depth})`, path);
        return;
      default:
        this.#scalar(target, type, path);
    }
  }

  /** The length of a list or map, checked before anything is made. Beyond the buffer it is NaN, so ask what must hold. */
  #length(
    length: string,
    hint: string,
    read: (b: Uint8Array, p: number, tag: number) => number,
    { expected, bytes, path }: { readonly expected: string; readonly bytes: number; readonly path: string },
  ): void {
    const source = this.#source;
    source.line(`c = b[p++]; const ${length} = ${source.constant(hint, read)}(b, p, c);`);
    source.line(`if (${length} < 0) ${this.#misfit(path, expected, "p - 1")}`);
    const needed = bytes === 1 ? length : `${length} * ${bytes}`;
    source.line(`p += ${source.constant("WIDTH", WIDTH)}[c];`);
    source.line(`if (!(${needed} <= e - p)) { s.p = p; ${source.constant("checkBytes", checkBytes)}(s, ${needed}); }`);
  }

  #text(target: string, path: string, expected: string): void {
    const source = this.#source;
    const length = source.local("l");
    source.line(`c = b[p++]; let ${length} = c - 160;`);
    source.line(
      `if (!(${length} >= 0 && ${length} <= 31)) { ${length} = ${source.constant("stringLength", stringLength)}(b, p, c); if (${length} < 0) ${this.#misfit(path, expected, "p - 1")} p += ${source.constant("WIDTH", WIDTH)}[c]; }`,
    );
    source.line(`if (!(${length} <= e - p)) { s.p = p; ${source.constant("checkBytes", checkBytes)}(s, ${length}); }`);
    source.line(`${target} = ${source.constant("readText", readText)}(b, p, ${length}); p += ${length};`);
  }

  #scalar(target: string, type: ScalarType | EnumType, path: string): void {
    const source = this.#source;
    const width = source.constant("WIDTH", WIDTH);
    switch (type.kind) {
      case "bool":
        source.line(
          `c = b[p++]; if (c === ${TRUE}) ${target} = true; else if (c === ${FALSE}) ${target} = false; else ${this.#misfit(path, "bool", "p - 1")}`,
        );
        return;
      case "int32":
      case "int53":
        source.line(
          `c = b[p++]; if (c < 128) ${target} = c; else { ${target} = ${source.constant("readInteger", readInteger)}(b, p, c);`,
        );
        source.line(
          `if (${type.kind === "int32" ? `(${target} | 0) !== ${target}` : `${target} !== ${target}`}) ${this.#misfit(path, type.kind, "p - 1")} p += ${width}[c]; }`,
        );
        return;
      case "float64":
        source.line(
          `c = b[p++]; if (c === 203) { ${target} = ${source.constant("readDouble", readDouble)}(b, p); p += 8; } else { ${target} = ${source.constant("readNumber", readNumber)}(b, p, c);`,
        );
        source.line(`if (${target} === undefined) ${this.#misfit(path, type.kind, "p - 1")} p += ${width}[c]; }`);
        return;
      case "string":
        this.#text(target, path, "string");
        return;
      case "bytes": {
        const length = source.local("l");
        source.line(`c = b[p++]; const ${length} = ${source.constant("bytesLength", bytesLength)}(b, p, c);`);
        source.line(`if (${length} < 0) ${this.#misfit(path, "bytes", "p - 1")} p += ${width}[c];`);
        source.line(
          `if (!(${length} <= e - p)) { s.p = p; ${source.constant("checkBytes", checkBytes)}(s, ${length}); }`,
        );
        source.line(`${target} = ${source.constant("copyBytes", copyBytes)}(b, p, p + ${length}); p += ${length};`);
        return;
      }
      default:
        this.#call(target, `${source.constant("scalar", readScalar(type, type))}(s, 0)`, path);
        return;
    }
  }
}
