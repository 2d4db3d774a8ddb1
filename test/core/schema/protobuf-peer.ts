import { type DescField, type DescMessage, fromBinary, ScalarType, toBinary } from "@bufbuild/protobuf";
import { type ReflectList, type ReflectMap, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import fc, { type Arbitrary } from "fast-check";
import { isWellFormed } from "../../../core/well-formed.ts";

/*
 * Protobuf-ES as the other side: our values of a descriptor in its messages and back, by the descriptor alone, without a
 * look at the type that is made of it.
 */

type Values = Record<string, unknown>;

export function theirBytes(desc: DescMessage, value: unknown): Uint8Array {
  return toBinary(desc, toMessage(desc, value).message);
}
export function ourValue(desc: DescMessage, bytes: Uint8Array): unknown {
  return fromMessage(reflect(desc, fromBinary(desc, bytes)));
}

/** As the documentation has it: `$` becomes `_`, as what an object cannot be given gets one. */
function nameOf({ localName }: DescField): string {
  return localName.endsWith("$") ? `${localName.slice(0, -1)}_` : localName === "then" ? "then_" : localName;
}

function isWrapped(field: DescField): boolean {
  const name = field.message?.typeName ?? "";
  return (
    field.fieldKind === "message" &&
    field.oneof === undefined &&
    /^google\.protobuf\.\w+Value$/.test(name) &&
    name !== "google.protobuf.ListValue"
  );
}

function toMessage(desc: DescMessage, value: unknown): ReflectMessage {
  if (desc.typeName === "google.protobuf.Timestamp") return reflect(desc, timestampFromMs((value as Date).getTime()));
  const message = reflect(desc);
  for (const field of desc.fields) {
    const one = (value as Values)[nameOf(field)];
    if (one === undefined) continue;
    if (field.fieldKind === "list") {
      const list = message.get(field) as ReflectList;
      for (const item of one as unknown[]) list.add(toItem(field, item));
    } else if (field.fieldKind === "map") {
      const map = message.get(field) as ReflectMap;
      for (const [key, item] of Object.entries(one as object)) map.set(toKey(field.mapKey, key), toItem(field, item));
    } else
      message.set(
        field,
        isWrapped(field) ? toMessage(field.message as DescMessage, { value: one }) : toItem(field, one),
      );
  }
  return message;
}

function toItem(field: DescField, value: unknown): unknown {
  if (field.message) return toMessage(field.message, value);
  return field.enum ? field.enum.values.find(({ name }) => name === value)?.number : value;
}

function toKey(type: ScalarType, key: string): unknown {
  if (type === ScalarType.STRING) return key;
  if (type === ScalarType.BOOL) return key === "true";
  return is64(type) ? BigInt(key) : Number(key);
}

function fromMessage(message: ReflectMessage): unknown {
  const { desc } = message;
  if (desc.typeName === "google.protobuf.Timestamp") return new Date(timestampMs(message.message as Timestamp));
  const value: Values = {};
  for (const field of desc.fields) {
    const got = message.get(field);
    if (field.fieldKind === "list") value[nameOf(field)] = [...(got as ReflectList)].map((one) => fromItem(field, one));
    else if (field.fieldKind === "map") {
      value[nameOf(field)] = Object.fromEntries(
        [...(got as ReflectMap)].map(([key, one]) => [String(key), fromItem(field, one)]),
      );
    } else if (message.isSet(field) || (field.presence !== 1 && field.message === undefined)) {
      const one = fromItem(field, got);
      value[nameOf(field)] = isWrapped(field) ? (one as Values)["value"] : one;
    }
  }
  return value;
}

function fromItem(field: DescField, value: unknown): unknown {
  if (field.message) return fromMessage(value as ReflectMessage);
  if ("longAsString" in field && field.longAsString) return String(value);
  return field.enum ? field.enum.values.find(({ number }) => number === value)?.name : value;
}

function is64(type: ScalarType): boolean {
  return [ScalarType.INT64, ScalarType.UINT64, ScalarType.FIXED64, ScalarType.SFIXED64, ScalarType.SINT64].includes(
    type,
  );
}

const text = fc.string({ unit: "binary", maxLength: 8 }).filter(isWellFormed);

/** Our values of a message. */
export function valuesOf(desc: DescMessage, depth = 3): Arbitrary<unknown> {
  if (desc.typeName === "google.protobuf.Timestamp")
    return fc.date({
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
  const known = wellKnownValues(desc.typeName);
  if (known !== undefined) return known;
  const fields = desc.fields.filter((field) => depth > 0 || field.message === undefined);
  const always = (field: DescField): boolean =>
    field.fieldKind === "list" ||
    field.fieldKind === "map" ||
    field.presence === 3 ||
    (field.presence === 2 && !field.message);
  const members = Object.fromEntries(fields.map((field) => [nameOf(field), fieldValues(field, depth)]));
  const whole = desc.fields.filter((field) => always(field) && !fields.includes(field));
  const empty = Object.fromEntries(whole.map((field) => [nameOf(field), field.fieldKind === "list" ? [] : {}]));
  return fc
    .record(members, { requiredKeys: fields.filter(always).map(nameOf) })
    .map((value) => ({ ...empty, ...oneOfEach(desc, value) }));
}

/** What JSON can say of them, too. */
function wellKnownValues(typeName: string): Arbitrary<unknown> | undefined {
  const sign = fc.constantFrom(-1, 1);
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      fc.constant({ nullValue: "NULL_VALUE" }),
      fc.record({ numberValue: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0) }),
      fc.record({ stringValue: text }),
      fc.record({ boolValue: fc.boolean() }),
      fc.record({ structValue: tie("struct") }),
      fc.record({ listValue: tie("list") }),
    ),
    struct: fc.record({ fields: fc.array(fc.tuple(text, tie("value")), { maxLength: 3 }).map(Object.fromEntries) }),
    list: fc.record({ values: fc.array(tie("value"), { maxLength: 3 }) }),
  }));
  switch (typeName) {
    case "google.protobuf.Duration":
      return fc
        .tuple(fc.nat(2 ** 31 - 1), fc.nat(999_999_999), sign)
        .map(([seconds, nanos, sign]) => ({ seconds: BigInt(seconds * sign), nanos: nanos * sign + 0 }));
    case "google.protobuf.FieldMask":
      return fc.record({ paths: fc.array(fc.constantFrom("a", "user.display_name", "b_c_d.e2"), { maxLength: 3 }) });
    case "google.protobuf.Value":
      return json.value;
    case "google.protobuf.Struct":
      return json.struct;
    case "google.protobuf.ListValue":
      return json.list;
    default:
      return undefined;
  }
}

/** Of the members of a oneof the last. */
function oneOfEach(desc: DescMessage, value: Values): Values {
  for (const { fields } of desc.oneofs) {
    const set = fields.map(nameOf).filter((name) => value[name] !== undefined);
    for (const name of set.slice(0, -1)) delete value[name];
  }
  return value;
}

function fieldValues(field: DescField, depth: number): Arbitrary<unknown> {
  if (field.fieldKind === "list") return fc.array(itemsOf(field, depth), { maxLength: 3 });
  if (field.fieldKind === "map") {
    const entries = fc.array(fc.tuple(keysOf(field.mapKey), itemsOf(field, depth)), { maxLength: 3 });
    return entries.map((all) => Object.fromEntries(all));
  }
  if (!isWrapped(field)) return itemsOf(field, depth);
  const [inside] = (field.message as DescMessage).fields as [DescField];
  return itemsOf(inside, depth);
}

function itemsOf(field: DescField, depth: number): Arbitrary<unknown> {
  if (field.message) return valuesOf(field.message, depth - 1);
  if (field.enum)
    return fc.constantFrom(
      ...new Map(field.enum.values.map(({ name, number }) => [number, name]).reverse() as [number, string][]).values(),
    );
  const { scalar } = field as { scalar: ScalarType };
  const values = scalarsOf(scalar);
  return "longAsString" in field && field.longAsString ? values.map(String) : values;
}

function keysOf(type: ScalarType): Arbitrary<string> {
  return scalarsOf(type)
    .filter((key) => key !== "__proto__")
    .map(String);
}

function scalarsOf(type: ScalarType): Arbitrary<unknown> {
  switch (type) {
    case ScalarType.DOUBLE:
      return fc.double();
    case ScalarType.FLOAT:
      return fc.float();
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.STRING:
      return text;
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 5 });
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return fc.nat(2 ** 32 - 1);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    default:
      return is64(type) ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) : fc.integer();
  }
}
