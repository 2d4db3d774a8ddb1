import { Output } from "../../core/bytes/output.ts";
import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import { field, struct } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import { fromAvro } from "../../core/schema/avro.ts";
import type { AvroValue } from "../../core/type/avro-value.ts";
import { isType } from "../../core/type/fields.ts";
import type { Infer, InferInput, StructType, Type } from "../../core/type/type.ts";
import { avro } from "./codec.ts";
import { avroFingerprint } from "./fingerprint.ts";
import type { AvroSchema } from "./schema.ts";

/** After these two bytes comes the fingerprint of the writer's schema, its lowest byte first. */
const MAGIC = [0xc3, 0x01] as const;
const HEADER_BYTES = 10;

export interface SingleObjectOptions {
  /** Other versions of the schema, whose values are read too. @default none */
  readonly writers?: readonly (Type | AvroSchema)[];
  /** Of each value that is read. */
  readonly limits?: CodecLimits;
}

/** Writes and reads values that carry the fingerprint of their schema. */
export interface SingleObjects<V, I = V> {
  encode(value: I): Uint8Array;
  /** Throws where the bytes begin otherwise, or were written by a schema that is not known here. */
  decode(bytes: Uint8Array): V;
}

/** The values of a type of `t`, or of a schema that was given `as const`. */
type ValueOf<T> = T extends Type ? Infer<T> : AvroValue<T>;
type InputOf<T> = T extends Type ? InferInput<T> : AvroValue<T>;

/**
 * Avro's single-object encoding: for values that are stored, or sent by other means than a connection of this framework,
 * so that whoever reads them later can tell which version of the schema wrote them.
 */
export function singleObjects<const T extends Type | AvroSchema>(
  schema: T,
  { writers = [], limits }: SingleObjectOptions = {},
): SingleObjects<ValueOf<T>, InputOf<T>> {
  const codec = avro();
  const reader = toMessage(schema);
  const compile = (writer: Type | AvroSchema) =>
    codec.compile(writer === schema ? reader : toMessage(writer), reader, limits === undefined ? {} : { limits });
  const known = new Map<bigint, CompiledCodec>(
    [schema, ...writers].map((one) => [avroFingerprint(one), compile(one)] as const),
  );
  const fingerprint = avroFingerprint(schema);
  const own = known.get(fingerprint) as CompiledCodec;
  const wrapped = reader.name === WRAPPER;
  return Object.freeze({
    encode(value: InputOf<T>): Uint8Array {
      const out = new Output();
      out.ensure(HEADER_BYTES);
      const header = new DataView(out.buffer.buffer, out.buffer.byteOffset, HEADER_BYTES);
      MAGIC.forEach((byte, i) => {
        header.setUint8(i, byte);
      });
      header.setBigUint64(MAGIC.length, fingerprint, true);
      out.position = HEADER_BYTES;
      own.encodeInto(wrapped ? { value } : value, out);
      return out.toBytes();
    },
    decode(bytes: Uint8Array): ValueOf<T> {
      if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
        throw new RpcError({
          code: "INVALID_ARGUMENT",
          message: "avro: this is no single object; expected C3 01 and a fingerprint before the value",
        });
      }
      const written = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(MAGIC.length, true);
      const compiled = known.get(written);
      if (compiled === undefined) {
        throw new RpcError({
          code: "FAILED_PRECONDITION",
          message: `avro: no schema has the fingerprint ${written.toString(16).padStart(16, "0")}; give the writer's in writers`,
        });
      }
      const value = compiled.decode(bytes, HEADER_BYTES, bytes.length);
      return (wrapped ? (value as { value: unknown }).value : value) as ValueOf<T>;
    },
  });
}

const WRAPPER = "avro.SingleObject";

/** A record with one field costs no byte, so that what is no record can stand in one. */
function toMessage(schema: Type | AvroSchema): StructType {
  const type = isType(schema) ? schema : fromAvro(schema);
  return type.kind === "struct" ? type : struct(WRAPPER, [field("value", 1, type)]);
}
