import type { Type } from "../../core/type/type.ts";

/** A value of a type as the expression that makes it. */
export function literal(type: Type, value: unknown): string {
  return type.kind === "enum" ? JSON.stringify(value) : nestedLiteral(type, value);
}

/** Inside of objects and lists the compiler forgets which texts a member of an enum, or the kind of a union, may be. */
function nestedLiteral(type: Type, value: unknown): string {
  switch (type.kind) {
    case "enum":
      return `${JSON.stringify(value)} as const`;
    case "list":
      return `[${(value as unknown[]).map((one) => nestedLiteral(type.item, one)).join(", ")}]`;
    case "map":
      return object(Object.entries(value as object).map(([key, one]) => [key, nestedLiteral(type.value, one)]));
    case "struct": {
      const members = value as Record<string, unknown>;
      // Own ones, because every object inherits a member called toString.
      const fields = [...type.fields, ...(type.transient ?? [])].filter(
        ({ name }) => Object.hasOwn(members, name) && members[name] !== undefined,
      );
      return object(fields.map((field) => [field.name, nestedLiteral(field.type, members[field.name])]));
    }
    case "union": {
      const { kind, value: inner } = value as { kind: string; value: unknown };
      const field = type.fields.find(({ name }) => name === kind);
      return object([
        ["kind", `${JSON.stringify(kind)} as const`],
        ["value", field === undefined ? "undefined" : nestedLiteral(field.type, inner)],
      ]);
    }
    default:
      return untypedLiteral(value);
  }
}

function untypedLiteral(value: unknown): string {
  if (typeof value === "string") return textLiteral(value);
  if (typeof value === "number") return numberLiteral(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Date) return `new Date(${JSON.stringify(value.toISOString())})`;
  if (value instanceof Uint8Array) return `Uint8Array.of(${value.join(", ")})`;
  if (Array.isArray(value)) return `[${value.map(untypedLiteral).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return object(Object.entries(value).map(([key, one]) => [key, untypedLiteral(one)]));
}

/** In the quotes that need fewer escapes. */
function textLiteral(text: string): string {
  const quoted = quote(text);
  return text.includes('"') && !text.includes("'") ? `'${quoted.slice(1, -1).replaceAll('\\"', '"')}'` : quoted;
}

/** Without the line ends of Unicode, which JSON leaves as they are, and at which an editor or indentation breaks a line. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function numberLiteral(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  if (Number.isNaN(value)) return "Number.NaN";
  return value > 0 ? "Number.POSITIVE_INFINITY" : "Number.NEGATIVE_INFINITY";
}

function object(members: readonly (readonly [string, string])[]): string {
  if (members.length === 0) return "{}";
  return `{ ${members.map(([key, value]) => `${memberName(key)}: ${value}`).join(", ")} }`;
}

/** A key of an object literal; `__proto__` in brackets, because without them it would set the prototype. */
function memberName(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}
