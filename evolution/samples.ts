import type { EnumType, Field, StructType, Type, UnionType } from "../core/type/type.ts";

/** Each begins with the zero; the others lie within and at the ends of what the narrower types can say. */
const scalars: Readonly<Record<string, readonly unknown[]>> = {
  bool: [false, true],
  int32: [0, 7, 1, -1, 300, 2_147_483_647, -2_147_483_648],
  int53: [0, 5, -3, 2 ** 31, -(2 ** 40), Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER],
  int64: [0n, 6n, -2n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)],
  decimal: ["0", "12.50", "7", "-7", "1e400"],
  float32: [0, 1.5, -3, 3.4028234663852886e38, Number.NaN, Number.POSITIVE_INFINITY, 16_777_216],
  float64: [0, 0.1, -4, 1e300, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
  string: ["", "a", "true", "12", "ünï 😀", "red"],
  bytes: [new Uint8Array(0), Uint8Array.of(1), Uint8Array.of(0xff, 0xfe, 0), Uint8Array.of(65, 66, 67)],
  timestamp: [0, 1, 1_700_000_000_000, -62_135_596_800_000, 253_402_300_799_999].map((ms) => new Date(ms)),
  any: [null, 1, "x", [true], { a: "b" }],
};
/** Deeper lists and optional fields are left empty: a type that stands deep is tried out for itself. */
const MAX_DEPTH = 3;
/** Enough for every scalar, absent and present. */
const LEAST = 16;
const MOST = 200;

export interface Sampling {
  /** The fields, cases and enums that take all of their values, one after the other. */
  readonly focus: readonly string[];
  /** The fields that show the difference: each stands alone once, all others zero or absent. */
  readonly about: readonly string[];
}

/** Values of a struct, always the same ones. */
export function samplesOf(type: StructType, { focus, about }: Sampling): unknown[] {
  const most = variety(type);
  const count = Math.max(LEAST, Math.min(4 * most, MOST), most);
  const mixed = Array.from({ length: count }, (_, k) => new Sampler(k, focus).value(type));
  const alone = about.flatMap((name) => [1, 2].map((k) => new Sampler(k, [], name).value(type)));
  return [...mixed, ...alone];
}

/** How many cases and members the largest union or enum within has. */
function variety(type: Type, seen = new Set<Type>()): number {
  if (seen.has(type)) return 0;
  seen.add(type);
  switch (type.kind) {
    case "enum":
      return type.members.length;
    case "list":
      return variety(type.item, seen);
    case "map":
      return variety(type.value, seen);
    case "struct":
    case "union":
      return Math.max(
        type.kind === "union" ? type.fields.length : 0,
        ...type.fields.map((one) => variety(one.type, seen)),
      );
    default:
      return 0;
  }
}

class Sampler {
  readonly #k: number;
  readonly #focus: readonly string[];
  readonly #alone: string | undefined;
  #drawn = 0;

  constructor(k: number, focus: readonly string[], alone?: string) {
    this.#k = k;
    this.#focus = focus;
    this.#alone = alone;
  }

  value(type: StructType): unknown {
    return this.#value(type, false, 0);
  }

  /** One of `count`: in focus the next one, elsewhere any; of the first sample always the first. */
  #draw(count: number, focused: boolean): number {
    if (focused || this.#k === 0) return this.#k % count;
    if (this.#alone !== undefined) return 0;
    const mixed = Math.imul(this.#k * 31 + ++this.#drawn, 0x9e3779b1);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % count;
  }

  #value(type: Type, focused: boolean, depth: number): unknown {
    switch (type.kind) {
      case "list": {
        const length = this.#length(focused, depth);
        return Array.from({ length }, () => this.#value(type.item, focused, depth + 1));
      }
      case "map": {
        const keys = ["a", "", "key"].slice(0, this.#length(focused, depth));
        return Object.fromEntries(keys.map((key) => [key, this.#value(type.value, focused, depth + 1)]));
      }
      case "enum":
        return type.members[this.#draw(type.members.length, focused || this.#focus.includes(type.name))];
      case "union":
        return this.#union(type, focused, depth);
      case "struct":
        return this.#struct(type, depth);
      default: {
        const values = [...(scalars[type.kind] as readonly unknown[]), ...sized(type)];
        // Every fourth one in focus may be absent; those skipped then come another time.
        return values[focused ? (this.#k + (this.#k >> 2)) % values.length : this.#draw(values.length, false)];
      }
    }
  }

  #length(focused: boolean, depth: number): number {
    if (depth > MAX_DEPTH) return 0;
    return Math.min(this.#draw(4, focused), focused || depth < 2 ? 3 : 1);
  }

  #struct(type: StructType, depth: number): unknown {
    // Without a prototype, whose members would be taken for those of absent fields: `toString`.
    const object = Object.create(null) as Record<string, unknown>;
    for (const field of type.fields) {
      const focused = this.#focus.includes(field.name) || field.name === this.#alone;
      if (this.#isAbsent(field, focused, depth)) continue;
      object[field.name] = this.#value(field.type, focused, depth + 1);
    }
    return object;
  }

  #isAbsent(field: Field, focused: boolean, depth: number): boolean {
    if (!field.optional && field.defaultValue === undefined) return false;
    if (this.#alone !== undefined) return field.optional && !focused;
    return (depth > MAX_DEPTH && field.optional) || this.#draw(4, focused) === 3;
  }

  #union(type: UnionType, focused: boolean, depth: number): unknown {
    const cases = depth > MAX_DEPTH ? type.fields.filter(({ type }) => isLeaf(type)) : type.fields;
    const from = cases.length > 0 ? cases : type.fields;
    const sought = this.#k % 2 === 1 ? from.find((one) => this.#focus.includes(one.name)) : undefined;
    const chosen = sought ?? (from[this.#draw(from.length, focused || this.#focus.includes(type.name))] as Field);
    return { kind: chosen.name, value: this.#value(chosen.type, this.#focus.includes(chosen.name), depth + 1) };
  }
}

/** Bytes as long as a form of theirs says: `fixed:16`. */
function sized(type: Type): readonly unknown[] {
  if (type.kind !== "bytes") return [];
  const lengths = Object.values(type.encoding ?? {}).flatMap((word) => word.match(/\d{1,4}/g) ?? []);
  return lengths.flatMap((length) => [0, 7].map((byte) => new Uint8Array(Number(length)).fill(byte)));
}

function isLeaf(type: Type): type is EnumType {
  return type.kind !== "struct" && type.kind !== "union";
}
