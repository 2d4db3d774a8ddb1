import type { AvroProtocol } from "./protocol.ts";

type Json = Readonly<Record<string, unknown>>;

/** The `doc` of everything that schemas declare, and of its fields, by name. */
export function avroDocs(schema: unknown, namespace: string): [string, string][] {
  if (Array.isArray(schema)) return schema.flatMap((one) => avroDocs(one, namespace));
  if (typeof schema !== "object" || schema === null) return [];
  const { type, name: own, namespace: outer = namespace, fields, items, values } = schema as Json;
  const inner = [type, items, values];
  if (typeof own !== "string") return inner.flatMap((one) => avroDocs(one, namespace));
  const name = own.includes(".") || outer === "" ? own : `${outer}.${own}`;
  const within = name.slice(0, Math.max(name.lastIndexOf("."), 0));
  return [
    ...docOf(name, schema as Json),
    ...(Array.isArray(fields) ? (fields as Json[]) : []).flatMap((field) => [
      ...docOf(`${name}.${field["name"]}`, field),
      ...avroDocs(field["type"], within),
    ]),
  ];
}

/** The same of a protocol called `name`, and of its messages. */
export function avroProtocolDocs(protocol: AvroProtocol, name: string): [string, string][] {
  return [
    ...docOf(name, protocol),
    ...avroDocs(protocol.types, name.slice(0, Math.max(name.lastIndexOf("."), 0))),
    ...Object.entries(protocol.messages ?? {}).flatMap(([key, message]) => docOf(`${name}.${key}`, message)),
  ];
}

function docOf(name: string, { doc }: { readonly doc?: unknown }): [string, string][] {
  return typeof doc === "string" ? [[name, doc]] : [];
}
