import { copyBytes } from "../../core/bytes/byte-copy.ts";
import { readDouble, readSingle } from "../../core/bytes/little-endian.ts";
import { readText } from "../../core/bytes/utf8.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import type { Source } from "../../core/compile/source.ts";
import { DECIMAL } from "../../core/type/explain.ts";
import type { EnumType, ScalarType } from "../../core/type/type.ts";
import type { Cursor } from "./cursor.ts";
import { type IntegerForm, integerForm } from "./form.ts";
import { type IntegerKind, integerReader } from "./integer.ts";
import { readInt32, readInt53, readInt64, readLongLength, readTimestamp } from "./read.ts";

const STRING = Object.freeze({ kind: "string" }) as ScalarType;
const BOOL = Object.freeze({ kind: "bool" }) as ScalarType;

/** The code that reads scalars, from the buffer `b` at the position `p`. */
export class ScalarReading {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Leaves the message to the exact reader. */
  fail(): string {
    return `throw ${this.#source.constant("MISFIT", MISFIT)};`;
  }

  /** Reads by a function that moves the cursor. */
  call(target: string, code: string): string {
    return `s.p = p; ${target} = ${code}; p = s.p;`;
  }

  /** A local with the end of what has a length, which is read and checked. */
  embedded(end: string): string {
    const source = this.#source;
    const [length, inside] = [source.local("l"), source.local("e")];
    const long = this.call(length, `${source.constant("readLongLength", readLongLength)}(s)`);
    source.line(`let ${length} = b[p++]; if (${length} > 127) { p--; ${long} }`);
    // Beyond the buffer it is undefined, so ask what must hold.
    source.line(`if (!(${length} <= ${end} - p)) ${this.fail()} const ${inside} = p + ${length};`);
    return inside;
  }

  /** What stands after the tag of a scalar. */
  read(target: string, type: ScalarType | EnumType, end: string): void {
    const source = this.#source;
    const form = integerForm(type);
    if (form !== undefined) return this.integer(target, form, type.kind as IntegerKind);
    switch (type.kind) {
      case "bool":
        source.line(`c = b[p++]; ${target} = c === 1; if (!(c === 0 || c === 1)) ${this.fail()}`);
        return;
      case "int32":
        return this.#varint(target, target, "readInt32", readInt32);
      case "int53":
        this.#varint(target, target, "readInt53", readInt53);
        source.line(`if (${target} !== ${target}) ${this.fail()}`);
        return;
      case "int64":
        return this.#varint(target, "BigInt(c)", "readInt64", readInt64);
      case "enum": {
        this.#varint("c", "c", "readInt32", readInt32);
        const { members, numbers } = type;
        const member =
          numbers === undefined
            ? `${source.constant("MEMBERS", members)}[c]`
            : `${source.constant("MEMBER", new Map(numbers.map((number, i) => [number, members[i]])))}.get(c)`;
        source.line(`${target} = ${member}; if (${target} === undefined) ${this.fail()}`);
        return;
      }
      case "float32":
        source.line(`${target} = ${source.constant("readSingle", readSingle)}(b, p); p += 4;`);
        return;
      case "float64":
        source.line(`${target} = ${source.constant("readDouble", readDouble)}(b, p); p += 8;`);
        return;
      default:
    }
    const inside = this.embedded(end);
    switch (type.kind) {
      case "bytes":
        source.line(`${target} = ${source.constant("copyBytes", copyBytes)}(b, p, ${inside}); p = ${inside};`);
        return;
      case "timestamp":
        source.line(this.call(target, `${source.constant("readTimestamp", readTimestamp)}(s, ${inside})`));
        source.line(`if (${target} === undefined) ${this.fail()}`);
        return;
      default:
        source.line(`${target} = ${source.constant("readText", readText)}(b, p, ${inside} - p); p = ${inside};`);
        source.line(`if (${target} === undefined) ${this.fail()}`);
        if (type.kind === "decimal")
          source.line(`if (!${source.constant("DECIMAL", DECIMAL)}.test(${target})) ${this.fail()}`);
    }
  }

  /** An integer that `t.encoded` gave a form. */
  integer(target: string, form: IntegerForm, kind: IntegerKind): void {
    const source = this.#source;
    const read = integerReader(form, kind);
    const number = form.layout === "zigzag" ? "(c >>> 1) ^ -(c & 1)" : "c";
    const small = { int32: number, int53: number, int64: `BigInt(${number})`, decimal: `String(${number})` }[kind];
    if (form.layout === "varint" || form.layout === "zigzag") this.#varint(target, small, "readInteger", read);
    else source.line(this.call(target, `${source.constant("readInteger", read)}(s)`));
    source.line(`if (${target} === undefined) ${this.fail()}`);
  }

  /** The key of a map's entry, as text. */
  key(target: string, form: IntegerForm | "bool" | undefined, end: string): void {
    if (form === undefined) return this.read(target, STRING, end);
    if (form !== "bool") return this.integer(target, form, "decimal");
    this.read(target, BOOL, end);
    this.#source.line(`${target} = String(${target});`);
  }

  #varint(target: string, small: string, hint: string, read: (cursor: Cursor) => unknown): void {
    const slow = this.call(target, `${this.#source.constant(hint, read)}(s)`);
    this.#source.line(
      `${small === target ? `${target} = b[p++]; if (!(${target} < 128))` : `c = b[p++]; if (c < 128) ${target} = ${small}; else`} { p--; ${slow} }`,
    );
  }
}
