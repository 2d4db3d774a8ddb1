import { zero } from "../core/compile/check.ts";
import { DECIMAL, explain } from "../core/type/explain.ts";
import type { EnumType, Field, RecordType, ScalarType, StructType, Type, UnionType } from "../core/type/type.ts";
import { differs } from "./same-value.ts";

/** A field, case or enum member that the reader's version knows by another name. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

export interface Meaning {
  readonly value: unknown;
  /** True where the reader must make up a zero, because nobody wrote the field and it says nothing else. */
  readonly blank: boolean;
  /** True where a zero became the zero of another type: whatever happens to it proves little. */
  readonly vague: boolean;
}

/**
 * What a value of the writer's type means to a reader, whatever the codec: fields, cases and members by name, numbers
 * by their value. `undefined` where the reader's type cannot say it.
 */
export function meaningOf(value: unknown, writer: Type, reader: Type, rename?: Rename): Meaning | undefined {
  const translation = new Translation(rename);
  try {
    const translated = translation.translate(value, writer, reader);
    return { value: translated, blank: translation.blank, vague: translation.vague };
  } catch (thrown) {
    if (thrown === UNSAYABLE) return undefined;
    throw thrown;
  }
}

const UNSAYABLE = Symbol("unsayable");
const floats = ["float32", "float64"];
const numbers = ["int32", "int53", "int64", ...floats];

const texts = ["string", "decimal", "enum"];
const INTEGER = /^-?\d{1,19}$/;

class Translation {
  blank = false;
  vague = false;
  readonly #rename: Rename | undefined;

  constructor(rename: Rename | undefined) {
    this.#rename = rename;
  }

  translate(value: unknown, writer: Type, reader: Type): unknown {
    if (reader.kind === "list" && writer.kind === "list")
      return (value as unknown[]).map((one) => this.translate(one, writer.item, reader.item));
    if (reader.kind === "map" && writer.kind === "map")
      return Object.fromEntries(
        Object.entries(value as object).map(([key, one]) => [key, this.translate(one, writer.value, reader.value)]),
      );
    if (reader.kind === "struct" && writer.kind === "struct")
      return this.#struct(value as Record<string, unknown>, writer, reader);
    if (reader.kind === "union" && writer.kind === "union")
      return this.#union(value as { kind: string; value: unknown }, writer, reader);
    const said = scalar(this.#member(value, writer), writer, reader);
    if (said !== undefined) return said;
    // One value is a list of one, to Protobuf at least.
    if (reader.kind === "list" && !isZero(value, writer)) return [this.translate(value, writer, reader.item)];
    const nothing = zero(reader);
    if (nothing === undefined || !isZero(value, writer)) throw UNSAYABLE;
    this.vague = true;
    return nothing;
  }

  /** A member of an enum by the reader's name for it. */
  #member(value: unknown, writer: Type): unknown {
    const { from, to } = this.#rename ?? {};
    return writer.kind === "enum" && value === from ? (to ?? value) : value;
  }

  #struct(value: Record<string, unknown>, writer: StructType, reader: StructType): unknown {
    const object: Record<string, unknown> = {};
    for (const field of reader.fields) {
      const written = this.#writtenAs(field, writer);
      const given = written && Object.hasOwn(value, written.name) ? value[written.name] : undefined;
      const member = given === undefined ? written?.defaultValue : given;
      if (written !== undefined && member !== undefined)
        object[field.name] = this.translate(member, written.type, field.type);
      else if (!field.optional) object[field.name] = this.#absent(field);
    }
    for (const field of reader.transient ?? [])
      if (field.defaultValue !== undefined) object[field.name] = field.defaultValue;
    return object;
  }

  #writtenAs(field: Field, writer: RecordType): Field | undefined {
    const name = field.name === this.#rename?.to ? this.#rename.from : field.name;
    return writer.fields.find((one) => one.name === name) ?? writer.fields.find((one) => one.name === field.name);
  }

  #absent(field: Field): unknown {
    if (field.defaultValue !== undefined) return field.defaultValue;
    const nothing = zero(field.type);
    if (nothing === undefined) throw UNSAYABLE;
    this.blank = true;
    return nothing;
  }

  #union({ kind, value }: { kind: string; value: unknown }, writer: UnionType, reader: UnionType): unknown {
    const written = writer.fields.find((one) => one.name === kind) as Field;
    const field = reader.fields.find((one) => this.#writtenAs(one, writer) === written);
    if (field === undefined) throw UNSAYABLE;
    return { kind: field.name, value: this.translate(value, written.type, field.type) };
  }
}

/** A scalar of one type as one of another; `undefined` where there is no such value. */
function scalar(value: unknown, writer: Type, reader: Type): unknown {
  if (reader.kind === "any" || writer.kind === "any")
    return reader.kind === "any" || explain(reader, value) === undefined ? value : undefined;
  if (numbers.includes(writer.kind) && numbers.includes(reader.kind)) return number(value as number | bigint, reader);
  if (texts.includes(writer.kind) && texts.includes(reader.kind)) return spoken(value as string, reader);
  // ProtoJSON has some numbers in quotes.
  if (texts.includes(writer.kind) && numbers.includes(reader.kind) && INTEGER.test(value as string))
    return number(BigInt(value as string), reader);
  if (numbers.includes(writer.kind) && reader.kind === "string" && !isZero(value, writer)) return String(value);
  return writer.kind === reader.kind && isScalar(reader) ? value : undefined;
}

function number(value: number | bigint, reader: Type): unknown {
  if (floats.includes(reader.kind)) {
    const float = reader.kind === "float32" ? Math.fround(Number(value)) : Number(value);
    // Loosely, because 5n is 5; NaN is itself.
    // biome-ignore lint/suspicious/noDoubleEquals: bigints and numbers are compared by value
    return float == value || Number.isNaN(float) ? float : undefined;
  }
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  const integer = reader.kind === "int64" ? BigInt(value) : Number(value);
  // biome-ignore lint/suspicious/noDoubleEquals: bigints and numbers are compared by value
  return integer == value && explain(reader, integer) === undefined ? integer : undefined;
}

function spoken(text: string, reader: Type): string | undefined {
  if (reader.kind === "decimal") return DECIMAL.test(text) ? text : undefined;
  return reader.kind === "string" || (reader as EnumType).members.includes(text) ? text : undefined;
}

function isScalar(type: Type): type is ScalarType {
  return !["list", "map", "struct", "union"].includes(type.kind);
}

function isZero(value: unknown, type: Type): boolean {
  const nothing = zero(type);
  return nothing !== undefined && differs(nothing, value) === undefined;
}
