import { hessian2 } from "../../codecs/hessian2/index.ts";
import type { Codec } from "../../core/codec.ts";
import { t } from "../../core/schema/t.ts";
import { decode, encode, failure } from "./suite.ts";
import { holding } from "./types.ts";

export const codec = hessian2();
export const exact = hessian2({ exact: true });
/** Holds one untyped value. */
export const Any = t.struct("A", { value: t.any });
/** The class `A`, defined and begun. */
export const HEAD = "43 01 41 91 05 76616c7565 60".replaceAll(" ", "");

/** Hexadecimal bytes, and text in quotes. */
export function bytesOf(source: string): Buffer {
  return Buffer.concat(
    (source.match(/"[^"]*"|[0-9a-f]{2}/g) ?? []).map((part) =>
      part[0] === '"' ? Buffer.from(part.slice(1, -1)) : Buffer.from(part, "hex"),
    ),
  );
}

export function hexOf(source: string): string {
  return bytesOf(source).toString("hex");
}

/** The bytes of a value of a type. */
export function hex(type: unknown, value: unknown, by: Codec = codec): string {
  return Buffer.from(encode(by, type, value)).toString("hex");
}

export function parse(type: unknown, source: string, by: Codec = codec): unknown {
  return decode(by, type, type, bytesOf(source));
}

/** Why bytes are refused. */
export function wrong(type: unknown, source: string): string {
  return failure(() => parse(type, source)).message;
}

/** The bytes of one untyped value. */
export function write(value: unknown, by: Codec = codec): string {
  return hex(Any, { value }, by).slice(HEAD.length);
}

/** Reads one untyped value. */
export function read(source: string, by: Codec = codec): unknown {
  return (parse(Any, HEAD + source, by) as { value: unknown }).value;
}

/** Reads one value of a type, in an object of a class that is not ours. */
export function readAs(type: unknown, source: string): unknown {
  return (parse(holding(type), `43 01 "X" 91 05 "value" 60 ${source}`) as { value: unknown }).value;
}
