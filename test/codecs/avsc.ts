import avsc from "avsc";
import { avroSchema } from "../../codecs/avro/index.ts";
import type { Type as OurType } from "../../core/type.ts";

/*
 * avsc as the oracle: the type of our schema, longs as bigints, every value of a union wrapped by the name of its type;
 * and our values turned into its values and back.
 */

const long = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

export function avscOf(type: OurType): avsc.Type {
  // A long with a logical type would not be the one of the registry.
  const schema = JSON.stringify(avroSchema(type)).replaceAll(
    '{"type":"long","logicalType":"timestamp-millis"}',
    '"long"',
  );
  return avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema, { registry: { long }, wrapUnions: true });
}

type Peer = avsc.Type & {
  field(name: string): { type: Peer };
  types: Peer[];
  itemsType: Peer;
  valuesType: Peer;
  branchName: string;
};

export function toAvsc(type: OurType, value: unknown, peer: avsc.Type): unknown {
  const its = peer as Peer;
  switch (type.kind) {
    case "struct": {
      const record: Record<string, unknown> = {};
      for (const field of type.fields) {
        const given = (value as Record<string, unknown>)[field.name] ?? field.defaultValue;
        const fieldType = its.field(field.name).type;
        if (!field.optional) record[field.name] = toAvsc(field.type, given, fieldType);
        else {
          const branch = fieldType.types[1] as Peer;
          record[field.name] = given === undefined ? null : { [branch.branchName]: toAvsc(field.type, given, branch) };
        }
      }
      return record;
    }
    case "union": {
      const { kind, value: inner } = value as { kind: string; value: unknown };
      const index = type.fields.findIndex((field) => field.name === kind);
      const branch = its.field("value").type.types[index] as Peer;
      const one = type.fields[index] as (typeof type.fields)[number];
      return { value: { [branch.branchName]: { value: toAvsc(one.type, inner, branch.field("value").type) } } };
    }
    case "list":
      return (value as unknown[]).map((one) => toAvsc(type.item, one, its.itemsType));
    case "map":
      return mapped(value, (one) => toAvsc(type.value, one, its.valuesType));
    case "int53":
      return BigInt(value as number);
    case "timestamp":
      return BigInt((value as Date).getTime());
    case "bytes":
      return Buffer.from(value as Uint8Array);
    default:
      return value;
  }
}

export function fromAvsc(type: OurType, value: unknown, peer: avsc.Type): unknown {
  const its = peer as Peer;
  switch (type.kind) {
    case "struct": {
      const record: Record<string, unknown> = {};
      for (const field of type.fields) {
        const got = (value as Record<string, unknown>)[field.name];
        const fieldType = its.field(field.name).type;
        if (!field.optional) record[field.name] = fromAvsc(field.type, got, fieldType);
        else if (got !== null) {
          const branch = fieldType.types[1] as Peer;
          record[field.name] = fromAvsc(field.type, Object.values(got as object)[0], branch);
        }
      }
      return record;
    }
    case "union": {
      const [name, wrapped] = Object.entries((value as { value: object }).value)[0] as [string, { value: unknown }];
      const index = its.field("value").type.types.findIndex((one) => one.branchName === name);
      const branch = its.field("value").type.types[index] as Peer;
      const field = type.fields[index] as (typeof type.fields)[number];
      return { kind: field.name, value: fromAvsc(field.type, wrapped.value, branch.field("value").type) };
    }
    case "list":
      return (value as unknown[]).map((one) => fromAvsc(type.item, one, its.itemsType));
    case "map":
      return mapped(value, (one) => fromAvsc(type.value, one, its.valuesType));
    case "int53":
      return Number(value);
    case "timestamp":
      return new Date(Number(value));
    case "bytes":
      return new Uint8Array(value as Buffer);
    default:
      return value;
  }
}

function mapped(value: unknown, one: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, one(item)]));
}
