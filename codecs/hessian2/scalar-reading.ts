import { readDouble } from "../../core/bytes/big-endian.ts";
import { copyBytes } from "../../core/bytes/byte-copy.ts";
import { DECIMAL, MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "../../core/type/explain.ts";
import type { EnumType, ScalarType } from "../../core/type/type.ts";
import { ClassShape } from "./class-shape.ts";
import { DECIMAL_CLASS, DOUBLE, FALSE, TRUE, WIDTH } from "./format.ts";
import { NODE } from "./forms.ts";
import { PLACE } from "./node.ts";
import { readInt, readInt64, readInteger, readMillis, readNumber } from "./read.ts";
import type { ReadSource } from "./read-source.ts";

/** The code that reads a scalar into `target`; in any form that Java has not for it, `convert` does. */
export function readScalar(
  source: ReadSource,
  target: string,
  type: ScalarType | EnumType,
  depth: number,
  convert: string,
): void {
  const other = `s.convert(${convert}, ${NODE}, ${source.depth(depth)})`;
  const orConverted = (): void => {
    source.line("else {");
    source.call(`${target} = ${other}`);
    source.line("}");
  };
  /** A number of as many bytes after its first as that says. */
  const number = (hint: string, read: (b: Uint8Array, p: number, tag: number) => unknown, fits: string): void => {
    source.line(`c = b[p]; ${target} = ${source.constant(hint, read)}(b, p + 1, c);`);
    source.line(`if (${fits}) p += 1 + ${source.constant("WIDTH", WIDTH)}[c];`);
    orConverted();
  };
  /** An object whose one field is the text that stands for it. */
  const named = (name: string, field: string, fails: string): void => {
    source.own({ shape: new ClassShape({ name, fields: [field] }), define: "s.define()" }, () => {
      source.charge(PLACE);
      source.node(target, type, () => {
        source.text(target, "s.key(0)");
        source.giveUpIf(fails);
      });
    });
    source.line("else {");
    source.converted(target, type, depth, convert);
    source.line("}");
  };
  switch (type.kind) {
    case "bool":
      source.line(`c = b[p]; if (c === ${TRUE} || c === ${FALSE}) { ${target} = c === ${TRUE}; p++; }`);
      return orConverted();
    case "int32":
      source.line(`c = b[p]; if (c >= 128 && c < 192) { ${target} = c - 144; p++; } else {`);
      number("readInt", readInt, `${target} === ${target}`);
      source.line("}");
      return;
    case "int53":
      return number("readInteger", readInteger, `${target} === ${target}`);
    case "int64":
      return number("readInt64", readInt64, `${target} !== undefined`);
    case "float64":
      source.line(
        `if (b[p] === ${DOUBLE}) { ${target} = ${source.constant("readDouble", readDouble)}(b, p + 1); p += 9; } else {`,
      );
      number("readNumber", readNumber, `${target} !== undefined`);
      source.line("}");
      return;
    case "float32":
      return number(
        "readNumber",
        readNumber,
        `${target} !== undefined && Object.is(Math.fround(${target}), ${target})`,
      );
    case "timestamp":
      source.line(`c = ${source.constant("readMillis", readMillis)}(b, p + 1, b[p]);`);
      source.line(`if (c >= ${MIN_TIMESTAMP_MS} && c <= ${MAX_TIMESTAMP_MS}) {`);
      source.line(`${target} = new Date(c); p += 1 + ${source.constant("WIDTH", WIDTH)}[b[p]]; }`);
      return orConverted();
    case "bytes": {
      const [length, at] = [source.local("l"), source.local("p")];
      // Up to 1023 bytes have a first byte of their own; longer ones are read by chunks.
      source.line(`c = b[p]; let ${length} = -1, ${at} = p + 1;`);
      source.line(`if (c >= 32 && c < 48) ${length} = c - 32;`);
      source.line(`else if (c >= 52 && c < 56) ${length} = ((c - 52) << 8) | b[${at}++];`);
      source.line(`if (${length} >= 0 && ${length} <= e - ${at}) {`);
      source.line(`p = ${at} + ${length}; ${target} = ${source.constant("copyBytes", copyBytes)}(b, ${at}, p); }`);
      return orConverted();
    }
    case "decimal":
      return named(DECIMAL_CLASS, "value", `!${source.constant("DECIMAL", DECIMAL)}.test(${target})`);
    case "enum":
      return named(type.name, "name", `!${source.constant("MEMBERS", new Set(type.members))}.has(${target})`);
    default:
      source.text(target, `s.text(${convert}, ${source.depth(depth)})`);
  }
}
