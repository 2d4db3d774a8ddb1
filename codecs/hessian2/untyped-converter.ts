import { roomFor } from "../../core/compile/entry.ts";
import { DATE, ENTRY, LIST, MAP, OBJECT, SLOT } from "../../core/compile/memory.ts";
import { setOwn } from "../../core/compile/plain.ts";
import { objectCost } from "./class-shape.ts";
import { type Conversion, containsItself, UNFINISHED } from "./conversion.ts";
import { tooDeep } from "./cursor.ts";
import { markClass, Typed, typed } from "./java.ts";
import { javaClassOnWire, plainOf } from "./java-classes.ts";
import { ListNode, MapNode, type ObjectNode, TakenNode } from "./node.ts";
import { GIVE_UP } from "./parser.ts";

/** What stands for an object of the Java library: a date, or some text, with its type. */
const PLAIN = DATE + OBJECT;
const ANY = "any";

/** Keeps a value that is begun, so that what it holds can refer to it. */
type Keep = <T>(made: T) => T;

/** The untyped value of a node. */
export function toAny(node: unknown, conversion: Conversion, depth: number): unknown {
  if (typeof node !== "object" || node === null || node instanceof Uint8Array || node instanceof Date) return node;
  if (node instanceof Typed) return node;
  if (node instanceof TakenNode) throw GIVE_UP;
  const before = conversion.known(node);
  const value = before?.get(ANY);
  if (value === UNFINISHED) throw containsItself(node);
  if (value !== undefined) return value;
  if (depth < -1) throw tooDeep();
  const keep: Keep = (made) => {
    before?.set(ANY, conversion.cycles ? made : UNFINISHED);
    return made;
  };
  const made = convert(node, conversion, depth, keep);
  before?.set(ANY, made);
  return made;
}

function convert(node: object, conversion: Conversion, depth: number, keep: Keep): unknown {
  if (node instanceof ListNode) return list(node, conversion, depth, keep);
  if (node instanceof MapNode) return map(node, conversion, depth, keep);
  return object(node as ObjectNode, conversion, depth, keep);
}

function list(node: ListNode, conversion: Conversion, depth: number, keep: Keep): unknown {
  const { length } = node.items;
  conversion.charge(LIST + length * SLOT);
  const items: unknown[] = new Array(length);
  const made = keep(conversion.exact && node.type !== undefined ? typed(node.type, items) : items);
  for (let i = 0; i < length; i++) items[i] = toAny(node.items[i], conversion, depth - 1);
  return made;
}

function map(node: MapNode, conversion: Conversion, depth: number, keep: Keep): unknown {
  const { entries, type } = node;
  let named = true;
  for (let i = 0; named && i < entries.length; i += 2) named = typeof entries[i] === "string";
  const target: Record<string, unknown> | Map<unknown, unknown> = named ? {} : new Map();
  const made = keep(conversion.exact && type !== undefined ? typed(type, target) : target);
  conversion.charge(MAP + ENTRY + (entries.length / 2) * ENTRY);
  let indexes = 0;
  for (let i = 0; i < entries.length; i += 2) {
    const value = toAny(entries[i + 1], conversion, depth - 1);
    if (target instanceof Map) target.set(toAny(entries[i], conversion, depth - 1), value);
    else {
      indexes = roomFor(target, entries[i] as string, indexes);
      setOwn(target, entries[i] as string, value);
    }
  }
  return made;
}

function object(node: ObjectNode, conversion: Conversion, depth: number, keep: Keep): unknown {
  const { name, fields } = node.shape;
  const plain = plainOf(node);
  if (plain !== undefined) {
    conversion.charge(PLAIN);
    const user = javaClassOnWire(name)?.name;
    return keep(conversion.exact && user !== undefined && user !== "" ? typed(user, plain) : plain);
  }
  conversion.charge(objectCost(fields.length));
  const target: Record<string, unknown> = {};
  markClass(target, name);
  keep(target);
  let indexes = 0;
  fields.forEach((field, i) => {
    indexes = roomFor(target, field, indexes);
    setOwn(target, field, toAny(node.values[i], conversion, depth - 1));
  });
  return target;
}
