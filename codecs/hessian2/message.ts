import type { Output } from "../../core/bytes/output.ts";

/*
 * The messages of Hessian's own RPC:
 *   call  ::= H 02 00 C name count argument*
 *   reply ::= H 02 00 R value
 *   fault ::= H 02 00 F map          with the keys code, message and detail
 */

export const VERSION = [0x48, 0x02, 0x00] as const;
export const CALL = 0x43;
export const REPLY = 0x52;
export const FAULT = 0x46;

export function writeHead(out: Output, kind: number): void {
  out.ensure(VERSION.length + 1);
  for (const byte of VERSION) out.buffer[out.position++] = byte;
  out.buffer[out.position++] = kind;
}
