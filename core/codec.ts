import type { Output } from "./bytes/output.ts";
import type { StructType } from "./type/type.ts";

/** Bounds on what a decoder makes of hostile bytes. */
export interface CodecLimits {
  /** How deeply values may nest; stops stack exhaustion by recursive types and `any`. Default 64. */
  readonly maxDepth: number;
  /**
   * Memory, in bytes, that the value of one message may take here beyond 20 times the message itself; stops a small
   * message that unfolds to gigabytes: lists of nothing, maps of maps. Default 20,000,000.
   */
  readonly maxMemoryBytes: number;
}

export const defaultCodecLimits: CodecLimits = Object.freeze({ maxDepth: 64, maxMemoryBytes: 20_000_000 });

/**
 * The codec port. An implementation
 * - must refuse, in `encodeInto`, any value that does not fit the writer's type, with the `INVALID_ARGUMENT` error of
 *   `explain` that gives the path, and must return from `decode` only values that fit the reader's type;
 * - must check every count that the bytes declare against the bytes that remain before it allocates, and charge what it makes,
 *   by the prices of `memory.ts`, to the memory that the limits allow;
 * - must copy what it returns out of the input, which the connection uses again;
 * - may compile code from a reader's or writer's type that is this process's own, never from one that came over a wire
 *   (`foreign`);
 * - must keep nothing between messages that changes what they mean, and nothing that a peer can make grow.
 */
export interface Codec {
  /** The word in the configuration and in the handshake: `json`. */
  readonly name: string;
  /**
   * What its messages are called where content has a type, as in HTTP: `application/json`. In small letters, without
   * parameters; the first is written, all are read. No two codecs of one server share one.
   */
  readonly mediaTypes: readonly string[];
  /** True if values without a type (`t.any`, untyped methods) can be carried. */
  readonly selfDescribing: boolean;
  /**
   * Compiles for messages written by the type `writer` and read by the type `reader`; the same object on both sides of
   * one contract. They differ in peers of different versions: then fields are matched by name.
   */
  compile(writer: StructType, reader: StructType, options?: CompileOptions): CompiledCodec;
}

export interface CompileOptions {
  readonly limits?: CodecLimits;
  /**
   * True if `writer` came from the peer: nothing of it may become code. Whoever agreed on the contract has found by
   * `checkReadable` that the two fit, once for all its operations; the codec does not look again. Default `false`.
   */
  readonly foreign?: boolean;
}

export interface CompiledCodec {
  /** Writes a value of the writer's type at `out.position`. On an error the caller takes the bytes back. */
  encodeInto(value: unknown, out: Output): void;
  /** Reads one whole message, exactly `start` to `end`, as a value of the reader's type. */
  decode(bytes: Uint8Array, start: number, end: number): unknown;
}
