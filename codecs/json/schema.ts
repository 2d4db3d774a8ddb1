import type { ContractDescriptor, MethodDescriptor } from "../../core/contract/contract.ts";
import { toJson } from "../../core/contract/value-json.ts";
import { DECIMAL } from "../../core/type/explain.ts";
import { isType } from "../../core/type/fields.ts";
import { sameType } from "../../core/type/same.ts";
import type { EnumType, ErrorType, Field, ScalarType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { wellKnownJson, wrappedField } from "../../core/type/well-known-json.ts";

/** A JSON Schema of draft 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

type NamedType = EnumType | StructType | UnionType | ErrorType;

const ANY: JsonSchema = { type: "object", properties: { "@type": { type: "string" } } };
const DRAFT = "https://json-schema.org/draft/2020-12/schema";
const MIN_SAFE = Number.MIN_SAFE_INTEGER;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/**
 * The JSON Schema of what this codec writes for a type, or for every message of a contract. Named types stand under
 * `$defs`. A contract's operations are listed under `x-operations`: the request, the response, for a stream each item,
 * and the fields of declared errors. `x-type` is the type's own word where JSON has no such type.
 */
export function jsonSchema(source: Type | ContractDescriptor): JsonSchema {
  if (isType(source)) {
    const builder = new SchemaBuilder({});
    return { $schema: DRAFT, ...builder.schema(source), ...builder.definitions() };
  }
  const { docs = {} } = source;
  const builder = new SchemaBuilder(docs);
  const operations = source.operations.map((operation) => ({
    ...builder.operation(operation),
    ...described(docs[`${source.name}.${operation.topic ?? operation.name}`]),
  }));
  return {
    $schema: DRAFT,
    title: `${source.name} ${source.version}`,
    ...described(docs[source.name]),
    "x-operations": operations,
    ...builder.definitions(),
  };
}

/** By name, what is said of types and their fields. */
type Docs = NonNullable<ContractDescriptor["docs"]>;

class SchemaBuilder {
  readonly #docs: Docs;
  readonly #definitions = new Map<string, JsonSchema>();
  readonly #known = new Map<string, { shape: Type; name: string }[]>();

  constructor(docs: Docs) {
    this.#docs = docs;
  }

  definitions(): JsonSchema {
    return this.#definitions.size === 0 ? {} : { $defs: Object.fromEntries(this.#definitions) };
  }

  operation({ name, kind, request, response, upstream, throws }: MethodDescriptor): JsonSchema {
    return {
      name,
      kind,
      request: this.schema(request),
      response: this.schema(response),
      ...(upstream && { upstream: this.schema(upstream.type) }),
      ...(throws.length > 0 && { throws: throws.map((error) => this.#reference(error)) }),
    };
  }

  schema(type: Type): JsonSchema {
    switch (type.kind) {
      case "list":
        return { type: "array", items: this.schema(type.item) };
      case "map":
        return { type: "object", additionalProperties: this.schema(type.value) };
      case "enum":
      case "struct":
      case "union":
        return this.#reference(type);
      default:
        return scalarSchema(type.kind);
    }
  }

  /** A named type stands under `$defs`, once. */
  #reference(type: NamedType): JsonSchema {
    const key = `${type.kind} ${type.name}`;
    const shape = shapeOf(type);
    const known = this.#known.get(key) ?? [];
    let name = known.find((one) => sameType(one.shape, shape))?.name;
    if (name === undefined) {
      name = this.#reserve(type.name);
      this.#known.set(key, [...known, { shape, name }]);
      this.#definitions.set(name, this.#definition(type));
    }
    return { $ref: `#/$defs/${name}` };
  }

  /** Holds the place of a definition, whose fields may refer to it. */
  #reserve(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.#definitions.has(name); i++) name = `${wanted}_${i}`;
    this.#definitions.set(name, {});
    return name;
  }

  #definition(type: NamedType): JsonSchema {
    const head = { "x-type": type.kind, ...described(this.#docs[type.name]) };
    if (type.kind === "enum") return { ...head, enum: type.members };
    if (type.kind === "struct") {
      const own = wellKnownJson(type)?.schema ?? (type.packed && ANY);
      if (own !== undefined) return { ...head, ...own };
      const wrapped = wrappedField(type);
      if (wrapped !== undefined) return { ...head, ...this.schema(wrapped.type) };
    }
    if (type.kind === "union") return { ...head, oneOf: type.fields.map((field) => this.#case(type.name, field)) };
    const required = type.fields.filter((field) => !field.optional && field.defaultValue === undefined);
    return {
      ...head,
      type: "object",
      properties: Object.fromEntries(type.fields.map((field) => [field.name, this.#property(type.name, field)])),
      ...(required.length > 0 && { required: required.map((field) => field.name) }),
    };
  }

  #case(owner: string, { name, type }: Field): JsonSchema {
    return {
      type: "object",
      ...described(this.#docs[`${owner}.${name}`]),
      properties: { [name]: this.schema(type) },
      required: [name],
      additionalProperties: false,
    };
  }

  #property(owner: string, { name, type, defaultValue }: Field): JsonSchema {
    const schema = { ...this.schema(type), ...described(this.#docs[`${owner}.${name}`]) };
    return defaultValue === undefined ? schema : { ...schema, default: toJson(type, defaultValue) };
  }
}

function described(description: string | undefined): JsonSchema {
  return description === undefined ? {} : { description };
}

function shapeOf(type: NamedType): Type {
  return type.kind === "error" ? ({ kind: "struct", name: type.name, fields: type.fields } as StructType) : type;
}

/** As the encoder writes it; 64 bits and more as text, because a double cannot hold them. */
function scalarSchema(kind: ScalarType["kind"]): JsonSchema {
  switch (kind) {
    case "any":
      return {};
    case "bool":
      return { type: "boolean" };
    case "int32":
      return { type: "integer", minimum: -2147483648, maximum: 2147483647, "x-type": kind };
    case "int53":
      return { type: "integer", minimum: MIN_SAFE, maximum: MAX_SAFE, "x-type": kind };
    case "int64":
      return { type: "string", pattern: "^-?(0|[1-9][0-9]{0,18})$", "x-type": kind };
    case "decimal":
      return { type: "string", pattern: DECIMAL.source.replaceAll("\\d", "[0-9]"), "x-type": kind };
    case "float32":
    case "float64":
      return { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }], "x-type": kind };
    case "string":
      return { type: "string" };
    case "bytes":
      return { type: "string", contentEncoding: "base64", pattern: "^[A-Za-z0-9+/]*={0,2}$", "x-type": kind };
    case "timestamp":
      return { type: "string", format: "date-time", "x-type": kind };
  }
}
