import { RpcError } from "../../core/error.ts";

/** Where a decoder stands in a message, and what is left of its budget. */
export interface Cursor {
  readonly b: Uint8Array;
  /** The position of the next byte. */
  p: number;
  /** Where the message begins and ends. */
  readonly s: number;
  readonly e: number;
  /** How much more memory the value may take, in bytes. */
  n: number;
}

export type Read = (cursor: Cursor, depth: number) => unknown;

export function malformed(message: string): RpcError {
  return new RpcError({ code: "INVALID_ARGUMENT", message: `msgpack: ${message}` });
}

export function truncated(length: number): RpcError {
  return malformed(`truncated at byte ${length}`);
}

export function tooDeep(): RpcError {
  return malformed("the message is nested deeper than maxDepth");
}
