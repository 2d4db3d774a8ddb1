import type { Output } from "../../core/bytes/output.ts";
import { charge } from "../../core/compile/cursor.ts";
import { ENTRY, GROWING_SLOT } from "../../core/compile/memory.ts";
import { malformed } from "./cursor.ts";
import { FAULT, VERSION } from "./message.ts";
import { MapNode } from "./node.ts";
import type { Parser } from "./parser.ts";
import { END1, type Parser1 } from "./parser1.ts";
import { Writer1 } from "./writer1.ts";

/*
 * The messages of Hessian 1.0, as far as Caucho's clients of today still send them and ask for them:
 *   call  ::= c 01|02 00 (H name value)* m name argument* z      the first number: the version that the answer is to have
 *   reply ::= r 01 00 value z
 *   fault ::= r 01 00 f (key value)* z z
 */

export const CALL1 = 0x63;
const HEADER = 0x48;
const METHOD = 0x6d;
const REPLY = [0x72, 0x01, 0x00];
const FAULTY = 0x66;

/** A call of Hessian 1.0. How many arguments it has is known when they are read. */
export interface Call1 {
  readonly name: string;
  /** The version of Hessian that the answer is to have. */
  readonly reply: 1 | 2;
  /** Those that are text. */
  readonly headers: ReadonlyMap<string, string>;
  readonly nodes: unknown[];
}

export function readCall1(parser: Parser1): Call1 {
  parser.byte();
  const reply = parser.byte() >= 2 ? 2 : 1;
  parser.byte();
  const headers = new Map<string, string>();
  let tag = parser.byte();
  for (; tag === HEADER; tag = parser.byte()) {
    charge(parser, ENTRY);
    const [name, value] = [parser.name(), parser.value()];
    if (typeof value === "string") headers.set(name, value);
  }
  if (tag !== METHOD) throw malformed("a call without a method", parser, parser.p - 1);
  const name = parser.name();
  const nodes: unknown[] = [];
  while (!parser.ends(GROWING_SLOT)) nodes.push(parser.value());
  return { name, reply, headers, nodes };
}

/** Writes the reply or fault of 2.0 that `parser`, an exact one, stands before. */
export function writeReply1(parser: Parser, out: Output): void {
  const kind = parser.b[parser.p + VERSION.length];
  parser.p += VERSION.length + 1;
  const node = parser.value();
  const writer = new Writer1(out);
  writer.bytes(...REPLY);
  if (kind === FAULT && node instanceof MapNode) {
    writer.bytes(FAULTY);
    for (const one of node.entries) writer.write(one);
    writer.bytes(END1);
  } else writer.write(node);
  writer.bytes(END1);
}
