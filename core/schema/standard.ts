import { explain } from "../type/explain.ts";
import type { CheckResult, StandardSchema } from "../type/schema.ts";
import type { DefaultType, OptionalType, Type } from "../type/type.ts";
import { JsonDocument } from "./json-document.ts";
import { checked, typeOfDocument } from "./json-schema.ts";
import { t } from "./t.ts";
import { libraryOptions } from "./vendor.ts";

/** True for a schema of any library that keeps to https://standardschema.dev. */
export function isStandard(schema: unknown): schema is StandardSchema {
  const held = (typeof schema === "object" && schema !== null) || typeof schema === "function";
  return held && typeof (schema as Partial<StandardSchema>)["~standard"] === "object";
}

/** The type of what the schema gives out, since that is what clients send; the schema validates the values. */
export function fromStandard(schema: StandardSchema, name: string | undefined): Type {
  return fromDocument(schema, documentOf(schema, name), name);
}

function documentOf(schema: StandardSchema, name = "typeOf"): JsonDocument {
  return new JsonDocument(toJsonSchema(schema, name), name);
}

function fromDocument(schema: StandardSchema, document: JsonDocument, name: string | undefined): Type {
  const standard = schema["~standard"];
  return checked(typeOfDocument(document, name), (value) => standard.validate(value));
}

function toJsonSchema(schema: StandardSchema, where: string): Record<string, unknown> {
  const { vendor, jsonSchema } = schema["~standard"];
  if (jsonSchema === undefined) {
    throw new TypeError(
      `${where}: the schema of ${vendor} offers no JSON Schema; wrap Valibot's in toStandardJsonSchema of @valibot/to-json-schema, take Zod's from zod 4.2 or later and not from zod/mini, of another library use a version that offers it`,
    );
  }
  try {
    return jsonSchema.output({ target: "draft-2020-12", libraryOptions: libraryOptions(vendor) });
  } catch (error) {
    throw new TypeError(
      `${where}: ${vendor} cannot say as JSON Schema what the schema gives out: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** True where the schema takes the absence of a value and leaves it absent; an asynchronous one is not waited for. */
export function mayBeAbsent(schema: StandardSchema): boolean {
  const result = tryAbsent(schema);
  if (result instanceof Promise) result.catch(() => {});
  else if (result?.issues === undefined) return result !== undefined && result.value === undefined;
  return false;
}

function tryAbsent(schema: StandardSchema): CheckResult | Promise<CheckResult> | undefined {
  try {
    return schema["~standard"].validate(undefined);
  } catch {
    return undefined;
  }
}

/** As `fromStandardOptional`, for a parameter, which may also have a default. */
export function fromStandardParam(schema: StandardSchema, name: string): Type | OptionalType | DefaultType {
  const document = documentOf(schema, name);
  const type = fromDocument(schema, document, name);
  const value = document.root.default;
  if (value !== undefined && explain(type, value) === undefined) return t.default(type, value as never);
  return mayBeAbsent(schema) ? t.optional(type) : type;
}

/** As `fromStandard`, for a whole parameter or result, which may be absent where the schema says so. */
export function fromStandardOptional(schema: StandardSchema, name: string): Type | OptionalType {
  const type = fromStandard(schema, name);
  return mayBeAbsent(schema) ? t.optional(type) : type;
}
