import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";

/** A value that one version writes, and what the other should read: the same where there is one object only. */
export type Reading = readonly [written: object, read: object | typeof UNSAYABLE] | readonly [same: object];
/** The other version has no way to say it. */
export const UNSAYABLE = Symbol("unsayable");

/** A change of a struct that a user makes, with values that show what becomes of it. */
export interface Case {
  readonly change: string;
  readonly old: StructType;
  readonly new: StructType;
  /** The fields or types of which an error must name one; a shifted one where the bytes hold no names. */
  readonly names: readonly string[];
  /** Written by the new version, read by the old one. */
  readonly toOld: readonly Reading[];
  /** Written by the old version, read by the new one. */
  readonly toNew: readonly Reading[];
}

const Item = t.struct("shop.Item", { sku: t.string, qty: t.int32 });
const colors = (...members: string[]) => t.enums("shop.Color", members);
const payments = (cases: object) => t.union("shop.Payment", cases as Record<string, never>);
const card = { pay: { kind: "card", value: "4711" } };
const cash = { pay: { kind: "cash", value: 5 } };
const item = { item: { sku: "a", qty: 2 } };

type Fields = Record<string, unknown>;
type Values = Pick<Case, "toOld" | "toNew">;

/** The fields stand last in an order, after `id` and before nothing; `id` is 7 in every value. */
function change(name: string, names: string, [old, next]: readonly [Fields, Fields], values: Values): Case {
  return exact(name, names, [order(old), order(next)], values);
}

function order(fields: Fields): StructType {
  return t.struct("shop.Order", { id: t.int32, ...fields } as never) as unknown as StructType;
}

function exact(name: string, names: string, [old, next]: readonly [unknown, unknown], values: Values): Case {
  const whole = (readings: readonly Reading[]): Reading[] =>
    readings.map(([written, read = written]) => [
      { id: 7, ...written },
      read === UNSAYABLE ? read : { id: 7, ...(read as object) },
    ]);
  return {
    change: name,
    names: names.split(" "),
    old: old as StructType,
    new: next as StructType,
    toOld: whole(values.toOld),
    toNew: whole(values.toNew),
  };
}

/** Both versions read all of these as they are. */
function same(...values: object[]): Values {
  const readings = values.map((value) => [value] as const);
  return { toOld: readings, toNew: readings };
}
function swap({ toOld, toNew }: Values): Values {
  return { toOld: toNew, toNew: toOld };
}

const numbers = (...values: [unknown, unknown][]): readonly Reading[] =>
  values.map(([written, read]) => [{ n: written }, read === UNSAYABLE ? UNSAYABLE : { n: read }]);

const addOptional: Values = { toOld: [[{ note: "x" }, {}], [{}]], toNew: [[{}]] };
const addDefault: Values = { toOld: [[{ n: 3 }, {}], [{}]], toNew: [[{}, { n: 9 }]] };
const addPlain: Values = { toOld: [[{ n: 3 }, {}]], toNew: [[{}]] };
const addStruct: Values = { toOld: [[item, {}]], toNew: [[{}, UNSAYABLE]] };
const widen: Values = {
  toOld: numbers([5n, 5], [2n ** 40n + 1n, UNSAYABLE]),
  toNew: numbers([5, 5n], [-1, -1n], [0, 0n]),
};
const widen53: Values = { toOld: numbers([5, 5], [2 ** 40 + 1, UNSAYABLE]), toNew: numbers([5, 5], [-1, -1], [0, 0]) };
const optional: Values = { toOld: [[{ n: 5 }], [{}]], toNew: [[{ n: 5 }], [{ n: 0 }]] };
const addMember: Values = {
  toOld: [[{ c: "red" }], [{ c: "blue" }, UNSAYABLE]],
  toNew: [[{ c: "red" }], [{ c: "green" }]],
};
const addCase: Values = { toOld: [[card], [cash, UNSAYABLE]], toNew: [[card]] };

export const cases: readonly Case[] = [
  change("add an optional field", "note", [{}, { note: t.optional(t.string) }], addOptional),
  change("add a field with a default", "n", [{}, { n: t.default(t.int32, 9) }], addDefault),
  change("add a plain field", "n", [{}, { n: t.int32 }], addPlain),
  change("add a plain struct field", "item", [{}, { item: Item }], addStruct),
  exact(
    "add an optional field before others",
    "note id name",
    [order({ name: t.string }), t.struct("shop.Order", { note: t.optional(t.string), id: t.int32, name: t.string })],
    {
      toOld: [
        [{ name: "a", note: "x" }, { name: "a" }],
        [{ name: "a" }],
        [{ id: 0, name: "a" }],
        [{ id: 1, name: "" }],
      ],
      toNew: [[{ name: "a" }], [{ id: 0, name: "a" }]],
    },
  ),
  exact(
    "the same, with pinned numbers",
    "note id name",
    [
      t.struct("shop.Order", { id: t.field(1, t.int32), name: t.field(2, t.string) }),
      t.struct("shop.Order", {
        note: t.field(3, t.optional(t.string)),
        id: t.field(1, t.int32),
        name: t.field(2, t.string),
      }),
    ],
    { toOld: [[{ name: "a", note: "x" }, { name: "a" }], [{ name: "a" }]], toNew: [[{ name: "a" }]] },
  ),
  change("remove an optional field", "note", [{ note: t.optional(t.string) }, {}], swap(addOptional)),
  change("remove a field with a default", "n", [{ n: t.default(t.int32, 9) }, {}], swap(addDefault)),
  change("remove a plain field", "n", [{ n: t.int32 }, {}], swap(addPlain)),
  change("remove a plain struct field", "item", [{ item: Item }, {}], swap(addStruct)),
  change(
    "remove an optional field before others",
    "note name",
    [{ note: t.optional(t.string), name: t.string }, { name: t.string }],
    { toOld: [[{ name: "a" }]], toNew: [[{ name: "a", note: "x" }, { name: "a" }], [{ name: "a" }]] },
  ),
  change(
    "the same, with pinned numbers",
    "note name",
    [{ note: t.optional(t.string), name: t.field(3, t.string) }, { name: t.field(3, t.string) }],
    { toOld: [[{ name: "a" }]], toNew: [[{ name: "a", note: "x" }, { name: "a" }], [{ name: "a" }]] },
  ),
  change(
    "make an optional field transient",
    "note",
    [{ note: t.optional(t.string) }, { note: t.transient(t.optional(t.string)) }],
    { toOld: [[{}]], toNew: [[{ note: "x" }, {}], [{}]] },
  ),
  change("rename a field", "note", [{ name: t.string }, { note: t.string }], {
    toOld: [[{ note: "a" }, { name: "a" }]],
    toNew: [[{ name: "a" }, { note: "a" }]],
  }),
  change(
    "reorder fields",
    "a n",
    [
      { a: t.string, n: t.int32 },
      { n: t.int32, a: t.string },
    ],
    same({ a: "x", n: 5 }, { a: "", n: 3 }, { a: "xyz", n: 0 }),
  ),
  change(
    "reorder fields with pinned numbers",
    "a n",
    [
      { a: t.field(2, t.string), n: t.field(3, t.int32) },
      { n: t.field(3, t.int32), a: t.field(2, t.string) },
    ],
    same({ a: "x", n: 5 }, { a: "", n: 3 }, { a: "xyz", n: 0 }),
  ),
  change(
    "reorder fields of one type",
    "a b",
    [
      { a: t.int32, b: t.int32 },
      { b: t.int32, a: t.int32 },
    ],
    same({ a: 5, b: 6 }),
  ),
  change("change a pinned number", "n", [{ n: t.field(4, t.int32) }, { n: t.field(5, t.int32) }], same({ n: 5 })),
  change("widen int32 → int64", "n", [{ n: t.int32 }, { n: t.int64 }], widen),
  change("widen int32 → int53", "n", [{ n: t.int32 }, { n: t.int53 }], widen53),
  change("widen float32 → float64", "n", [{ n: t.float32 }, { n: t.float64 }], {
    toOld: numbers([1.5, 1.5], [0.1, UNSAYABLE], [1e300, UNSAYABLE]),
    toNew: numbers([1.5, 1.5], [Math.fround(0.1), Math.fround(0.1)]),
  }),
  change("widen int32 → float64", "n", [{ n: t.int32 }, { n: t.float64 }], {
    toOld: numbers([5, 5], [0.5, UNSAYABLE]),
    toNew: numbers([5, 5], [-1, -1]),
  }),
  change("int53 → int64", "n", [{ n: t.int53 }, { n: t.int64 }], {
    toOld: numbers([5n, 5], [2n ** 60n, UNSAYABLE]),
    toNew: numbers([5, 5n], [2 ** 40, 2n ** 40n]),
  }),
  change("narrow int64 → int32", "n", [{ n: t.int64 }, { n: t.int32 }], swap(widen)),
  change("string → int32", "n", [{ n: t.string }, { n: t.int32 }], {
    toOld: numbers([5, "5"], [77, "77"]),
    toNew: numbers(["a", UNSAYABLE], ["5", 5]),
  }),
  change("string → bytes", "n", [{ n: t.string }, { n: t.bytes }], {
    toOld: numbers([Uint8Array.of(65, 66), UNSAYABLE], [Uint8Array.of(255), UNSAYABLE]),
    toNew: numbers(["abc", UNSAYABLE], ["QUI=", UNSAYABLE]),
  }),
  change("wrap in a list", "n", [{ n: t.int32 }, { n: t.list(t.int32) }], {
    toOld: numbers([[5], UNSAYABLE], [[5, 6], UNSAYABLE]),
    toNew: numbers([5, [5]], [77, [77]]),
  }),
  change("optional → plain", "n", [{ n: t.optional(t.int32) }, { n: t.int32 }], swap(optional)),
  change("plain → optional", "n", [{ n: t.int32 }, { n: t.optional(t.int32) }], optional),
  change("optional → plain, a struct", "item", [{ item: t.optional(Item) }, { item: Item }], {
    toOld: [[item]],
    toNew: [[item], [{ item: { sku: "", qty: 1 } }], [{}, UNSAYABLE]],
  }),
  change("plain → default", "n", [{ n: t.int32 }, { n: t.default(t.int32, 9) }], {
    toOld: [[{ n: 5 }], [{ n: 0 }], [{}, { n: 9 }]],
    toNew: [[{ n: 5 }], [{ n: 0 }]],
  }),
  change("default → plain", "n", [{ n: t.default(t.int32, 9) }, { n: t.int32 }], {
    toOld: [[{ n: 5 }], [{ n: 0 }]],
    toNew: [[{ n: 5 }], [{ n: 0 }], [{}, { n: 9 }]],
  }),
  change("change a default", "n", [{ n: t.default(t.int32, 9) }, { n: t.default(t.int32, 8) }], {
    toOld: [[{}, { n: 8 }], [{ n: 0 }]],
    toNew: [[{}, { n: 9 }], [{ n: 0 }]],
  }),
  change("add an enum member", "c", [{ c: colors("red", "green") }, { c: colors("red", "green", "blue") }], addMember),
  change(
    "add an enum member before others",
    "c",
    [{ c: colors("red", "green") }, { c: colors("blue", "red", "green") }],
    addMember,
  ),
  change(
    "remove an enum member",
    "c",
    [{ c: colors("red", "green", "blue") }, { c: colors("red", "green") }],
    swap(addMember),
  ),
  change(
    "reorder enum members",
    "c",
    [{ c: colors("red", "green") }, { c: colors("green", "red") }],
    same({ c: "red" }, { c: "green" }),
  ),
  change("rename an enum member", "c", [{ c: colors("red", "green") }, { c: colors("red", "lime") }], {
    toOld: [[{ c: "red" }], [{ c: "lime" }, { c: "green" }]],
    toNew: [[{ c: "red" }], [{ c: "green" }, { c: "lime" }]],
  }),
  change(
    "change an enum's numbers",
    "c",
    [{ c: t.enums("shop.Color", { red: 0, green: 1 }) }, { c: t.enums("shop.Color", { red: 0, green: 5 }) }],
    same({ c: "red" }, { c: "green" }),
  ),
  change(
    "add a union case",
    "pay",
    [{ pay: payments({ card: t.string }) }, { pay: payments({ card: t.string, cash: t.int32 }) }],
    addCase,
  ),
  change(
    "remove a union case",
    "pay",
    [{ pay: payments({ card: t.string, cash: t.int32 }) }, { pay: payments({ card: t.string }) }],
    swap(addCase),
  ),
  change(
    "reorder union cases",
    "pay",
    [{ pay: payments({ card: t.string, cash: t.int32 }) }, { pay: payments({ cash: t.int32, card: t.string }) }],
    same(card, cash, { pay: { kind: "card", value: "" } }),
  ),
  exact(
    "rename a struct",
    "shop.Purchase",
    [order({ n: t.int32 }), t.struct("shop.Purchase", { id: t.int32, n: t.int32 })],
    same({ n: 5 }),
  ),
  exact(
    "change a struct's version id",
    "shop.Order",
    [
      t.struct("shop.Order", { id: t.int32, n: t.int32 }, { version: "1" }),
      t.struct("shop.Order", { id: t.int32, n: t.int32 }, { version: "2" }),
    ],
    same({ n: 5 }),
  ),
  change(
    "change t.encoded for protobuf",
    "n",
    [{ n: t.int32 }, { n: t.encoded(t.int32, { protobuf: "sint32" }) }],
    same({ n: 5 }, { n: -1 }),
  ),
];
