import { capitalised } from "../capitalised.ts";
import { checkName, isName, isQualifiedName } from "../name.ts";
import { explain } from "../type/explain.ts";
import { notType } from "../type/fields.ts";
import type { Check } from "../type/schema.ts";
import type { Field, Type } from "../type/type.ts";
import { compileJsonCheck } from "./json-check.ts";
import { JsonDocument, type JsonSchema } from "./json-document.ts";
import { t } from "./t.ts";

const MAX_INT32 = 2 ** 31 - 1;
const MAX_FLOAT32 = 3.4028234663852886e38;

type Sub = JsonSchema | boolean;

/** The type of a JSON Schema, which the type itself checks. `name` is for objects and enums that have none. */
export function fromJsonSchema(schema: unknown, name: string | undefined): Type {
  if (!isJsonSchema(schema)) {
    throw notType(name ?? "typeOf", schema);
  }
  const document = new JsonDocument(schema, name ?? "typeOf");
  const type = typeOfDocument(document, name);
  return checked(type, compileJsonCheck(document, type, name ?? "typeOf"));
}

/** Some word of it must be there, TypeBox's own too: anything else is a mistake. */
function isJsonSchema(schema: unknown): schema is JsonSchema {
  if (typeof schema !== "object" || schema === null || "kind" in schema) return false;
  return ["type", "properties", "const", "enum", "anyOf", "oneOf", "allOf", "$ref", "~kind"].some(
    (word) => word in schema,
  );
}

/** The type alone: whoever calls this checks the values. */
export function typeOfDocument(document: JsonDocument, name: string | undefined): Type {
  return new Translator(document).type(document.root, name);
}

/** The same type, whose values are also held against a schema. */
export function checked(type: Type, check: Check | undefined): Type {
  return check === undefined ? type : Object.freeze({ ...type, check });
}

/**
 * What JSON Schema can say and the type model cannot (null, alternatives, tuples) becomes `any`: the schema itself is
 * held against the values, so that nothing gets through that does not fit.
 */
class Translator {
  readonly #document: JsonDocument;
  readonly #known = new Map<JsonSchema, Type>();
  readonly #byName = new Map<string, JsonSchema>();
  /** Schemas being translated; one that is met again inside of itself, with no struct between, has no type of its own. */
  readonly #open = new Set<JsonSchema>();

  constructor(document: JsonDocument) {
    this.#document = document;
  }

  /** `position` names what stands there, should the schema have no name; `key` is the schema's name in `$defs`. */
  type(schema: Sub, position: string | undefined, key?: string): Type {
    if (typeof schema === "boolean") return t.any;
    if (schema.$ref !== undefined) {
      const target = this.#document.resolve(schema.$ref);
      return this.type(target.schema, position, target.key);
    }
    const known = this.#known.get(schema);
    if (known) return known;
    if (this.#open.has(schema)) return t.any;
    this.#open.add(schema);
    const type = this.#translate(schema, new Naming(schema, position, key));
    this.#open.delete(schema);
    return type;
  }

  #translate(schema: JsonSchema, naming: Naming): Type {
    const values = literals(schema);
    if (values) return this.#literal(schema, values, naming);
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives) return alternatives.length === 1 ? this.type(alternatives[0] as Sub, naming.position) : t.any;
    if (schema.allOf) {
      const merged = this.#merge(schema);
      return merged === undefined ? t.any : this.#object(schema, merged, naming);
    }
    const kind = Array.isArray(schema.type) && schema.type.length === 1 ? schema.type[0] : schema.type;
    switch (kind ?? (schema.properties ? "object" : undefined)) {
      case "string":
        return t.string;
      case "boolean":
        return t.bool;
      case "integer":
        return integer(schema);
      case "number":
        return isFloat32(schema) ? t.float32 : t.float64;
      case "bigint":
        return t.int64;
      case "Date":
        return t.timestamp;
      case "Uint8Array":
        return t.bytes;
      case "array":
        return this.#array(schema, naming);
      case "object":
        return this.#object(schema, schema, naming);
      default:
        return t.any;
    }
  }

  #literal(schema: JsonSchema, values: readonly unknown[], naming: Naming): Type {
    if (values.every((value) => typeof value === "boolean")) return t.bool;
    if (values.every((value) => Number.isSafeInteger(value))) {
      return integer({ minimum: Math.min(...(values as number[])), maximum: Math.max(...(values as number[])) });
    }
    if (values.every((value) => typeof value === "number")) return t.float64;
    if (!values.every((value) => typeof value === "string")) return t.any;
    if (!values.every((value) => isName(value))) return t.string;
    const same = this.#claim(schema, naming.name());
    return same ?? this.#know(schema, t.enums(naming.name(), [...new Set(values)] as [string, ...string[]]));
  }

  #array(schema: JsonSchema, { position }: Naming): Type {
    const { items = true, prefixItems } = schema;
    if (prefixItems !== undefined || typeof items !== "object" || Array.isArray(items)) {
      return prefixItems === undefined && items === true ? t.list(t.any) : t.any;
    }
    return t.list(this.type(items as JsonSchema, position));
  }

  /** `content` is what the schema says once its parts are put together. */
  #object(schema: JsonSchema, content: JsonSchema, naming: Naming): Type {
    const { properties, additionalProperties, patternProperties } = content;
    const patterns = Object.values(patternProperties ?? {});
    const names = Object.keys(properties ?? {});
    if (names.length === 0 && (patterns.length > 0 || (additionalProperties ?? false) !== false)) {
      const value = patterns.length === 0 ? additionalProperties : patterns[0];
      const uniform = patterns.length <= 1 && (patterns.length === 0 || !additionalProperties);
      return uniform ? t.map(this.type(value as Sub, naming.position)) : t.any;
    }
    const open = patterns.length > 0 || (additionalProperties ?? false) !== false;
    if (properties === undefined || open || names.some((name) => !isIdentifier(name))) return t.any;
    const name = naming.name();
    const same = this.#claim(schema, name);
    if (same) return same;
    const fields: Field[] = [];
    // Known before its fields are, because they may contain it.
    const struct = this.#know(schema, Object.freeze({ kind: "struct", name, fields }) as unknown as Type);
    for (const one of names) fields.push(this.#field(name, one, fields.length + 1, content));
    Object.freeze(fields);
    return struct;
  }

  #field(owner: string, name: string, number: number, { properties, required }: JsonSchema): Field {
    checkName(`property of ${owner}`, name);
    const schema = properties?.[name] as Sub;
    const type = this.type(schema, owner + capitalised(name));
    const value = typeof schema === "object" ? schema.default : undefined;
    const defaultValue = value !== undefined && explain(type, value) === undefined ? value : undefined;
    const optional = defaultValue === undefined && !required?.includes(name);
    return Object.freeze({ name, number, type, optional, defaultValue });
  }

  /** The properties of all parts of an `allOf`; `undefined` where they are not objects that lie beside each other. */
  #merge({ allOf = [], ...rest }: JsonSchema): JsonSchema | undefined {
    const properties: Record<string, Sub> = {};
    const required: string[] = [];
    for (const part of [rest, ...allOf]) {
      const found = this.#part(part);
      if (found === undefined || found.anyOf || found.oneOf || found.patternProperties) return undefined;
      if ((found.type ?? "object") !== "object" || (found.additionalProperties ?? false) !== false) return undefined;
      for (const [name, value] of Object.entries(found.properties ?? {})) {
        if (Object.hasOwn(properties, name)) return undefined;
        Object.defineProperty(properties, name, { value, enumerable: true });
      }
      required.push(...(found.required ?? []));
    }
    return { type: "object", properties, required };
  }

  #part(part: Sub): JsonSchema | undefined {
    if (typeof part === "boolean") return undefined;
    if (part.$ref !== undefined) return this.#part(this.#document.resolve(part.$ref).schema);
    return part.allOf === undefined ? part : this.#merge(part);
  }

  #know(schema: JsonSchema, type: Type): Type {
    this.#known.set(schema, type);
    return type;
  }

  /** The type that has the name already: the same schema may stand in several places, but not two schemas under one name. */
  #claim(schema: JsonSchema, name: string): Type | undefined {
    const other = this.#byName.get(name);
    if (other === undefined) {
      this.#byName.set(name, schema);
      return undefined;
    }
    if (saying(other) !== saying(schema)) {
      throw new TypeError(`${name}: two different schemas have this name; give each a title of its own`);
    }
    return this.#known.get(other);
  }
}

/** How a struct or enum is called: as in `$defs`, by `$id`, by `title`, or by where it stands. */
class Naming {
  readonly position: string | undefined;
  readonly #schema: JsonSchema;
  readonly #key: string | undefined;

  constructor(schema: JsonSchema, position: string | undefined, key: string | undefined) {
    this.#schema = schema;
    this.position = position;
    this.#key = key;
  }

  name(): string {
    const { $id, title } = this.#schema;
    const given = [this.#key, $id].find((name) => name !== undefined && isQualifiedName(name) && !isCounted(name));
    const name = given ?? (title !== undefined && isQualifiedName(title) ? title : this.position);
    if (name === undefined) {
      throw new TypeError('typeOf: the schema has no name; give it a title, or say typeOf(schema, "shop.Order")');
    }
    return name;
  }
}

/** `__schema0`, `intersection266`: libraries number what has no name, each process in another way. */
function isCounted(name: string): boolean {
  return /^[^.]*\d$/.test(name);
}
/** What a schema says, so that two can be compared; Valibot repeats its root among its definitions. */
function saying(schema: JsonSchema): string {
  const { $schema, $defs, definitions, ...own } = schema as JsonSchema & Record<string, unknown>;
  return JSON.stringify(own);
}
function isIdentifier(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

/** The values where a schema lists all of them. */
function literals({ const: only, enum: all, anyOf, oneOf }: JsonSchema): readonly unknown[] | undefined {
  if (only !== undefined) return [only];
  if (all) return all;
  const parts = (anyOf ?? oneOf)?.map((one) => (typeof one === "object" ? literals(one) : undefined));
  return parts?.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function integer({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): Type {
  const least = Math.max(minimum ?? -Infinity, (exclusiveMinimum ?? -Infinity) + 1);
  const most = Math.min(maximum ?? Infinity, (exclusiveMaximum ?? Infinity) - 1);
  return least >= -MAX_INT32 - 1 && most <= MAX_INT32 ? t.int32 : t.int53;
}

function isFloat32({ minimum, maximum, format }: JsonSchema): boolean {
  return format === "float" || (minimum === -MAX_FLOAT32 && maximum === MAX_FLOAT32);
}
