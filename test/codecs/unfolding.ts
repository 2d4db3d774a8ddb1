import { Output } from "../../core/bytes/output.ts";
import type { Codec } from "../../core/codec.ts";
import { t } from "../../core/schema/t.ts";
import type { ListType, MapType, StructType, Type } from "../../core/type/type.ts";
import { encode } from "./suite.ts";
import { Empty, holding } from "./types.ts";

/** A small message that hostile bytes repeat: a list of `item`s, each made anew. */
export interface Unfolding {
  readonly name: string;
  readonly type: Type;
  readonly item: () => unknown;
}

const Tree = t.struct("test.Tree", {
  get maps(): MapType {
    return t.map(Tree);
  },
  get lists(): ListType {
    return t.list(Tree);
  },
});
const named = (count: number, of: (i: number) => unknown): Record<string, never> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, of(i)])) as Record<string, never>;
const Wide = t.struct(
  "test.Wide",
  named(40, () => t.optional(t.int32)),
);
const Defaults = t.struct(
  "test.Defaults",
  named(8, () => t.default(t.list(t.string), ["a", "b"])),
);
const Lists = t.struct(
  "test.Lists",
  named(8, () => t.list(t.int32)),
);
let made = 0;
/** A map as JSON.parse makes it, which does not itself unfold. */
const map = (...keys: string[]): unknown => JSON.parse(`{${keys.map((key) => `"${key}":1`).join()}}`);
const nested = (depth: number, key: string): unknown => {
  const value = JSON.parse(`${`{"maps":{"${key}":`.repeat(depth)}{"maps":{},"lists":[]}${"}}".repeat(depth)}`);
  for (let one = value; one.lists === undefined; one = one.maps[key]) one.lists = [];
  return value;
};
const deep = (depth: number, open: string, close: string, inside = ""): unknown =>
  JSON.parse(open.repeat(depth) + inside + close.repeat(depth));

const typed: readonly Unfolding[] = [
  { name: "maps with a key like an index", type: t.map(t.int32), item: () => map("1023") },
  { name: "maps with two", type: t.map(t.int32), item: () => map("1023", "2575") },
  { name: "maps with a low one", type: t.map(t.int32), item: () => map("7") },
  { name: "maps with the highest", type: t.map(t.int32), item: () => map("4294967294") },
  { name: "maps with an index after names", type: t.map(t.int32), item: () => map("a", "1023") },
  { name: "maps with names of their own", type: t.map(t.int32), item: () => map((made++).toString(36)) },
  {
    name: "maps with many names of their own",
    type: t.map(t.int32),
    item: () => map(...Array.from({ length: 12 }, () => `k${(made++).toString(36)}`)),
  },
  { name: "empty maps", type: t.map(t.int32), item: () => ({}) },
  { name: "maps inside maps", type: Tree, item: () => nested(20, "1023") },
  { name: "empty lists", type: t.list(t.int32), item: () => [] },
  { name: "lists of one", type: t.list(t.int32), item: () => [0] },
  { name: "lists of lists of lists", type: t.list(t.list(t.list(t.int32))), item: () => [[[0]]] },
  { name: "empty structs", type: Empty, item: () => ({}) },
  { name: "structs of what is optional", type: Wide, item: () => ({}) },
  {
    name: "structs of what is optional, each with other fields",
    type: Wide,
    item: () => Object.fromEntries(Object.entries(named(40, () => 0)).filter(() => Math.random() < 0.5)),
  },
  { name: "structs of defaults", type: Defaults, item: () => ({}) },
  { name: "structs of empty lists", type: Lists, item: () => named(8, () => []) },
  { name: "structs of lists of one", type: Lists, item: () => named(8, () => [0]) },
  {
    name: "optional structs",
    type: t.struct("test.Maybe", { empty: t.optional(Empty), list: t.optional(t.list(Empty)) }),
    item: () => ({ empty: {}, list: [{}, {}] }),
  },
  { name: "unions", type: t.union("test.Case", { a: Empty, b: t.int32 }), item: () => ({ kind: "a", value: {} }) },
  { name: "empty bytes", type: t.bytes, item: () => new Uint8Array(0) },
  { name: "short bytes", type: t.bytes, item: () => new Uint8Array(1) },
  { name: "moments", type: t.timestamp, item: () => new Date(0) },
  { name: "long integers", type: t.int64, item: () => 1n },
  { name: "empty text", type: t.string, item: () => "" },
  { name: "short text", type: t.string, item: () => "ab" },
  { name: "decimals", type: t.decimal, item: () => "0" },
  { name: "zeros", type: t.int32, item: () => 0 },
  { name: "floats", type: t.float64, item: () => 0.5 },
];

const untyped: readonly Unfolding[] = [
  { name: "untyped maps with a key like an index", type: t.any, item: () => map("1023") },
  { name: "untyped maps with two", type: t.any, item: () => map("1023", "2575") },
  { name: "untyped maps with names of their own", type: t.any, item: () => map((made++).toString(36)) },
  { name: "untyped maps inside maps", type: t.any, item: () => deep(40, '{"1023":', "}", "1") },
  { name: "untyped nothing", type: t.any, item: () => null },
  { name: "untyped empty maps", type: t.any, item: () => ({}) },
  { name: "untyped empty lists", type: t.any, item: () => [] },
  { name: "untyped lists of one", type: t.any, item: () => [0] },
  { name: "untyped lists inside lists", type: t.any, item: () => deep(40, "[", "]") },
  { name: "untyped long integers", type: t.any, item: () => 2n ** 40n },
  { name: "untyped bytes", type: t.any, item: () => new Uint8Array(0) },
  { name: "untyped moments", type: t.any, item: () => new Date(0) },
  { name: "untyped text", type: t.any, item: () => "ab" },
];

export function unfoldings(codec: Codec): readonly Unfolding[] {
  return codec.selfDescribing ? [...typed, ...untyped] : typed;
}

const latin = (...bytes: number[]): string => Buffer.from(bytes).toString("latin1");

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

interface ListForm {
  /** What comes before the list and after its items. */
  readonly around: readonly [before: string, after: string];
  /** The bytes of the head of a list of one; the head of a longer one. */
  readonly headBytes: number;
  readonly head: (count: number) => string;
}

/** How each codec writes a struct with one list. */
const forms: Readonly<Record<string, (empty: string) => ListForm>> = {
  json: () => ({ around: ['{"value":', "]}"], headBytes: 1, head: () => "[" }),
  msgpack: () => {
    const head = (count: number): string => latin(0xdd, count >>> 24, count >>> 16, count >>> 8, count);
    return { around: [latin(0x91), ""], headBytes: 1, head };
  },
  protobuf: () => ({ around: ["", ""], headBytes: 0, head: () => "" }),
  avro: () => ({ around: ["", "\0"], headBytes: 1, head: (count) => latin(...varint(2 * count)) }),
  // A list of unknown length, which `Z` ends.
  hessian2: (empty) => ({ around: [empty.slice(0, -1), ""], headBytes: 1, head: () => "W" }),
};

/** A message of some `size` bytes, made without the value that it unfolds to. */
export function unfoldingMessage(codec: Codec, { type, item }: Unfolding, size: number): [StructType, Uint8Array] {
  const holder = holding(type.kind === "any" ? type : t.list(type as never)) as StructType;
  const { encodeInto } = codec.compile(holder, holder);
  const write = (value: unknown[]): string => {
    const out = new Output(64);
    encodeInto({ value }, out);
    return Buffer.from(out.toBytes()).toString("latin1");
  };
  const one = item();
  // Protobuf packs numbers, whose items alone are nothing.
  if (codec.name === "protobuf" && write([one, one]).length < 2 * write([one]).length)
    return [holder, encode(codec, holder, { value: new Array(size).fill(one) })];
  const { around, headBytes, head } = (forms[codec.name] as (typeof forms)[string])(write([]));
  const [before, after] = around;
  const items = (list: string): string => list.slice(before.length + headBytes, list.length - after.length);
  const pieces = [items(write([one]))];
  const length = (pieces[0] as string).length;
  // What comes again may be shorter than what comes first, which defines a class.
  const next = (): string => items(write([one, item()])).slice(length);
  const [again, another, third] = [next(), next(), next()];
  const same = again === another && again === third;
  const count = again.length === 0 ? size : Math.ceil(size / again.length);
  while (pieces.length < count) pieces.push(same ? again : next());
  const end = codec.name === "hessian2" ? "Z" : after;
  return [holder, Buffer.from(before + head(count) + pieces.join("") + end, "latin1")];
}
