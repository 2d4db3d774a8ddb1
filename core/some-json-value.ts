import type { JsonValue } from "./json-value.ts";

export type { JsonValue } from "./json-value.ts";

/** Takes the place of json-value.ts in browsers, by `browser` in package.json: what JSON cannot carry is lost there, not refused. */
export function jsonValue(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
