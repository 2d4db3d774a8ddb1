import fc, { type Arbitrary } from "fast-check";
import { t } from "../../core/schema/t.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { isWellFormed } from "../../core/well-formed.ts";
import { withNames } from "./with-names.ts";

/** A type and the values it describes. */
interface Described {
  readonly type: Type;
  readonly value: Arbitrary<unknown>;
}

const text = fc.string({ unit: "binary", maxLength: 40 }).filter(isWellFormed);
const MIN_DATE = new Date("0001-01-01T00:00:00.000Z");
const MAX_DATE = new Date("9999-12-31T23:59:59.999Z");
const decimals = fc.tuple(fc.bigInt(), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`);
const untyped = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const typedScalars: readonly Described[] = [
  { type: t.bool, value: fc.boolean() },
  { type: t.int32, value: fc.integer() },
  { type: t.int53, value: fc.maxSafeInteger() },
  { type: t.int64, value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: t.float64, value: fc.double() },
  { type: t.float64, value: fc.integer({ min: -100000, max: 100000 }).map((n) => n / 100 + 0) },
  { type: t.float32, value: fc.float() },
  { type: t.string, value: text },
  { type: t.bytes, value: fc.uint8Array({ maxLength: 40 }) },
  { type: t.timestamp, value: fc.date({ min: MIN_DATE, max: MAX_DATE, noInvalidDate: true }) },
  { type: t.decimal, value: decimals },
  { type: t.enums("test.E", ["a", "b", "c"]), value: fc.constantFrom("a", "b", "c") },
];

const fieldNames = ["id", "name", "toString", "length", "a1", "_x", "valueOf"];

function describedBy(scalars: readonly Described[]): Arbitrary<Described> {
  return fc.letrec<{ one: Described }>((tie) => ({
    one: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      fc.constantFrom(...scalars),
      listOf(tie("one")),
      mapOf(tie("one")),
      structOf(tie("one")),
      unionOf(tie("one")),
    ),
  })).one;
}

function listOf(one: Arbitrary<Described>): Arbitrary<Described> {
  return one.map(({ type, value }) => ({ type: t.list(type), value: fc.array(value, { maxLength: 5 }) }));
}

function mapOf(one: Arbitrary<Described>): Arbitrary<Described> {
  const keys = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "toString", "1"));
  return one.map(({ type, value }) => ({
    type: t.map(type),
    value: fc.array(fc.tuple(keys, value), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  }));
}

function structOf(one: Arbitrary<Described>): Arbitrary<Described> {
  return fc.array(fc.tuple(one, fc.boolean()), { maxLength: fieldNames.length }).map((members) => {
    const fields = Object.fromEntries(
      members.map(([{ type }, optional], i) => [fieldNames[i] as string, optional ? t.optional(type) : type]),
    );
    const values = Object.fromEntries(members.map(([{ value }], i) => [fieldNames[i] as string, value]));
    const requiredKeys = members.flatMap(([, optional], i) => (optional ? [] : [fieldNames[i] as string]));
    // Other implementations, TypeScript among them, take an inherited `toString` for an optional field that is absent.
    const value = fc.record(values, {
      requiredKeys: requiredKeys.concat(Object.keys(values).filter((key) => key in Object.prototype)),
    });
    return { type: t.struct("test.S", fields) as Type, value };
  });
}

function unionOf(one: Arbitrary<Described>): Arbitrary<Described> {
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((members) => ({
    type: t.union("test.U", Object.fromEntries(members.map(({ type }, i) => [`case${i}`, type]))) as Type,
    value: fc.oneof(...members.map(({ value }, i) => value.map((one) => ({ kind: `case${i}`, value: one })))),
  }));
}

function structAndValue(scalars: readonly Described[]): Arbitrary<{ type: StructType; value: unknown }> {
  return structOf(describedBy(scalars)).chain(({ type, value }) =>
    value.map((one) => ({ type: withNames(type as StructType), value: one })),
  );
}

/** A random struct type with a random value of it. */
export const typeAndValue = structAndValue([...typedScalars, { type: t.any, value: untyped }]);
/** The same without untyped values, for codecs that cannot carry them. */
export const typedAndValue = structAndValue(typedScalars);
