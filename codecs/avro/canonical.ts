import type { AvroSchema } from "./schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** The names that a schema has declared so far, and the namespace that it stands in. */
interface Scope {
  readonly known: Set<string>;
  readonly namespace: string;
}

/** A schema's parsing canonical form: what of it the bytes depend on, and nothing else, as one text. */
export function canonicalForm(schema: AvroSchema): string {
  return print(schema, { known: new Set(), namespace: "" });
}

function print(schema: unknown, scope: Scope): string {
  if (typeof schema === "string") return JSON.stringify(fullName(schema, scope));
  if (Array.isArray(schema)) return `[${schema.map((branch) => print(branch, scope)).join()}]`;
  const { type, items, values, size, symbols, fields, ...named } = schema as Json;
  switch (type) {
    case "array":
      return `{"type":"array","items":${print(items, scope)}}`;
    case "map":
      return `{"type":"map","values":${print(values, scope)}}`;
    case "enum":
      return `{"name":${declare(named, scope).name},"type":"enum","symbols":${JSON.stringify(symbols)}}`;
    case "fixed":
      return `{"name":${declare(named, scope).name},"type":"fixed","size":${Number(size)}}`;
    case "record":
    case "error": {
      const { name, inside } = declare(named, scope);
      const printed = (fields as Json[]).map(
        (field) => `{"name":${JSON.stringify(field["name"])},"type":${print(field["type"], inside)}}`,
      );
      return `{"name":${name},"type":"record","fields":[${printed.join()}]}`;
    }
    default:
      return print(type, scope);
  }
}

function declare(json: Json, { known, namespace }: Scope): { name: string; inside: Scope } {
  const { name: own, namespace: declared = namespace } = json as { name: string; namespace?: string };
  const name = own.includes(".") || declared === "" ? own : `${declared}.${own}`;
  known.add(name);
  const inside = { known, namespace: name.slice(0, Math.max(name.lastIndexOf("."), 0)) };
  return { name: JSON.stringify(name), inside };
}

function fullName(name: string, { known, namespace }: Scope): string {
  const inNamespace = `${namespace}.${name}`;
  return known.has(inNamespace) ? inNamespace : name;
}
