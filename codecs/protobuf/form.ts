import { RpcError } from "../../core/error.ts";
import type { Encodable, Field, MapType, ScalarType, Type } from "../../core/type/type.ts";
import { type SeenTypes, walkType } from "../../core/type/walk.ts";

/** One of Protobuf's integer types. */
export interface IntegerForm {
  readonly word: string;
  readonly layout: "varint" | "zigzag" | "fixed32" | "fixed64";
  readonly min: bigint;
  readonly max: bigint;
}

function form(word: string, layout: IntegerForm["layout"]): [string, IntegerForm] {
  const bits = word.endsWith("32") ? 32n : 64n;
  const signed = !/^(uint|fixed)/.test(word);
  const max = 2n ** (signed ? bits - 1n : bits) - 1n;
  return [word, Object.freeze({ word, layout, min: signed ? -max - 1n : 0n, max })];
}

const integers: ReadonlyMap<string, IntegerForm> = new Map([
  form("int32", "varint"),
  form("int64", "varint"),
  form("uint32", "varint"),
  form("uint64", "varint"),
  form("sint32", "zigzag"),
  form("sint64", "zigzag"),
  form("fixed32", "fixed32"),
  form("fixed64", "fixed64"),
  form("sfixed32", "fixed32"),
  form("sfixed64", "fixed64"),
]);

/** What stands in the messages that hold one scalar: an integer's word, or a kind. */
const wrappers: ReadonlyMap<string, string> = new Map([
  ["google.protobuf.BoolValue", "bool"],
  ["google.protobuf.Int32Value", "int32"],
  ["google.protobuf.Int64Value", "int64"],
  ["google.protobuf.UInt32Value", "uint32"],
  ["google.protobuf.UInt64Value", "uint64"],
  ["google.protobuf.FloatValue", "float32"],
  ["google.protobuf.DoubleValue", "float64"],
  ["google.protobuf.StringValue", "string"],
  ["google.protobuf.BytesValue", "bytes"],
]);

/** The word of `t.encoded` for this codec. */
export function wordOf(type: Type | Field): string | undefined {
  return (type as Encodable).encoding?.["protobuf"];
}

/** How a scalar is written that has a word; `undefined` where it is written as ever. */
export function integerForm(type: Type): IntegerForm | undefined {
  return type.kind === "map" ? undefined : integers.get(wordOf(type) ?? "");
}

/** What the keys of a map are on the wire; `undefined` for strings. */
export function keyForm(type: MapType): IntegerForm | "bool" | undefined {
  const word = wordOf(type);
  return word === "bool" ? word : integers.get(word ?? "");
}

/** The key of an entry that has none. */
export function zeroKey(form: IntegerForm | "bool" | undefined): string {
  if (form === undefined) return "";
  return form === "bool" ? "false" : "0";
}

/** What a scalar is inside a message like google.protobuf.StringValue; `undefined` where it is in none. */
export function unwrapped(type: Type): ScalarType | undefined {
  const inside = wrappers.get(wordOf(type) ?? "");
  if (inside === undefined) return undefined;
  return Object.freeze({ ...(type as ScalarType), encoding: integers.has(inside) ? { protobuf: inside } : {} });
}

/** Refuses a type with a word that this codec does not know, and names the field. */
export function checkForms(type: Type, path: string, seen?: SeenTypes): void {
  const visitor = {
    type: (one: Type, at: string) => checkWord(at, one.kind, wordOf(one), () => wordsFor(one)),
    field: (field: Field, at: string) => checkWord(at, "the absence of a field", wordOf(field), () => []),
  };
  walkType(type, path, visitor, seen);
}

function checkWord(path: string, what: string, word: string | undefined, wordsOf: () => readonly string[]): void {
  if (word === undefined) return;
  const words = wordsOf();
  if (words.includes(word)) return;
  const remedy = words.length === 0 ? "leave t.encoded out" : `use ${words.join(", ")}`;
  throw new RpcError({
    code: "FAILED_PRECONDITION",
    message: `${path}: protobuf cannot write ${what} as ${word}; ${remedy}`,
  });
}

function wordsFor({ kind }: Type): string[] {
  if (kind === "map") return ["string", "bool", ...integers.keys()];
  const whole = kind === "int32" || kind === "int53" || kind === "int64" || kind === "decimal";
  const inside = whole ? [...integers.keys()] : [kind];
  const around = [...wrappers.keys()].filter((name) => inside.includes(wrappers.get(name) as string));
  return whole ? [...inside, ...around] : around;
}
