import type { Field, ListType, Type } from "../core/type/type.ts";

/** A type in words: `list<shop.Item>`, `int32 (protobuf: sint32)`. */
export function spell(type: Type): string {
  if ("name" in type) return type.name;
  const inner = type.kind === "list" ? `<${spell(type.item)}>` : type.kind === "map" ? `<${spell(type.value)}>` : "";
  const form = type.kind === "list" ? "" : formOf(type);
  return `${type.kind}${inner}${form === "" ? "" : ` (${form})`}`;
}

/** The same without the names and forms of named types, which are compared apart. */
export function shapeOf(type: Type): string {
  if ("name" in type) return type.kind;
  const inner = type.kind === "list" ? shapeOf(type.item) : type.kind === "map" ? shapeOf(type.value) : "";
  return `${type.kind}<${inner}>${type.kind === "list" ? "" : formOf(type)}`;
}

/** The forms that codecs write, in words: `protobuf: sint32`; "" where it is the usual one. */
export function formOf(of: Exclude<Type, ListType> | Field): string {
  const encoding = of.encoding ?? {};
  const codecs = Object.keys(encoding).sort();
  return codecs.map((codec) => `${codec}: ${encoding[codec]}`).join(", ");
}

export function presenceOf(field: Field): "optional" | "default" | "plain" {
  return field.optional ? "optional" : field.defaultValue === undefined ? "plain" : "default";
}

/** A default in words. */
export function spellValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? `${one}` : one)) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
