import { sameType } from "../../core/type/same.ts";
import type { EnumType, StructType, Type, UnionType } from "../../core/type/type.ts";

type Named = StructType | UnionType | EnumType;

/** Words that a .proto file takes for itself where the name of a type may stand. */
const RESERVED = (
  "bool bytes double fixed32 fixed64 float int32 int64 sfixed32 sfixed64 sint32 sint64 string uint32 uint64 " +
  "enum extend extensions group map message oneof option optional repeated required reserved rpc stream"
).split(" ");

/** The names of types in one .proto file, where all stand side by side. */
export class Names {
  readonly #contract: string;
  readonly #package: string;
  readonly #taken: Set<string>;
  readonly #known = new Map<string, { type: Type; name: string }[]>();

  /** `contract`: `shop.Orders`, whose package and service keep their names. */
  constructor(contract: string) {
    this.#contract = contract;
    const dot = contract.lastIndexOf(".");
    this.#package = contract.slice(0, Math.max(dot, 0));
    this.#taken = new Set([...RESERVED, contract.slice(dot + 1)]);
  }

  /** The name of a type, and whether it is asked for the first time. Types that are written the same share one. */
  of(type: Named): { name: string; first: boolean } {
    return this.#of(type, type.name, this.#local(type.name));
  }

  /** The name of the message around a list or map. */
  wrapper(type: Type, of: string): { name: string; first: boolean } {
    const name = `${of}${type.kind === "list" ? "List" : "Map"}`;
    return this.#of(type, `${type.kind} ${of}`, name);
  }

  /** A name that nothing else in the file has. */
  unique(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.#taken.has(name); i++) name = `${wanted}${i}`;
    this.#taken.add(name);
    return name;
  }

  #of(type: Type, key: string, wanted: string): { name: string; first: boolean } {
    const known = this.#known.get(key) ?? [];
    const same = known.find((one) => sameType(one.type, type));
    if (same !== undefined) return { name: same.name, first: false };
    const name = this.unique(wanted);
    this.#known.set(key, [...known, { type, name }]);
    return { name, first: true };
  }

  /** `shop.Orders.PlaceRequest` → `PlaceRequest`, `shop.Item` → `Item`, `tree.Node` → `TreeNode`. */
  #local(name: string): string {
    for (const prefix of [this.#contract, this.#package]) {
      if (prefix !== "" && name.startsWith(`${prefix}.`)) return joined(name.slice(prefix.length + 1));
    }
    return joined(name);
  }
}

function joined(name: string): string {
  const parts = name.split(".");
  return parts.length === 1 ? name : parts.map(capital).join("");
}

export function capital(word: string): string {
  return `${word[0]?.toUpperCase()}${word.slice(1)}`;
}

/** `Color` and `paidInFull` → `COLOR_PAID_IN_FULL`. */
export function enumValue(name: string, member: string): string {
  return `${upperSnake(name)}_${upperSnake(member)}`;
}

/** True for `COLOR_RED` of `shop.Color`, and for `STATE_OPEN` of `OrderState`, which was `Order.State` in a .proto file. */
export function carriesName(name: string, member: string): boolean {
  const words = name.slice(name.lastIndexOf(".") + 1).split(/_|(?=[A-Z])/);
  const endings = words.map((_, i) => words.slice(i).join("").toUpperCase());
  const parts = member.toUpperCase().split("_");
  return parts.some((_, i) => i > 0 && endings.includes(parts.slice(0, i).join("")));
}

function upperSnake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
}

/** What Protobuf's JSON calls a field unless told otherwise. */
export function defaultJsonName(name: string): string {
  return name.replace(/_+([A-Za-z0-9])?/g, (_, next: string | undefined) => next?.toUpperCase() ?? "");
}
