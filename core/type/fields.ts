import { checkName } from "../name.ts";
import type { Field, FieldType, TransientType, Type } from "./type.ts";

interface Fields {
  readonly fields: readonly Field[];
  readonly transient: readonly Field[] | undefined;
}

/**
 * Resolves the declared fields on first use, so that a getter may refer to the struct that it stands in. What is no type
 * is refused at once, where it is no getter: the compiler lets it pass, because to look would resolve the getters too.
 */
export function lazyFields(owner: string, declared: Readonly<Record<string, unknown>>): () => Fields {
  for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(declared))) {
    if (get === undefined) toField(`${owner}.${name}`, name, 1, value?.kind === "transient" ? value.inner : value);
  }
  let resolved: Fields | undefined;
  return () => {
    resolved ??= resolveFields(owner, declared);
    return resolved;
  };
}

function resolveFields(owner: string, declared: Readonly<Record<string, unknown>>): Fields {
  const used = new Map<number, string>();
  const fields: Field[] = [];
  const transient: Field[] = [];
  for (const name of Object.keys(declared)) {
    checkName(`field of ${owner}`, name);
    const path = `${owner}.${name}`;
    const type = declared[name] as FieldType | TransientType | undefined;
    if (type?.kind === "transient") {
      transient.push(toField(path, name, 0, type.inner));
      continue;
    }
    const field = toField(path, name, fields.length + 1, type);
    const other = used.get(field.number);
    if (other !== undefined)
      throw new TypeError(`${owner}: fields ${other} and ${name} both have number ${field.number}`);
    used.set(field.number, name);
    fields.push(field);
  }
  return { fields: Object.freeze(fields), transient: transient.length > 0 ? Object.freeze(transient) : undefined };
}

/** The fields of an error or the cases of a union, all of which cross the wire. */
export function lazyCarried(owner: string, declared: Readonly<Record<string, unknown>>): () => readonly Field[] {
  const resolve = lazyFields(owner, declared);
  return () => {
    const { fields, transient } = resolve();
    if (transient) throw new TypeError(`${owner}.${transient[0]?.name}: only a field of a struct can be transient`);
    return fields;
  };
}

/** One declared field, its number, absence and default unwrapped. */
export function toField(path: string, name: string, position: number, declared: unknown): Field {
  let type = declared as FieldType | undefined;
  let number = position;
  if (type?.kind === "field") {
    number = type.number;
    type = type.inner;
  }
  const optional = type?.kind === "optional";
  const encoding = type?.kind === "optional" ? type.encoding : undefined;
  const defaultValue = type?.kind === "default" ? type.value : undefined;
  if (type?.kind === "optional" || type?.kind === "default") type = type.inner;
  if (!isType(type)) throw notType(path, declared);
  return Object.freeze({ name, number, type, optional, defaultValue, ...(encoding && { encoding }) });
}

const kinds = new Set([
  ..."bool int32 int64 int53 decimal float32 float64 string bytes timestamp any list map enum struct union".split(" "),
]);
export function isType(value: unknown): value is Type {
  // A descriptor of Protobuf-ES may be of the kind "enum" too.
  return typeof value === "object" && value !== null && kinds.has((value as Type).kind) && !("typeName" in value);
}

export function notType(what: string, given: unknown): TypeError {
  return new TypeError(
    `${what}: expected a type made by t, got ${String(given)}; inside of t a schema of another library goes into typeOf`,
  );
}
