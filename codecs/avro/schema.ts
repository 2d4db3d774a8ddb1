import { sameType } from "../../core/same.ts";
import type { EnumType, Field, StructType, Type, UnionType } from "../../core/type.ts";
import { checkTyped, untyped } from "../../core/typed.ts";

/** A schema of Avro, as JSON. */
export type AvroSchema = string | readonly AvroSchema[] | { readonly [key: string]: unknown };

/** Names that Avro has for itself. */
const PRIMITIVES = new Set(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]);

/**
 * The Avro schema of a type. A union becomes a record around a union of records, one for each case, because Avro's own
 * unions can neither be nested nor hold two strings; that costs no byte.
 */
export function avroSchema(type: Type): AvroSchema {
  checkTyped("avro", type, "name" in type ? type.name : type.kind);
  const named = "name" in type ? type.name : "";
  const builder = new SchemaBuilder(named.slice(0, Math.max(named.lastIndexOf("."), 0)));
  const schema = builder.schema(type);
  return builder.isMixed ? new SchemaBuilder(OWN_NAMESPACE).schema(type) : schema;
}

/** For names without a namespace among names with one: inside those Avro would take them for names of theirs. */
const OWN_NAMESPACE = "trunkline";

class SchemaBuilder {
  readonly #namespace: string;
  readonly #known = new Map<string, { type: Type; name: string }[]>();
  readonly #taken = new Set<string>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** True if some names have a namespace and some have none. */
  get isMixed(): boolean {
    const names = [...this.#taken];
    return names.some((name) => name.includes(".")) && names.some((name) => !name.includes("."));
  }

  schema(type: Type): AvroSchema {
    switch (type.kind) {
      case "bool":
        return "boolean";
      case "int32":
        return "int";
      case "int53":
      case "int64":
        return "long";
      case "float32":
        return "float";
      case "float64":
        return "double";
      case "string":
      case "bytes":
        return type.kind;
      case "decimal":
        return "string";
      case "timestamp":
        return { type: "long", logicalType: "timestamp-millis" };
      case "list":
        return { type: "array", items: this.schema(type.item) };
      case "map":
        return { type: "map", values: this.schema(type.value) };
      case "any":
        throw untyped("avro", "the schema");
      default:
        return this.#once(type);
    }
  }

  /** A named type stands whole where it is met first, and by its name after that. */
  #once(type: EnumType | StructType | UnionType): AvroSchema {
    const wanted = this.#qualified(type.name);
    const known = this.#known.get(wanted)?.find((one) => sameType(one.type, type));
    if (known !== undefined) return known.name;
    const name = this.#unique(wanted);
    this.#known.set(wanted, [...(this.#known.get(wanted) ?? []), { type, name }]);
    if (type.kind === "enum") return { type: "enum", name, symbols: type.members };
    if (type.kind === "struct") return { type: "record", name, fields: type.fields.map((field) => this.#field(field)) };
    const cases = type.fields.map((field) => {
      const wrapper = this.#unique(`${name}${field.name[0]?.toUpperCase()}${field.name.slice(1)}`);
      return { type: "record", name: wrapper, fields: [{ name: "value", type: this.schema(field.type) }] };
    });
    return { type: "record", name, fields: [{ name: "value", type: cases }] };
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

  #field({ name, type, optional, defaultValue }: Field): AvroSchema {
    const schema = this.schema(type);
    if (optional) return { name, type: ["null", schema], default: null };
    const json = defaultValue === undefined ? undefined : jsonDefault(type, defaultValue);
    return json === undefined ? { name, type: schema } : { name, type: schema, default: json };
  }
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
    case "timestamp":
      return (value as Date).getTime();
    case "list":
      return all((value as unknown[]).map((one) => jsonDefault(type.item, one)));
    case "map": {
      const entries = Object.entries(value as object).map(([key, one]) => [key, jsonDefault(type.value, one)] as const);
      return all(entries.map(([, one]) => one)) && Object.fromEntries(entries);
    }
    case "struct": {
      const members = type.fields.map(({ name, type, optional, defaultValue }) => {
        const member = (value as Record<string, unknown>)[name] ?? defaultValue;
        // The default of a union is one of its first type, which is null.
        if (optional) return [name, member === undefined ? null : undefined] as const;
        return [name, jsonDefault(type, member)] as const;
      });
      return all(members.map(([, one]) => one)) && Object.fromEntries(members);
    }
    case "union": {
      const { kind, value: inner } = value as { kind: string; value: unknown };
      const first = type.fields[0];
      const json = first?.name === kind ? jsonDefault(first.type, inner) : undefined;
      return json === undefined ? undefined : { value: { value: json } };
    }
    default:
      return value;
  }
}

function all(values: readonly unknown[]): readonly unknown[] | undefined {
  return values.includes(undefined) ? undefined : values;
}
