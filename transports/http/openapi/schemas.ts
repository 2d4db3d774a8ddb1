import { type JsonSchema, jsonSchema } from "../../../codecs/json/schema.ts";
import type { ContractDescriptor, MethodDescriptor } from "../../../core/contract/contract.ts";

const DEFS = "#/$defs/";
const SCHEMAS = "#/components/schemas/";

/** The messages of one operation. */
export interface OperationSchemas {
  readonly request: JsonSchema;
  readonly response: JsonSchema;
  /** What stands in the documentation of the method. */
  readonly description?: string;
}

/** The types of all contracts as schemas of JSON, each once, under one roof. */
export class Schemas {
  /** By name, for `components`. */
  readonly all: Record<string, JsonSchema> = {};

  /** By the index of the operation. */
  add(contract: ContractDescriptor): readonly OperationSchemas[] {
    const schema = jsonSchema(contract);
    const definitions = (schema["$defs"] ?? {}) as Readonly<Record<string, JsonSchema>>;
    const names = new Map<string, string>();
    // A name that means something else in another contract gets the service before it.
    for (const [name, definition] of Object.entries(definitions)) {
      const known = this.all[name];
      const same = known === undefined || JSON.stringify(known) === JSON.stringify(moved(definition, new Map()));
      names.set(name, same ? name : this.#free(`${contract.name}.${name}`));
    }
    for (const [name, definition] of Object.entries(definitions)) {
      this.all[names.get(name) as string] = moved(definition, names) as JsonSchema;
    }
    return (schema["x-operations"] as readonly JsonSchema[]).map(
      (operation) => moved(operation, names) as unknown as OperationSchemas,
    );
  }

  /** What a schema stands for, which may only name another. */
  resolved(schema: JsonSchema): JsonSchema {
    const { $ref } = schema;
    return typeof $ref === "string" ? (this.all[$ref.slice(SCHEMAS.length)] ?? schema) : schema;
  }

  /** One field of a message; `undefined` where it has none of that name. */
  property(schema: JsonSchema, name: string): JsonSchema | undefined {
    return (this.resolved(schema)["properties"] as Record<string, JsonSchema> | undefined)?.[name];
  }

  /** A message without some of its fields. */
  without(schema: JsonSchema, names: ReadonlySet<string>): JsonSchema {
    if (names.size === 0) return schema;
    const whole = this.resolved(schema);
    const properties = Object.entries((whole["properties"] ?? {}) as object).filter(([name]) => !names.has(name));
    const required = ((whole["required"] ?? []) as readonly string[]).filter((name) => !names.has(name));
    return { type: "object", properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
  }

  #free(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.all[name] !== undefined; i++) name = `${wanted}_${i}`;
    return name;
  }
}

/** The same where definitions stand under `components`, and some have other names. */
function moved(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => moved(one, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (key !== "$ref" || typeof one !== "string" || !one.startsWith(DEFS)) return [key, moved(one, names)];
      const name = one.slice(DEFS.length);
      return [key, SCHEMAS + (names.get(name) ?? name)];
    }),
  );
}

/** What a GET says of the request, a parameter for each value that text can be. */
export function queryParameters(
  schemas: Schemas,
  { request }: Pick<MethodDescriptor, "request">,
  { schema, taken }: { readonly schema: JsonSchema; readonly taken: ReadonlySet<string> },
): JsonSchema[] {
  const parameters: JsonSchema[] = [];
  const visit = (message: JsonSchema, fields: MethodDescriptor["request"]["fields"], prefix: string): void => {
    for (const { name, type, optional, defaultValue } of fields) {
      const path = prefix + name;
      const property = schemas.property(message, name);
      if (property === undefined || taken.has(path)) continue;
      const item = type.kind === "list" ? type.item : type;
      // A type within itself would go on for ever.
      if (item.kind === "struct" && type === item && prefix.split(".").length < 3)
        visit(property, item.fields, `${path}.`);
      if (item.kind === "struct" || item.kind === "union" || item.kind === "list" || item.kind === "map") continue;
      const { description, ...said } = property;
      parameters.push({
        name: path,
        in: "query",
        ...(description !== undefined && { description }),
        ...(!optional && defaultValue === undefined && prefix === "" && needed(type.kind) && { required: true }),
        schema: said,
      });
    }
  };
  visit(schema, request.fields, "");
  return parameters;
}

/** What is nothing where it is left out: a moment and a value without a type have no zero. */
function needed(kind: string): boolean {
  return kind === "timestamp" || kind === "any";
}
