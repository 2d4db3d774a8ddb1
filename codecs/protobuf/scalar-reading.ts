import { copyBytes } from "../../core/byte-copy.ts";
import { DECIMAL } from "../../core/explain.ts";
import { readDouble, readSingle } from "../../core/little-endian.ts";
import { MISFIT } from "../../core/misfit.ts";
import type { Source } from "../../core/source.ts";
import type { EnumType, ScalarType } from "../../core/type.ts";
import { readText } from "../../core/utf8.ts";
import type { Cursor } from "./cursor.ts";
import { readInt32, readInt53, readInt64, readLongLength, readTimestamp } from "./read.ts";

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
        const members = source.constant("MEMBERS", type.members);
        this.#varint("c", "c", "readInt32", readInt32);
        source.line(`${target} = ${members}[c]; if (${target} === undefined) ${this.fail()}`);
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

  #varint(target: string, small: string, hint: string, read: (cursor: Cursor) => unknown): void {
    const slow = this.call(target, `${this.#source.constant(hint, read)}(s)`);
    this.#source.line(
      `${small === target ? `${target} = b[p++]; if (!(${target} < 128))` : `c = b[p++]; if (c < 128) ${target} = ${small}; else`} { p--; ${slow} }`,
    );
  }
}
