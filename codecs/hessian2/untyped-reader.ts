import { isRecord } from "../../core/explain.ts";
import { setOwn } from "../../core/plain.ts";
import { type Conversion, known } from "./conversion.ts";
import { tooDeep } from "./cursor.ts";
import { markClass, Typed, typed } from "./java.ts";
import { javaClassOnWire, plainOf } from "./java-classes.ts";
import { ListNode, MapNode, type ObjectNode } from "./node.ts";

const ANY = "any";

/** The untyped value of a node. */
export function toAny(node: unknown, conversion: Conversion, depth: number): unknown {
  if (typeof node !== "object" || node === null || node instanceof Uint8Array || node instanceof Date) return node;
  if (node instanceof Typed) return node;
  const before = known(conversion, node);
  const value = before?.get(ANY);
  if (value !== undefined) return value;
  if (depth < -1) throw tooDeep();
  const keep = <T>(made: T): T => {
    before?.set(ANY, made);
    return made;
  };
  if (node instanceof ListNode) return list(node, conversion, depth, keep);
  if (node instanceof MapNode) return map(node, conversion, depth, keep);
  return object(node as ObjectNode, conversion, depth, keep);
}

function list(node: ListNode, conversion: Conversion, depth: number, keep: <T>(made: T) => T): unknown {
  const items: unknown[] = [];
  const made = keep(conversion.exact && node.type !== undefined ? typed(node.type, items) : items);
  for (const item of node.items) items.push(toAny(item, conversion, depth - 1));
  return made;
}

function map(node: MapNode, conversion: Conversion, depth: number, keep: <T>(made: T) => T): unknown {
  const { entries, type } = node;
  let named = true;
  for (let i = 0; named && i < entries.length; i += 2) named = typeof entries[i] === "string";
  const target: Record<string, unknown> | Map<unknown, unknown> = named ? {} : new Map();
  const made = keep(conversion.exact && type !== undefined ? typed(type, target) : target);
  for (let i = 0; i < entries.length; i += 2) {
    const value = toAny(entries[i + 1], conversion, depth - 1);
    if (target instanceof Map) target.set(toAny(entries[i], conversion, depth - 1), value);
    else setOwn(target, entries[i] as string, value);
  }
  return made;
}

function object(node: ObjectNode, conversion: Conversion, depth: number, keep: <T>(made: T) => T): unknown {
  const { name, fields } = node.shape;
  const plain = plainOf(node);
  if (plain !== undefined) {
    const user = javaClassOnWire(name)?.name;
    return keep(conversion.exact && user !== undefined && user !== "" ? typed(user, plain) : plain);
  }
  const target: Record<string, unknown> = {};
  markClass(target, name);
  keep(target);
  fields.forEach((field, i) => {
    setOwn(target, field, toAny(node.values[i], conversion, depth - 1));
  });
  return target;
}

/** Whether an untyped value is written by its members. */
export function hasMembers(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer) && !(value instanceof Promise)
  );
}
