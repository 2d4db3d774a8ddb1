import type { Type } from "../../core/type/type.ts";

/**
 * The first place where a value that came back is not the one that was sent, in words; undefined if there is none.
 * Values are read as a user reads them, by the names of the type: a class or a further property is no loss, and an
 * absent field may be null.
 */
export function difference(type: Type, sent: unknown, back: unknown, path = "value"): string | undefined {
  const changed = `${path}: ${show(sent)} came back as ${show(back)}`;
  switch (type.kind) {
    case "list": {
      if (!Array.isArray(back)) return changed;
      const items = sent as unknown[];
      if (items.length !== back.length) return `${path}: ${items.length} items came back as ${back.length}`;
      return first(items, (item, index) => difference(type.item, item, back[index], `${path}[${index}]`));
    }
    case "map": {
      if (!isObject(back)) return changed;
      const keys = Object.keys(sent as object);
      if (Object.keys(back).length !== keys.length)
        return `${path}: ${keys.length} entries came back as ${Object.keys(back).length}`;
      return first(keys, (key) =>
        difference(type.value, member(sent, key), member(back, key), `${path}[${JSON.stringify(key)}]`),
      );
    }
    case "struct":
      if (!isObject(back)) return changed;
      return first(type.fields, ({ name, type: inner, optional }) => {
        const [was, is] = [member(sent, name), member(back, name)];
        if (optional && was === undefined)
          return is == null ? undefined : `${path}.${name}: absent came back as ${show(is)}`;
        return difference(inner, was, is, `${path}.${name}`);
      });
    case "union": {
      const { kind, value } = sent as { kind: string; value: unknown };
      const one = type.fields.find(({ name }) => name === kind);
      if (!isObject(back) || member(back, "kind") !== kind || one === undefined) return changed;
      return difference(one.type, value, member(back, "value"), `${path}.${kind}`);
    }
    case "bytes":
      return back instanceof Uint8Array && Buffer.compare(sent as Uint8Array, back) === 0 ? undefined : changed;
    case "timestamp":
      return back instanceof Date && back.getTime() === (sent as Date).getTime() ? undefined : changed;
    case "float32":
      return Object.is(Math.fround(sent as number), back) || Object.is(sent, back) ? undefined : changed;
    case "any":
      return JSON.stringify(sent) === JSON.stringify(back) ? undefined : changed;
    default:
      return Object.is(sent, back) ? undefined : changed;
  }
}

function first<T>(all: readonly T[], find: (one: T, index: number) => string | undefined): string | undefined {
  for (const [index, one] of all.entries()) {
    const found = find(one, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Of a message of protobufjs also what its prototype says, which stands for what was not on the wire. */
function member(value: unknown, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}

const shownLength = 60;

function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  const text = typeof value === "number" || value === undefined ? String(value) : describe(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function describe(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? typeof value;
}
