import type { Field, Type } from "../type/type.ts";

/** Freezes a value of the type, down to its last part. */
export type Freeze = (value: unknown) => void;

/** `undefined` where a value may have parts that JavaScript cannot freeze: bytes, timestamps, and `any`, which may be either. */
export function compileFreeze(type: Type): Freeze | undefined {
  const inner = freezable(type, new Map());
  if (inner === undefined) return undefined;
  // Whoever froze its outside did so last.
  return (value) => {
    if (!Object.isFrozen(value)) inner(value);
  };
}

const nothing: Freeze = () => {};

/** `made` holds what a recursive type needs of itself before it is made. */
function freezable(type: Type, made: Map<Type, Freeze>): Freeze | undefined {
  switch (type.kind) {
    case "bytes":
    case "timestamp":
    case "any":
      return undefined;
    case "list":
      return each(freezable(type.item, made), (value) => value as unknown[]);
    case "map":
      return each(freezable(type.value, made), (value) => Object.values(value as object));
    case "struct":
    case "union":
      return ofFields(type, made);
    default:
      return nothing;
  }
}

function each(item: Freeze | undefined, itemsOf: (value: unknown) => unknown[]): Freeze | undefined {
  if (item === undefined) return undefined;
  if (item === nothing) return Object.freeze;
  return (value) => {
    for (const one of itemsOf(value)) item(one);
    Object.freeze(value);
  };
}

function ofFields(type: Type & { readonly fields: readonly Field[] }, made: Map<Type, Freeze>): Freeze | undefined {
  const before = made.get(type);
  if (before !== undefined) return before;
  let freeze: Freeze = nothing;
  made.set(type, (value) => freeze(value));
  const parts: (readonly [name: string, part: Freeze])[] = [];
  for (const field of type.fields) {
    const part = freezable(field.type, made);
    if (part === undefined) return undefined;
    if (part !== nothing) parts.push([field.name, part]);
  }
  freeze = type.kind === "union" ? unionOf(new Map(parts)) : structOf(parts);
  return freeze;
}

function structOf(parts: readonly (readonly [name: string, part: Freeze])[]): Freeze {
  if (parts.length === 0) return Object.freeze;
  return (value) => {
    for (const [name, part] of parts) {
      const inner = (value as Record<string, unknown>)[name];
      if (inner !== undefined) part(inner);
    }
    Object.freeze(value);
  };
}

function unionOf(cases: ReadonlyMap<string, Freeze>): Freeze {
  return (value) => {
    const { kind, value: inner } = value as { readonly kind: string; readonly value: unknown };
    cases.get(kind)?.(inner);
    Object.freeze(value);
  };
}
