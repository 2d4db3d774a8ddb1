import { sizeOf, unitsOf, writeUnits } from "../../core/schema/avro-decimal.ts";
import {
  type AvroScalarForm,
  enumDefault,
  isNull,
  isPlainUnion,
  nullPlace,
  scalarForm,
} from "../../core/schema/avro-form.ts";
import { sameType } from "../../core/type/same.ts";
import type { EnumType, Field, ScalarType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { checkTyped, untyped } from "../../core/type/typed.ts";
import { checkForms } from "./form.ts";

/** A schema of Avro, as JSON. */
export type AvroSchema = string | readonly AvroSchema[] | { readonly [key: string]: unknown };

/** Names that Avro has for itself. */
const PRIMITIVES = new Set(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]);

/**
 * The Avro schema of a type. A union becomes a record around a union of records, one for each case, because Avro's own
 * unions can neither be nested nor hold two strings; that costs no byte. A union of an Avro schema stays that union.
 */
export function avroSchema(type: Type): AvroSchema {
  checkTyped("avro", type, "name" in type ? type.name : type.kind);
  checkForms(type, "name" in type ? type.name : type.kind);
  return withNamesOf("name" in type ? type.name : "", (builder) => builder.schema(type));
}

/** What `build` makes with a builder for names like `name`: all of them have a namespace, or none has. */
export function withNamesOf<T>(name: string, build: (builder: SchemaBuilder) => T, docs: Docs = {}): T {
  const builder = new SchemaBuilder(name.slice(0, Math.max(name.lastIndexOf("."), 0)), docs);
  const built = build(builder);
  return builder.isMixed ? build(new SchemaBuilder(OWN_NAMESPACE, docs)) : built;
}

/** By name, what is said of types and their fields. */
type Docs = Readonly<Record<string, string>>;

/** For names without a namespace among names with one: inside those Avro would take them for names of theirs. */
const OWN_NAMESPACE = "trunkline";

/** Builds schemas in which each named type stands whole once. */
export class SchemaBuilder {
  readonly #namespace: string;
  readonly #docs: Docs;
  readonly #known = new Map<string, { type: Type; name: string }[]>();
  readonly #taken = new Set<string>();

  constructor(namespace: string, docs: Docs = {}) {
    this.#namespace = namespace;
    this.#docs = docs;
  }

  /** True if some names have a namespace and some have none. */
  get isMixed(): boolean {
    const names = [...this.#taken];
    return names.some((name) => name.includes(".")) && names.some((name) => !name.includes("."));
  }

  schema(type: Type): AvroSchema {
    if (isPlainUnion(type)) return this.#branches(type);
    switch (type.kind) {
      case "list":
        return { type: "array", items: this.schema(type.item) };
      case "map":
        return { type: "map", values: this.schema(type.value) };
      case "struct":
        return isNull(type) ? "null" : this.#once(type, type.name, (name) => this.#record(type, name));
      case "union":
        return this.#once(type, type.name, (name) => this.#tagged(type, name));
      case "enum":
        return this.#once(type, type.name, (name) => ({
          ...(enumSchema(type, name) as object),
          ...this.#doc(type.name),
        }));
      default:
        return this.#scalar(type);
    }
  }

  #scalar(type: ScalarType): AvroSchema {
    if (type.kind === "any") throw untyped("avro", "the schema");
    const { fixed, decimal, logicalType } = scalarForm(type) ?? {};
    const more = { ...(logicalType && { logicalType }), ...decimal };
    if (fixed) return this.#once(type, fixed.name, (name) => ({ type: "fixed", name, size: fixed.size, ...more }));
    if (decimal) return { type: "bytes", ...more };
    if (type.kind === "timestamp") return { type: "long", logicalType: "timestamp-millis" };
    return logicalType ? { type: primitives[type.kind], ...more } : primitives[type.kind];
  }

  /** A named type stands whole where it is met first, and by its name after that. */
  #once(type: Type, given: string, schema: (name: string) => AvroSchema): AvroSchema {
    const wanted = this.#qualified(given);
    const known = this.#known.get(wanted)?.find((one) => sameType(one.type, type));
    if (known !== undefined) return known.name;
    const name = this.#unique(wanted);
    this.#known.set(wanted, [...(this.#known.get(wanted) ?? []), { type, name }]);
    return schema(name);
  }

  #record(type: StructType, name: string): AvroSchema {
    const fields = type.fields.map((field) => ({
      ...(this.field(field) as object),
      ...this.#doc(`${type.name}.${field.name}`),
    }));
    return { type: "record", name, ...this.#doc(type.name), fields };
  }

  #doc(name: string): { readonly doc?: string } {
    const doc = this.#docs[name];
    return doc === undefined ? {} : { doc };
  }

  #branches(type: UnionType): AvroSchema[] {
    return type.fields.map((field) => this.schema(field.type));
  }

  #tagged(type: UnionType, name: string): AvroSchema {
    const cases = type.fields.map((field) => {
      const wrapper = this.#unique(`${name}${field.name[0]?.toUpperCase()}${field.name.slice(1)}`);
      return { type: "record", name: wrapper, fields: [{ name: "value", type: this.schema(field.type) }] };
    });
    return { type: "record", name, ...this.#doc(type.name), fields: [{ name: "value", type: cases }] };
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.#taken.has(name); i++) name = `${wanted}${i}`;
    this.#taken.add(name);
    return name;
  }

  #qualified(name: string): string {
    if (name.includes(".")) return name;
    if (this.#namespace !== "") return `${this.#namespace}.${name}`;
    return PRIMITIVES.has(name) ? `${name}_` : name;
  }

  /** A field of a record; a protocol's requests are records too. */
  field(field: Field): AvroSchema {
    const { name, type, optional, defaultValue } = field;
    if (optional) {
      const branches = isPlainUnion(type) ? this.#branches(type) : [this.schema(type)];
      const place = nullPlace(field);
      // The default of a union is one of its first branch.
      return { name, type: branches.toSpliced(place, 0, "null"), ...(place === 0 ? { default: null } : {}) };
    }
    const json = defaultValue === undefined ? undefined : jsonDefault(type, defaultValue);
    return { name, type: this.schema(type), ...(json === undefined ? {} : { default: json }) };
  }
}

const primitives: Readonly<Record<Exclude<ScalarType["kind"], "any">, string>> = {
  bool: "boolean",
  int32: "int",
  int53: "long",
  int64: "long",
  float32: "float",
  float64: "double",
  string: "string",
  bytes: "bytes",
  decimal: "string",
  timestamp: "long",
};

function enumSchema(type: EnumType, name: string): AvroSchema {
  const other = enumDefault(type);
  return { type: "enum", name, symbols: type.members, ...(other === undefined ? {} : { default: other }) };
}

/** A default as Avro's JSON; `undefined` where it cannot be said: NaN, a large integer, any but the first case of a union. */
function jsonDefault(type: Type, value: unknown): unknown {
  switch (type.kind) {
    case "float32":
    case "float64":
      return Number.isFinite(value) ? value : undefined;
    case "int64":
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
    case "bytes":
      return String.fromCharCode(...(value as Uint8Array));
    case "decimal":
      return decimalDefault(scalarForm(type), value as string);
    case "timestamp":
      return (value as Date).getTime();
    case "list":
      return all((value as unknown[]).map((one) => jsonDefault(type.item, one)));
    case "map": {
      const entries = Object.entries(value as object).map(([key, one]) => [key, jsonDefault(type.value, one)] as const);
      return all(entries.map(([, one]) => one)) && Object.fromEntries(entries);
    }
    case "struct": {
      if (isNull(type)) return null;
      const members = type.fields.map((field) => {
        const member = (value as Record<string, unknown>)[field.name] ?? field.defaultValue;
        const isFirst = !field.optional || (nullPlace(field) === 0) === (member === undefined);
        const json = member === undefined ? null : jsonDefault(field.type, member);
        return [field.name, isFirst ? json : undefined] as const;
      });
      return all(members.map(([, one]) => one)) && Object.fromEntries(members);
    }
    case "union": {
      const { kind, value: inner } = value as { kind: string; value: unknown };
      const first = type.fields[0];
      const json = first?.name === kind ? jsonDefault(first.type, inner) : undefined;
      return json === undefined || isPlainUnion(type) ? json : { value: { value: json } };
    }
    default:
      return value;
  }
}

function decimalDefault(form: AvroScalarForm | undefined, text: string): string | undefined {
  if (form?.decimal === undefined) return text;
  const units = unitsOf(text, form.decimal);
  if (units === undefined) return undefined;
  const bytes = new Uint8Array(form.fixed?.size ?? sizeOf(units));
  writeUnits(bytes, 0, units, bytes.length);
  return String.fromCharCode(...bytes);
}

function all(values: readonly unknown[]): readonly unknown[] | undefined {
  return values.includes(undefined) ? undefined : values;
}
