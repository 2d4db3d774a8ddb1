import { roomFor } from "../../core/compile/entry.ts";
import { ENTRY, LIST, MAP, SLOT, UNION } from "../../core/compile/memory.ts";
import { keyStep, within } from "../../core/compile/misfit.ts";
import { setOwn } from "../../core/compile/plain.ts";
import type { ListType, MapType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { isWellFormed } from "../../core/well-formed.ts";
import { type Conversion, type Convert, shared } from "./conversion.ts";
import { FieldNames } from "./field-names.ts";
import { Typed } from "./java.ts";
import { misfit } from "./misfit.ts";
import { ListNode, MapNode, ObjectNode } from "./node.ts";
import { convertScalar } from "./scalar.ts";
import { structConverter } from "./struct-converter.ts";
import { toAny } from "./untyped-converter.ts";

/** Compiles, into closures, the conversion of nodes to a type; fields are matched by name. */
export class Converters {
  readonly #made = new WeakMap<Type, Convert>();
  readonly #names = new WeakMap<StructType, FieldNames>();

  of(type: Type): Convert {
    let convert = this.#made.get(type);
    if (convert !== undefined) return convert;
    if (type.kind === "any") return toAny;
    if (type.kind !== "struct" && type.kind !== "union" && type.kind !== "list" && type.kind !== "map")
      return convertScalar(type);
    // A type may contain itself, so it is known before it is made.
    this.#made.set(type, (node, conversion, depth) => (convert as Convert)(node, conversion, depth));
    convert = shared(type, this.#make(type));
    this.#made.set(type, convert);
    return convert;
  }

  /** The names of a struct's fields; the same object for all who read the struct. */
  names(type: StructType): FieldNames {
    const names = this.#names.get(type) ?? new FieldNames(type);
    this.#names.set(type, names);
    return names;
  }

  #make(type: StructType | UnionType | ListType | MapType): Convert {
    switch (type.kind) {
      case "list":
        return listConverter(this.of(type.item));
      case "map":
        return mapConverter(this.of(type.value));
      case "union":
        return unionConverter(type, new Map(type.fields.map((field) => [field.name, this.of(field.type)])));
      case "struct":
        return structConverter(
          this.names(type),
          type.fields.map((field) => this.of(field.type)),
        );
    }
  }
}

function listConverter(item: Convert): Convert {
  return (node, conversion, depth) => {
    if (!(node instanceof ListNode)) throw misfit("a list", node);
    const { items } = node;
    conversion.charge(LIST + items.length * SLOT);
    const list: unknown[] = new Array(items.length);
    let i = 0;
    try {
      for (; i < items.length; i++) list[i] = item(items[i], conversion, depth - 1);
    } catch (thrown) {
      throw within(`[${i}]`, thrown);
    }
    return list;
  };
}

function mapConverter(value: Convert): Convert {
  return (node, conversion, depth) => {
    if (!(node instanceof MapNode)) throw misfit("a map", node);
    conversion.charge(MAP + (node.entries.length / 2) * ENTRY);
    const map: Record<string, unknown> = {};
    let indexes = 0;
    for (let i = 0; i < node.entries.length; i += 2) {
      const key = mapKey(node.entries[i], conversion);
      indexes = roomFor(map, key, indexes);
      try {
        setOwn(map, key, value(node.entries[i + 1], conversion, depth - 1));
      } catch (thrown) {
        throw within(keyStep(key), thrown);
      }
    }
    return map;
  };
}

/** Java's maps have keys of any type: text, numbers and the members of enums are text here. */
export function mapKey(node: unknown, conversion: Conversion): string {
  // A whole double, where those are told apart.
  if (node instanceof Typed) return String(node.value);
  if (typeof node === "number" || typeof node === "bigint" || typeof node === "boolean") return String(node);
  if (!(node instanceof ObjectNode)) return keyText(node, node);
  const before = conversion.known(node);
  const key = (before?.get(KEY) as string | undefined) ?? keyText(node.get("name"), node);
  before?.set(KEY, key);
  return key;
}

const KEY = "key";

function keyText(key: unknown, node: unknown): string {
  if (typeof key !== "string" || !isWellFormed(key)) throw misfit("a map's key, as a string", node);
  return key;
}

function unionConverter(type: UnionType, cases: ReadonlyMap<string, Convert>): Convert {
  const expected = `one of ${type.fields.map((field) => field.name).join(", ")}`;
  return (node, conversion, depth) => {
    const kind = memberOf(node, "kind");
    if (typeof kind !== "string") throw misfit(expected, node);
    const convert = cases.get(kind);
    if (convert === undefined) throw misfit(expected, kind);
    conversion.charge(UNION);
    try {
      return { kind, value: convert(memberOf(node, "value") ?? null, conversion, depth - 1) };
    } catch (thrown) {
      throw within(kind, thrown);
    }
  };
}

function memberOf(node: unknown, name: string): unknown {
  if (node instanceof ObjectNode) return node.get(name);
  if (!(node instanceof MapNode)) return undefined;
  for (let i = 0; i < node.entries.length; i += 2) if (node.entries[i] === name) return node.entries[i + 1];
  return undefined;
}
