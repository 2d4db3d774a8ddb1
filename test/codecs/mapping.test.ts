import { readFileSync } from "node:fs";
import { expect } from "chai";
import { avro } from "../../codecs/avro/index.ts";
import { json } from "../../codecs/json/index.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import type { Codec } from "../../core/codec.ts";
import { t } from "../../core/schema/t.ts";
import type { MapType, ScalarType } from "../../core/type/type.ts";
import { contractOf, defineService, rpc } from "../../index.ts";
import { decode, encode } from "./suite.ts";
import { holding, Item, Node, Payment } from "./types.ts";

const Color = t.enums("shop.Color", ["red", "green", "blue"]);
const Level = t.enums("shop.Level", { none: 0, low: -1, high: 9 });
const protobufs = <T extends ScalarType | MapType>(type: T, word: string): T => t.encoded(type, { protobuf: word });
const Total = contractOf(defineService("shop.Orders", {}, { total: rpc({ returns: t.int64 }) })).methods[0]?.response;

/** Type and value as the page has them; where they are not the field `value` of a struct, the struct too. */
const rows: readonly (readonly [string, unknown, unknown])[] = [
  ["`t.bool`, true", t.bool, true],
  ["`t.int32`, -1", t.int32, -1],
  ["`t.int32`, 0", t.int32, 0],
  ["`t.int53`, 2^32", t.int53, 2 ** 32],
  ["`t.int64`, 5", t.int64, 5n],
  ["`t.decimal`, -12.50", t.decimal, "-12.50"],
  ["`t.float32`, 0.5", t.float32, 0.5],
  ["`t.float64`, 1", t.float64, 1],
  ["`t.string`, é", t.string, "é"],
  ["`t.bytes`, 1 2", t.bytes, Uint8Array.of(1, 2)],
  ["`t.timestamp`, 1970-01-01T00:00:01.001Z", t.timestamp, new Date(1001)],
  ["`t.enums`, the first member", Color, "red"],
  ["`t.enums`, the third member", Color, "blue"],
  ["`t.optional(t.int32)`, absent", t.optional(t.int32), undefined],
  ["`t.optional(t.int32)`, 0", t.optional(t.int32), 0],
  ["`t.optional(t.list(t.int32))`, empty", t.optional(t.list(t.int32)), []],
  ["`t.default(t.int32, 7)`, absent", t.default(t.int32, 7), undefined],
  ["`t.default(t.int32, 7)`, 0", t.default(t.int32, 7), 0],
  ["`t.list(t.int32)`, empty", t.list(t.int32), []],
  ["`t.list(t.int32)`, 1 150", t.list(t.int32), [1, 150]],
  ["`t.list(t.string)`, a", t.list(t.string), ["a"]],
  ["`t.list(t.list(t.int32))`, [1] []", t.list(t.list(t.int32)), [[1], []]],
  ["`t.map(t.int32)`, a: 1", t.map(t.int32), { a: 1 }],
  ["`t.map(t.list(t.int32))`, a: [1]", t.map(t.list(t.int32)), { a: [1] }],
  ['`t.struct`, `{ sku: "s", qty: 1, price: 1 }`', Item, { sku: "s", qty: 1, price: 1 }],
  ["`t.union`, card: 4", Payment, { kind: "card", value: "4" }],
  ['`t.union`, cash: `{ amount: "1" }`', Payment, { kind: "cash", value: { amount: "1" } }],
  [
    'recursion, `{ name: "a", children: [{ name: "b", children: [] }] }`',
    Node,
    { name: "a", children: [{ name: "b", children: [] }] },
  ],
  ["`t.enums` with numbers, high: 9", Level, "high"],
  ["`t.enums` with numbers, low: -1", Level, "low"],
  ["`t.int32` as `sint32`, -1", protobufs(t.int32, "sint32"), -1],
  ["`t.int53` as `uint32`, 2^32-1", protobufs(t.int53, "uint32"), 2 ** 32 - 1],
  ["`t.int53` as `fixed32`, 1", protobufs(t.int53, "fixed32"), 1],
  ["`t.int64` as `sfixed64`, -1", protobufs(t.int64, "sfixed64"), -1n],
  ["`t.decimal` as `uint64`, 2^64-1", protobufs(t.decimal, "uint64"), String(2n ** 64n - 1n)],
  ["a list of `t.int32` as `sint32`, -1 1", t.list(protobufs(t.int32, "sint32")), [-1, 1]],
  ["`t.map(t.int32)` as `int32`, 5: 1", protobufs(t.map(t.int32), "int32"), { 5: 1 }],
  ["`t.map(t.int32)` as `bool`, true: 1", protobufs(t.map(t.int32), "bool"), { true: 1 }],
  ["`t.string` as `google.protobuf.StringValue`, a", protobufs(t.string, "google.protobuf.StringValue"), "a"],
  ["`t.bytes` as `fixed:2`, 1 2", t.encoded(t.bytes, { avro: "fixed:2" }), Uint8Array.of(1, 2)],
  ["`t.decimal` as `decimal:6.2`, -12.50", t.encoded(t.decimal, { avro: "decimal:6.2" }), "-12.50"],
  ["`t.union` as `union`, card: 4", t.encoded(Payment, { avro: "union" }), { kind: "card", value: "4" }],
  ["`t.optional(t.int32)` as `null:1`, absent", t.encoded(t.optional(t.int32), { avro: "null:1" }), undefined],
  ["`t.optional(t.int32)` as `null:1`, 0", t.encoded(t.optional(t.int32), { avro: "null:1" }), 0],
  ["`t.struct` without fields as `null`", t.encoded(t.struct("Null", {}), { avro: "null" }), {}],
];

const codecs: readonly Codec[] = [json(), msgpack(), protobuf(), avro()];

function row(what: string, type: unknown, value: object): string {
  const cells = codecs.map((codec) => {
    const bytes = Buffer.from(encode(codec, type, value));
    const text = codec.name === "json" ? bytes.toString() : bytes.toString("hex");
    return text === "" ? "(nothing)" : `\`${text}\``;
  });
  return `| ${what} | ${cells.join(" | ")} |`;
}

describe("docs/mapping.md", () => {
  const page = readFileSync(new URL("../../docs/mapping.md", import.meta.url), "utf8").split("\n");
  const table = page.slice(page.indexOf("## Golden bytes")).filter((line) => /^\| [^|]/.test(line));

  it("has the bytes of every codec", () => {
    const expected = rows.map(([what, type, value]) => row(what, holding(type), value === undefined ? {} : { value }));
    expected.push(row("a result, `t.int64`, 5", Total, { result: 5n }));
    expect(table.join("\n")).to.equal(expected.join("\n"));
  });

  it("has values that every codec reads back", () => {
    for (const [what, type, value] of rows) {
      const given = value === undefined ? {} : { value };
      const read = what.includes("default") && value === undefined ? { value: 7 } : given;
      for (const codec of codecs) {
        const holder = holding(type);
        expect(decode(codec, holder, holder, encode(codec, holder, given)), what).to.deep.equal(read);
      }
    }
  });
});
