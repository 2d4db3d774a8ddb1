import { writeDouble, writeSingle } from "../../core/bytes/little-endian.ts";
import { MAX_VARINT_BYTES, MAX_VARINT32_BYTES, TWO_32, writeVarint } from "../../core/bytes/varint.ts";
import type { ByteSource } from "../../core/compile/byte-source.ts";
import { misfitCondition } from "../../core/compile/check.ts";
import { MISFIT } from "../../core/compile/misfit.ts";
import type { EnumType, ScalarType } from "../../core/type/type.ts";
import { type IntegerForm, integerForm } from "./form.ts";
import { MAX_TIMESTAMP_BYTES, numbersOf, tagOf, wireTypeOfForm } from "./format.ts";
import { type IntegerKind, integerWriter, isInteger, rangeCondition } from "./integer.ts";
import { writeBytes, writeInt64, writeInteger, writeText, writeTimestamp } from "./write.ts";

type Scalar = ScalarType | EnumType;
/** Which values of a scalar are left out: none, `undefined`, or its zero. */
export type Presence = "always" | "optional" | "implicit";

/** The code that writes scalars. */
export class ScalarSource {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Checks and writes a scalar; `tag` is empty for a packed one. */
  write(type: Scalar, x: string, tag: readonly number[], presence: Presence): void {
    const source = this.#source;
    const guard = presence === "optional" ? `${x} !== undefined && ` : "";
    if (type.kind === "enum") {
      const number = source.local("i");
      const numbers = numbersOf(type);
      const byMember = source.constant("NUMBER", new Map(type.members.map((one, i) => [one, numbers[i]])));
      source.line(
        `const ${number} = ${byMember}.get(${x}); if (${guard}${number} === undefined) throw ${source.constant("MISFIT", MISFIT)};`,
      );
      const when = presence === "always" ? "" : `${number} !== ${presence === "implicit" ? "0" : "undefined"}`;
      if (numbers.some((one) => one < 0))
        this.#fixed(tag, MAX_VARINT_BYTES, "writeInteger", writeInteger, number, when);
      else this.#fixed(tag, MAX_VARINT32_BYTES, "writeVarint", writeVarint, number, when);
      return;
    }
    source.line(`if (${guard}(${misfitCondition(source, type, x)})) throw ${source.constant("MISFIT", MISFIT)};`);
    const form = integerForm(type);
    if (form !== undefined) return this.integer(form, type.kind as IntegerKind, x, tag, presence);
    const when = condition(type, x, presence);
    switch (type.kind) {
      case "bool":
        return this.#fixed(tag, 1, "writeBool", writeBool, x, when);
      case "int32":
      case "int53":
        return this.#fixed(tag, MAX_VARINT_BYTES, "writeInteger", writeInteger, x, when);
      case "int64":
        return this.#fixed(tag, MAX_VARINT_BYTES, "writeInt64", writeInt64, x, when);
      case "float32":
        return this.#fixed(tag, 4, "writeSingle", writeSingle, x, when);
      case "float64":
        return this.#fixed(tag, 8, "writeDouble", writeDouble, x, when);
      case "timestamp":
        return this.#fixed(tag, MAX_TIMESTAMP_BYTES, "writeTimestamp", writeTimestamp, x, when);
      default:
        this.dynamic(type.kind === "bytes" ? "bytes" : "string", x, tag, presence, when);
    }
  }

  /** Checks the range of an integer, and writes it. */
  integer(form: IntegerForm, kind: IntegerKind, x: string, tag: readonly number[], presence: Presence): void {
    const source = this.#source;
    const outside =
      kind === "decimal"
        ? `!${source.constant("isInteger", isInteger)}(${source.constant("FORM", form)}, ${x})`
        : rangeCondition(form, kind, x);
    const guard = presence === "optional" ? `${x} !== undefined && ` : "";
    if (outside !== "") source.line(`if (${guard}(${outside})) throw ${source.constant("MISFIT", MISFIT)};`);
    const zero = { int32: "0", int53: "0", int64: "0n", decimal: '"0"' }[kind];
    const when = presence === "always" ? "" : `${x} !== ${presence === "optional" ? "undefined" : zero}`;
    this.#fixed(tag, MAX_VARINT_BYTES, "writeInteger", integerWriter(form, kind), x, when);
  }

  /** The key of a map's entry, always. */
  key(form: IntegerForm | "bool" | undefined, x: string): void {
    const tag = tagOf(1, wireTypeOfForm(form));
    if (form === undefined) return this.dynamic("string", x, tag, "always");
    const source = this.#source;
    if (form !== "bool" && form.max >= TWO_32) return this.integer(form, "decimal", x, tag, "always");
    if (form !== "bool") {
      const number = source.local("i");
      source.line(
        `const ${number} = +${x}; if (String(${number}) !== ${x} || !(${number} >= ${form.min} && ${number} <= ${form.max})) throw ${source.constant("MISFIT", MISFIT)};`,
      );
      return this.#fixed(tag, MAX_VARINT_BYTES, "writeInteger", integerWriter(form, "int53"), number, "");
    }
    source.line(`if (${x} !== "true" && ${x} !== "false") throw ${source.constant("MISFIT", MISFIT)};`);
    this.#fixed(tag, 1, "writeBool", writeBool, `${x} === "true"`, "");
  }

  #fixed(
    tag: readonly number[],
    most: number,
    hint: string,
    write: (b: Uint8Array, p: number, v: never) => number,
    x: string,
    when: string,
  ): void {
    const source = this.#source;
    const code = `p = ${source.constant(hint, write)}(b, p, ${x});`;
    if (when === "") {
      source.fixed(...tag);
      source.flush();
      source.need(most);
      source.line(code);
      return;
    }
    source.flush();
    source.need(tag.length + most);
    source.line(`if (${when}) { ${tagCode(tag)} ${code} }`);
  }

  /** A string or bytes, which fit. */
  dynamic(kind: "string" | "bytes", x: string, tag: readonly number[], presence: Presence, when = ""): void {
    const source = this.#source;
    const [hint, write] = kind === "bytes" ? ["writeBytes", writeBytes] : ["writeText", writeText];
    const code = `${tagCode(tag)} p = ${source.constant(hint as string, write)}(b, p, ${x});`;
    const length = presence === "optional" ? `(${x} === undefined ? 0 : ${x}.length)` : `${x}.length`;
    source.dynamic(
      (reserve) =>
        `${ensure(`${kind === "bytes" ? 1 : 3} * ${length} + ${tag.length + MAX_VARINT32_BYTES + reserve()}`)}\n` +
        (when === "" ? code : `if (${when}) { ${code} }`),
    );
  }
}

/** The code that makes room for `bytes`. */
export function ensure(bytes: string): string {
  if (bytes === "0") return "";
  return `q = ${bytes}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }`;
}

function tagCode(tag: readonly number[]): string {
  return tag.map((byte) => `b[p++] = ${byte};`).join(" ");
}

function writeBool(b: Uint8Array, p: number, v: boolean): number {
  b[p] = v ? 1 : 0;
  return p + 1;
}

/** When a scalar is written; "" for always. A decimal has no zero that its text would say, a timestamp is a message. */
function condition(type: ScalarType, x: string, presence: Presence): string {
  if (presence === "optional") return `${x} !== undefined`;
  if (presence === "always") return "";
  switch (type.kind) {
    case "bool":
      return x;
    case "int32":
    case "int53":
      return `${x} !== 0`;
    case "int64":
      return `${x} !== 0n`;
    case "float32":
    case "float64":
      return `!Object.is(${x}, 0)`;
    case "string":
      return `${x} !== ""`;
    case "bytes":
      return `${x}.length !== 0`;
    default:
      return "";
  }
}
