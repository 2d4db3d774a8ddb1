import avsc from "avsc";
import { avroSchema } from "../../codecs/avro/index.ts";
import { isNull, isPlainUnion, nullPlace, scalarForm } from "../../core/schema/avro-form.ts";
import type { DecimalType, Field, Type as OurType, UnionType } from "../../core/type/type.ts";

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
  return avscOfSchema(avroSchema(type));
}

export function avscOfSchema(schema: unknown): avsc.Type {
  // A long with a logical type would not be the one of the registry.
  const text = JSON.stringify(schema).replace(/\{"type":"long","logicalType":"[a-z-]+"\}/g, '"long"');
  return avsc.Type.forSchema(JSON.parse(text) as avsc.Schema, { registry: { long }, wrapUnions: true });
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
      if (isNull(type)) return null;
      const record: Record<string, unknown> = {};
      for (const field of type.fields) {
        const given = (value as Record<string, unknown>)[field.name] ?? field.defaultValue;
        const fieldType = its.field(field.name).type;
        record[field.name] = field.optional
          ? optionalToAvsc(field, given, fieldType)
          : toAvsc(field.type, given, fieldType);
      }
      return record;
    }
    case "union": {
      if (isPlainUnion(type)) return caseToAvsc(type, value, its.types);
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
    case "decimal":
      return decimalToAvsc(type, value as string);
    default:
      return value;
  }
}

function optionalToAvsc(field: Field, value: unknown, peer: Peer): unknown {
  if (value === undefined) return null;
  const branches = peer.types.toSpliced(nullPlace(field), 1);
  if (isPlainUnion(field.type)) return caseToAvsc(field.type, value, branches);
  const branch = branches[0] as Peer;
  return { [branch.branchName]: toAvsc(field.type, value, branch) };
}

function caseToAvsc(type: UnionType, value: unknown, branches: readonly Peer[]): unknown {
  const { kind, value: inner } = value as { kind: string; value: unknown };
  const index = type.fields.findIndex((field) => field.name === kind);
  const branch = branches[index] as Peer;
  const theirs = toAvsc((type.fields[index] as Field).type, inner, branch);
  return theirs === null ? null : { [branch.branchName]: theirs };
}

function decimalToAvsc(type: DecimalType, text: string): unknown {
  const form = scalarForm(type);
  if (form?.decimal === undefined) return text;
  const units = BigInt(text.replace(".", ""));
  let size = form.fixed?.size ?? 1;
  while (form.fixed === undefined && BigInt.asIntN(size * 8, units) !== units) size++;
  const hex = BigInt.asUintN(size * 8, units).toString(16);
  return Buffer.from(hex.padStart(size * 2, "0"), "hex");
}

export function fromAvsc(type: OurType, value: unknown, peer: avsc.Type): unknown {
  const its = peer as Peer;
  switch (type.kind) {
    case "struct": {
      if (isNull(type)) return {};
      const record: Record<string, unknown> = {};
      for (const field of type.fields) {
        const got = (value as Record<string, unknown>)[field.name];
        const fieldType = its.field(field.name).type;
        if (!field.optional) record[field.name] = fromAvsc(field.type, got, fieldType);
        else if (got !== null) {
          const branches = fieldType.types.toSpliced(nullPlace(field), 1);
          record[field.name] = isPlainUnion(field.type)
            ? caseFromAvsc(field.type, got, branches)
            : fromAvsc(field.type, Object.values(got as object)[0], branches[0] as Peer);
        }
      }
      return record;
    }
    case "union": {
      if (isPlainUnion(type)) return caseFromAvsc(type, value, its.types);
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
    case "decimal":
      return decimalFromAvsc(type, value);
    default:
      return value;
  }
}

function caseFromAvsc(type: UnionType, value: unknown, branches: readonly Peer[]): unknown {
  const [name, inner] = value === null ? ["null", null] : (Object.entries(value as object)[0] as [string, unknown]);
  const index = branches.findIndex((branch) => branch.branchName === name);
  const field = type.fields[index] as Field;
  return { kind: field.name, value: fromAvsc(field.type, inner, branches[index] as Peer) };
}

function decimalFromAvsc(type: DecimalType, value: unknown): unknown {
  const scale = scalarForm(type)?.decimal?.scale;
  if (scale === undefined) return value;
  const bytes = value as Buffer;
  const units = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${units < 0n ? "-" : ""}${digits.slice(0, point)}${scale > 0 ? "." : ""}${digits.slice(point)}`;
}

function mapped(value: unknown, one: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, one(item)]));
}
