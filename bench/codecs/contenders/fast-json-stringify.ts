import fastJson, { type Schema } from "fast-json-stringify";
import type { StructType, Type } from "../../../core/type/type.ts";
import type { Contender } from "../contender.ts";
import { conversion } from "../conversion.ts";
import { fromJson, toJson } from "../json-form.ts";

type Definitions = Record<string, Schema>;

/** Structs stand in `definitions`, so that one may contain itself. */
function schemaOf(type: Type, definitions: Definitions): Schema {
  switch (type.kind) {
    case "bool":
      return { type: "boolean" };
    case "int32":
    case "int53":
      return { type: "integer" };
    case "float32":
    case "float64":
      return { type: "number" };
    case "timestamp":
      return { type: "string", format: "date-time" };
    case "list":
      return { type: "array", items: schemaOf(type.item, definitions) };
    case "map":
      return { type: "object", additionalProperties: schemaOf(type.value, definitions) };
    case "struct":
      return structRef(type, definitions);
    case "union":
      // Each case has a schema of its own only by `anyOf`, which validates at run time and is slower than none.
      return { type: "object", properties: { kind: { type: "string" }, value: {} as Schema } };
    case "any":
      return {} as Schema;
    default:
      return { type: "string" };
  }
}

function structRef(type: StructType, definitions: Definitions): Schema {
  const ref = { $ref: `#/definitions/${type.name}` };
  if (definitions[type.name] !== undefined) return ref;
  const properties: Record<string, Schema> = {};
  const required = type.fields.filter(({ optional }) => !optional).map(({ name }) => name);
  definitions[type.name] = { type: "object", properties, required };
  for (const field of type.fields) properties[field.name] = schemaOf(field.type, definitions);
  return ref;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const contender: Contender = {
  prepare(type) {
    const definitions: Definitions = {};
    structRef(type, definitions);
    const stringify = fastJson({ ...definitions[type.name], definitions } as Schema);
    const to = conversion(type, toJson);
    const from = conversion(type, fromJson);
    return {
      encode:
        to === undefined
          ? (value) => encoder.encode(stringify(value))
          : (value) => encoder.encode(stringify(to(value))),
      decode:
        from === undefined
          ? (bytes) => JSON.parse(decoder.decode(bytes))
          : (bytes) => from(JSON.parse(decoder.decode(bytes))),
    };
  },
};
