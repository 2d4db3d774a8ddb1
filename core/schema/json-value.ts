/*
 * Values in the terms of JSON Schema: what is of a kind, what is equal.
 */

export type Members = Readonly<Record<string, unknown>>;

/** JSON Schema's types and the words of TypeBox for what JSON has none for. */
const KINDS = new Set("null boolean integer number string array object bigint Date Uint8Array undefined".split(" "));

export function isKind(kind: unknown): kind is string {
  return KINDS.has(kind as string);
}

export function isOf(kind: string, value: unknown): boolean {
  switch (kind) {
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "Date":
      return value instanceof Date;
    case "Uint8Array":
      return value instanceof Uint8Array;
    default:
      return typeof value === kind;
  }
}

export function isObject(value: unknown): value is Members {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

export function memberOf(value: Members, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function equal(one: unknown, other: unknown): boolean {
  const bothHold = typeof one === "object" && typeof other === "object" && one !== null && other !== null;
  return bothHold ? spelled(one) === spelled(other) : one === other;
}

/** By a text of each item: comparing each with each would take the square of a hostile list's length. */
export function allDiffer(items: readonly unknown[]): boolean {
  return new Set(items.map(spelled)).size === items.length;
}

/** The same text for equal values alone, whatever the order of their members. */
function spelled(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(spelled).join()}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Uint8Array) return `Uint8Array(${value.join()})`;
  if (!isObject(value)) return String(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${spelled(value[name])}`).join()}}`;
}

/** As near as two short decimals can come: 0.3 % 0.1 is not 0, and 0.3 / 0.1 not 3. */
export function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) <= 2 * Number.EPSILON * Math.abs(quotient);
}

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
