import { t } from "../../core/schema/t.ts";
import { toField } from "../../core/type/fields.ts";
import type { Encodable, Field, OptionalType, Param, ParamType, Type } from "../../core/type/type.ts";
import { parameterIdentifiers } from "./identifiers.ts";
import { literal } from "./literal.ts";
import type { Scope } from "./scope.ts";

/** The expression that makes a type: `t.list(Item)`. */
export function typeExpression(type: Type, scope: Scope): string {
  switch (type.kind) {
    case "enum":
    case "struct":
    case "union":
      return scope.of(type);
    case "list":
      return call(scope, "list", typeExpression(type.item, scope));
    case "map":
      return encoded(type, call(scope, "map", typeExpression(type.value, scope)), scope);
    default:
      return encoded(type, `${scope.use("t")}.${type.kind}`, scope);
  }
}

/** The same of a field; `place` is the number that it has if none is pinned. */
export function fieldExpression(field: Field, place: number, scope: Scope): string {
  const { number, type, optional, defaultValue } = field;
  let made = typeExpression(type, scope);
  if (optional) made = encoded(field, call(scope, "optional", made), scope);
  else if (defaultValue !== undefined) made = call(scope, "default", made, literal(type, defaultValue));
  return number === place ? made : call(scope, "field", String(number), made);
}

/** `arg("order", Order)`. */
export function paramExpression({ name, type }: Param, place: number, scope: Scope): string {
  return `${scope.use("arg")}(${JSON.stringify(name)}, ${paramType(name, type, place, scope)})`;
}

function paramType(name: string, type: ParamType, place: number, scope: Scope): string {
  if (type.kind === "stream") return call(scope, "stream", typeExpression(type.item, scope));
  if (type.kind !== "callback") return fieldExpression(toField(name, name, place, type), place, scope);
  const params = type.params.map((param, i) => paramExpression(param, i + 1, scope));
  const returns = type.returns === undefined ? [] : [resultExpression(type.returns, scope)];
  return call(scope, "callback", `[${params.join(", ")}]`, ...returns);
}

export function resultExpression(type: Type | OptionalType, scope: Scope): string {
  return type.kind === "optional"
    ? encoded(type, call(scope, "optional", typeExpression(type.inner, scope)), scope)
    : typeExpression(type, scope);
}

function call(scope: Scope, builder: string, ...args: readonly string[]): string {
  return `${scope.use("t")}.${builder}(${args.join(", ")})`;
}

/** What `made` makes, with the forms that codecs are to write it in. */
export function encoded({ encoding }: Encodable, made: string, scope: Scope): string {
  return encoding === undefined ? made : call(scope, "encoded", made, encodingLiteral(encoding));
}

export function encodingLiteral(encoding: NonNullable<Encodable["encoding"]>): string {
  return literal(t.map(t.string), encoding);
}

const scalars: Readonly<Record<string, string>> = {
  bool: "boolean",
  int32: "number",
  int53: "number",
  int64: "bigint",
  decimal: "string",
  float32: "number",
  float64: "number",
  string: "string",
  bytes: "Uint8Array",
  timestamp: "Date",
  any: "unknown",
};

/** What the values of a type are in TypeScript. */
export function valueType(type: Type, scope: Scope): string {
  switch (type.kind) {
    case "enum":
    case "struct":
    case "union":
      return scope.of(type);
    case "list":
      return `${valueType(type.item, scope)}[]`;
    case "map":
      return `Record<string, ${valueType(type.value, scope)}>`;
    default:
      return scalars[type.kind] as string;
  }
}

export function resultType(type: Type | OptionalType | undefined, scope: Scope): string {
  if (type === undefined) return "void";
  return type.kind === "optional" ? `${valueType(type.inner, scope)} | undefined` : valueType(type, scope);
}

/** `order: Order` and `note: string | undefined`. */
export function parameters(params: readonly Param[], scope: Scope): string[] {
  const names = parameterIdentifiers(params.map(({ name }) => name));
  const given = params.findLastIndex(({ name, type }) => !mayMiss(name, type));
  return params.map(({ name, type }, i) =>
    i > given ? `${names[i]}?: ${carriedType(name, type, scope)}` : `${names[i]}: ${parameterType(name, type, scope)}`,
  );
}

/** Whether who calls may leave it out, if it stands last. */
function mayMiss(name: string, type: ParamType): boolean {
  if (type.kind === "stream" || type.kind === "callback") return false;
  const { optional, defaultValue } = toField(name, name, 0, type);
  return optional || defaultValue !== undefined;
}

function parameterType(name: string, type: ParamType, scope: Scope): string {
  if (type.kind === "stream") return `AsyncIterable<${valueType(type.item, scope)}>`;
  if (type.kind === "callback") {
    return `(${parameters(type.params, scope).join(", ")}) => Promise<${resultType(type.returns, scope)}>`;
  }
  return carriedType(name, type, scope) + (toField(name, name, 0, type).optional ? " | undefined" : "");
}

function carriedType(name: string, type: ParamType, scope: Scope): string {
  return valueType(toField(name, name, 0, type).type, scope);
}
