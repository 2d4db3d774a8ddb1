import { protobuf } from "../../codecs/protobuf/index.ts";
import { messageBytes } from "../../core/bytes/output.ts";
import type { StructType } from "../../core/type/type.ts";

const limits = { maxDepth: 64, maxMemoryBytes: 1_000_000_000 };

export function encode(type: StructType, value: unknown): Uint8Array {
  const codec = protobuf().compile(type, type, { limits });
  return messageBytes(Number.POSITIVE_INFINITY, (out) => codec.encodeInto(value, out));
}

export function decode(type: StructType, bytes: Uint8Array): unknown {
  return protobuf().compile(type, type, { limits }).decode(bytes, 0, bytes.length);
}

/** The messages of a program that is spoken to by pipes: each behind its length as a u32, in network byte order. */
export async function* messagesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let left = Buffer.alloc(0);
  for await (const chunk of input) {
    left = Buffer.concat([left, chunk]);
    while (left.length >= 4 && left.length >= 4 + left.readUInt32BE(0)) {
      const end = 4 + left.readUInt32BE(0);
      yield left.subarray(4, end);
      left = left.subarray(end);
    }
  }
}

export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(message.length, 0);
  return Buffer.concat([head, message]);
}

/** A header of the suite, as metadata are written, and back. */
export interface Header {
  readonly name: string;
  readonly value: readonly string[];
}
