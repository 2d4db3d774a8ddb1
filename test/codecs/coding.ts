import { expect } from "chai";
import { Output } from "../../core/bytes/output.ts";
import type { Codec, CompileOptions } from "../../core/codec.ts";
import { RpcError } from "../../core/error.ts";
import type { StructType } from "../../core/type/type.ts";

export function encode(codec: Codec, type: unknown, value: unknown, options?: CompileOptions): Uint8Array {
  const out = new Output(16);
  const compiled = codec.compile(type as StructType, type as StructType, options);
  out.begin(1 << 24);
  compiled.encodeInto(value, out);
  return out.toBytes();
}

/** Decodes from the middle of a larger buffer, which is overwritten afterwards. */
export function decode(
  codec: Codec,
  writer: unknown,
  reader: unknown,
  bytes: Uint8Array,
  options?: CompileOptions,
): unknown {
  const around = new Uint8Array(bytes.length + 32).fill(0x31);
  around.set(bytes, 16);
  const value = codec
    .compile(writer as StructType, reader as StructType, options)
    .decode(around, 16, 16 + bytes.length);
  around.fill(0xff);
  return value;
}

export function roundTrip(
  codec: Codec,
  type: unknown,
  value: unknown,
  reader: unknown = type,
  options?: CompileOptions,
): unknown {
  return decode(codec, type, reader, encode(codec, type, value), options);
}

export function failure(run: () => unknown): RpcError {
  try {
    run();
  } catch (thrown) {
    expect(RpcError.is(thrown), String(thrown)).to.equal(true);
    return thrown as RpcError;
  }
  throw new Error("it did not fail");
}
