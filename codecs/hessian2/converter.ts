import { keyStep, within } from "../../core/misfit.ts";
import { setOwn } from "../../core/plain.ts";
import type { ListType, MapType, StructType, Type, UnionType } from "../../core/type.ts";
import { isWellFormed } from "../../core/unicode.ts";
import { type Conversion, type Convert, known, shared } from "./conversion.ts";
import { misfit } from "./misfit.ts";
import { ListNode, MapNode, ObjectNode } from "./node.ts";
import { convertScalar } from "./scalar.ts";
import { structConverter } from "./struct-converter.ts";
import { toAny } from "./untyped-reader.ts";

/** Compiles, into closures, the conversion of nodes to a type; fields are matched by name. */
export class Converters {
  readonly #made = new Map<Type, Convert>();
  /** The names that the writer has for a struct of the reader. */
  readonly #names: ReadonlyMap<Type, ReadonlySet<string>>;

  constructor(names: ReadonlyMap<Type, ReadonlySet<string>>) {
    this.#names = names;
  }

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

  #make(type: StructType | UnionType | ListType | MapType): Convert {
    switch (type.kind) {
      case "list":
        return listConverter(this.of(type.item));
      case "map":
        return mapConverter(this.of(type.value));
      case "union":
        return unionConverter(type, new Map(type.fields.map((field) => [field.name, this.of(field.type)])));
      case "struct": {
        const converts = type.fields.map((field) => this.of(field.type));
        return structConverter(type, converts, this.#names.get(type) ?? new Set([type.name]));
      }
    }
  }
}

function listConverter(item: Convert): Convert {
  return (node, conversion, depth) => {
    if (!(node instanceof ListNode)) throw misfit("a list", node);
    const { items } = node;
    const list: unknown[] = [];
    try {
      for (let i = 0; i < items.length; i++) list.push(item(items[i], conversion, depth - 1));
    } catch (thrown) {
      throw within(`[${list.length}]`, thrown);
    }
    return list;
  };
}

function mapConverter(value: Convert): Convert {
  return (node, conversion, depth) => {
    if (!(node instanceof MapNode)) throw misfit("a map", node);
    const map: Record<string, unknown> = {};
    for (let i = 0; i < node.entries.length; i += 2) {
      const key = mapKey(node.entries[i], conversion);
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
function mapKey(node: unknown, conversion: Conversion): string {
  if (typeof node === "number" || typeof node === "bigint" || typeof node === "boolean") return String(node);
  if (!(node instanceof ObjectNode)) return keyText(node, node);
  const before = known(conversion, node);
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
