import type { EnumType, Field, ScalarType, StructType, Type, UnionType } from "../type/type.ts";
import { type AvroDecimal, MAX_PRECISION } from "./avro-decimal.ts";

/*
 * The words of `t.encoded(type, { avro: … })`: how Avro writes what it has several forms of. `docs/mapping.md` lists them.
 */

/** A scalar that is written in another way than its kind usually is, or that has a logical type. */
export interface AvroScalarForm {
  readonly fixed: AvroFixed | undefined;
  readonly decimal: AvroDecimal | undefined;
  readonly logicalType: string | undefined;
}
export interface AvroFixed {
  readonly size: number;
  readonly name: string;
}

const FORM = /^(?:fixed:(\d{1,9})(?::([\w.]+))?(?=:|$):?)?(?:decimal:(\d{1,4})\.(\d{1,4})|([a-z-]+))?$/;

/** Logical types that are only a meaning of the number or text: the value is what it is without them. */
const logicalTypes: Readonly<Partial<Record<Type["kind"], readonly string[]>>> = {
  int32: ["date", "time-millis"],
  int64: [
    "timestamp-micros",
    "timestamp-nanos",
    "local-timestamp-millis",
    "local-timestamp-micros",
    "local-timestamp-nanos",
    "time-micros",
  ],
  string: ["uuid"],
};
/** Logical types of a `fixed`, with its size in bytes. */
const fixedTypes: Readonly<Record<string, number>> = { duration: 12, uuid: 16 };

/** The form that a scalar's word asks for, if it has one; `undefined` also where the word means nothing. */
export function scalarForm({ kind, encoding }: ScalarType): AvroScalarForm | undefined {
  const found = FORM.exec(encoding?.["avro"] ?? "-");
  if (found === null) return undefined;
  const [, size, name, precision, scale, logicalType] = found;
  const fixed = size === undefined ? undefined : { size: Number(size), name: name ?? `Fixed${size}` };
  const decimal = precision === undefined ? undefined : { precision: Number(precision), scale: Number(scale) };
  const known =
    kind === "decimal"
      ? decimal !== undefined && isDecimal(decimal, fixed)
      : kind === "bytes"
        ? fixed !== undefined && !decimal && (logicalType === undefined || isLogicalFixed(logicalType, fixed.size))
        : fixed === undefined && !decimal && isLogical(kind, logicalType);
  return known ? { fixed, decimal, logicalType: decimal === undefined ? logicalType : "decimal" } : undefined;
}

export function isLogical(kind: Type["kind"], logicalType: unknown): logicalType is string {
  return logicalTypes[kind]?.includes(logicalType as string) ?? false;
}

export function isLogicalFixed(logicalType: unknown, size: number): logicalType is string {
  return typeof logicalType === "string" && Object.hasOwn(fixedTypes, logicalType) && fixedTypes[logicalType] === size;
}

export function isDecimal({ precision, scale }: AvroDecimal, fixed: AvroFixed | undefined): boolean {
  const whole = Number.isInteger(precision) && Number.isInteger(scale);
  const { size } = fixed ?? { size: MAX_PRECISION };
  const most = Math.min(MAX_PRECISION, Math.floor(Math.log10(2) * (8 * size - 1)));
  return whole && size <= MAX_PRECISION && precision >= 1 && precision <= most && scale >= 0 && scale <= precision;
}

export function decimalWord({ precision, scale }: AvroDecimal): string {
  return `decimal:${precision}.${scale}`;
}

export function fixedWord({ size, name }: AvroFixed, logical?: string): string {
  return `fixed:${size}:${name}${logical === undefined ? "" : `:${logical}`}`;
}

/** A union that is one in Avro too: its cases are the branches themselves, not a record around each. */
interface PlainUnion extends UnionType {
  readonly encoding: NonNullable<UnionType["encoding"]>;
}
export function isPlainUnion(type: Type): type is PlainUnion {
  return type.kind === "union" && type.encoding?.["avro"] === "union";
}

/** True for the struct that stands for Avro's null, where null is a case of a union or a value of its own. */
export function isNull(type: StructType): boolean {
  return type.encoding?.["avro"] === "null";
}

/** Where null stands among the branches of an optional field. */
export function nullPlace({ encoding }: Field): number {
  const [, place] = /^null:(\d{1,6})$/.exec(encoding?.["avro"] ?? "") ?? [];
  return Number(place ?? 0);
}

/** The member that stands for those that a reader does not know. */
export function enumDefault({ encoding }: EnumType): string | undefined {
  return /^default:(.+)$/.exec(encoding?.["avro"] ?? "")?.[1];
}

/** What is wrong with the word of a type; `undefined` where nothing is. */
export function wrongForm(type: Type): string | undefined {
  if (!("encoding" in type)) return undefined;
  const word = type.encoding?.["avro"];
  if (word === undefined) return undefined;
  switch (type.kind) {
    case "enum":
      return type.members.includes(enumDefault(type) ?? "") ? undefined : word;
    case "struct":
      return isNull(type) && type.fields.length === 0 ? undefined : word;
    case "union":
      return isPlainUnion(type) && !type.fields.some((one) => isPlainUnion(one.type)) ? undefined : word;
    case "map":
      return word;
    default:
      return scalarForm(type) === undefined ? word : undefined;
  }
}

/** The same for the absence of a field. */
export function wrongAbsence({ type, encoding, ...field }: Field): string | undefined {
  const word = encoding?.["avro"];
  if (word === undefined) return undefined;
  const most = isPlainUnion(type) ? type.fields.length : 1;
  return /^null:\d{1,6}$/.test(word) && nullPlace({ ...field, type, encoding } as Field) <= most ? undefined : word;
}
