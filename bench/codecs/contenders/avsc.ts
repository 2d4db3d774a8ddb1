import avsc from "avsc";
import { avroSchema } from "../../../codecs/avro/index.ts";
import { avroForms } from "../avro-form.ts";
import { contains } from "../contains.ts";
import type { Contender } from "../contender.ts";
import { conversion } from "../conversion.ts";

/** Longs as bigints, as avsc's documentation shows. */
const bigintLong = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer(value: bigint) {
    const buffer = Buffer.allocUnsafe(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

export const contender: Contender = {
  prepare(type) {
    const schema = avroSchema(type);
    const bigints = contains(type, "int64");
    // A long with a logical type would not be the one of the registry.
    const longs = JSON.stringify(schema).replaceAll('{"type":"long","logicalType":"timestamp-millis"}', '"long"');
    const avro = avsc.Type.forSchema(
      JSON.parse(longs) as avsc.Schema,
      {
        wrapUnions: "auto",
        ...(bigints ? { registry: { long: bigintLong } } : {}),
      } as never,
    );
    const forms = avroForms(type, schema, bigints);
    const to = conversion(type, forms.to);
    const from = conversion(type, forms.from);
    const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return {
      encode: to === undefined ? (value) => avro.toBuffer(value) : (value) => avro.toBuffer(to(value)),
      decode:
        from === undefined
          ? (bytes) => avro.fromBuffer(asBuffer(bytes))
          : (bytes) => from(avro.fromBuffer(asBuffer(bytes))),
    };
  },
};
