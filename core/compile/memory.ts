import type { CodecLimits } from "../codec.ts";
import { RpcError } from "../error.ts";
import type { Field, StructType, Type } from "../type/type.ts";

/*
 * What values take in the memory of this process, in bytes: as V8 lays them out on 64 bits (measured on Node 20 to 24),
 * rounded up. The characters of text and the contents of bytes are not in it, as no message says them in less than half
 * of what they take.
 */

/** An empty list, and the head of one whose items are known in number before the first is read. */
export const LIST = 48;
export const SLOT = 8;
/** A list that grows while it is read, beyond an empty one: V8 makes room for 17 items with the first, then for half as many more. */
export const GROWING = 136;
export const GROWING_SLOT = 12;
/** A map, and each of its entries: the name, and its place in a hash table or in the hidden classes of the object. */
export const MAP = 128;
export const ENTRY = 80;
/** An object that may have any members. */
export const OBJECT = 56;
/** Text of any length, without its characters beyond the first eight. */
export const TEXT = 24;
export const BIGINT = 24;
export const DATE = 112;
export const BYTES = 208;
const DOUBLE = 16;
/** The head of an object whose members are known. */
const HEAD = 24;
/**
 * The optional fields beyond the first three, which `structLiteral` adds one by one: each is a step to another hidden
 * class, and a peer may make the steps new in every object. Few fields have few such classes.
 */
const COMBINED = 3;
const FEW = 11;
const [STEP, NEW_STEP] = [16, 96];

/** What each byte of a message may become. */
const PER_BYTE = 20;

/** How much memory the value of a message of `size` bytes may take. */
export function memoryFor(limits: CodecLimits, size: number): number {
  return PER_BYTE * size + limits.maxMemoryBytes;
}

export function overMemory(): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `the value of the message takes more memory than ${PER_BYTE} times its bytes and maxMemoryBytes; send less, stream it, or raise that limit`,
  });
}

export function isOverMemory(thrown: unknown): boolean {
  return RpcError.is(thrown) && thrown.code === "RESOURCE_EXHAUSTED";
}

/** What a reader makes for a value of the type before it looks into it; lists and maps are charged where they are read. */
export function scalarCost({ kind }: Type): number {
  switch (kind) {
    case "int53":
    case "float32":
    case "float64":
      return DOUBLE;
    case "int64":
      return BIGINT;
    case "string":
    case "decimal":
      return TEXT;
    case "timestamp":
      return DATE;
    case "bytes":
      return BYTES;
    default:
      return 0;
  }
}

/** An item of a list, without what lies in it. */
export function itemCost(type: Type, slot = SLOT): number {
  // Numbers stand in a list themselves.
  return type.kind === "int53" || type.kind === "float32" || type.kind === "float64" ? slot : slot + scalarCost(type);
}

/** A value of a union, without what lies in it. */
export const UNION = HEAD + 2 * SLOT;

/** An object of the struct with the fields that are always there, without what lies in its lists, maps and structs. */
export function structCost(type: StructType): number {
  const always = type.fields.filter((field) => !field.optional);
  const transient = (type.transient ?? []).filter((field) => !field.optional);
  if (always.length + transient.length === 0) return OBJECT;
  const carried = always.reduce((sum, field) => sum + SLOT + scalarCost(field.type), HEAD);
  return transient.reduce((sum, field) => sum + SLOT + absentCost(field), carried);
}

/** Each optional field of the struct where it is there, without what lies in it; nothing for those that always are. */
export function optionalCosts(type: StructType): ReadonlyMap<Field, number> {
  const optional = type.fields.filter((field) => field.optional);
  const step = optional.length <= FEW ? STEP : NEW_STEP;
  return new Map(
    optional.map((field, i) => [field, SLOT + scalarCost(field.type) + (i < COMBINED ? 0 : step)] as const),
  );
}

/** What stands for an absent field, beyond what `structCost` has for it. */
export function absentCost({ type, optional, defaultValue }: Field): number {
  if (optional) return 0;
  if (defaultValue !== undefined) return valueCost(defaultValue);
  return type.kind === "list" ? LIST : type.kind === "map" ? OBJECT : 0;
}

/** A value that is there, with all that lies in it. */
export function valueCost(value: unknown): number {
  switch (typeof value) {
    case "number":
      return DOUBLE;
    case "bigint":
      return BIGINT;
    case "string":
      return TEXT;
    case "object":
      break;
    default:
      return 0;
  }
  if (value === null) return 0;
  if (value instanceof Date) return DATE;
  if (value instanceof Uint8Array) return BYTES + value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + SLOT + valueCost(item), LIST);
  return Object.values(value).reduce<number>((sum, member) => sum + ENTRY + valueCost(member), MAP);
}
