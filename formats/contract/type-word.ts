import { t } from "../../core/schema/t.ts";
import type { Encodable, ScalarType, Type } from "../../core/type/type.ts";
import { InputError } from "../input-error.ts";
import type { NamedType } from "../schema-file.ts";

export const scalarWords = "bool int32 int53 int64 decimal float32 float64 string bytes timestamp any".split(
  " ",
) as ScalarType["kind"][];
/** Each `list<` costs the length of what is left, so that a long word is no type but an attack or a mistake. */
const MAX_WORD = 1000;

/** A type as a word, as printed contracts have it: `int32`, `list<shop.Item>`, `int32{protobuf=sint32}`. */
export function typeWord(type: Type, idOf: (type: NamedType) => string): string {
  switch (type.kind) {
    case "list":
      return `list<${typeWord(type.item, idOf)}>`;
    case "map":
      return `map<${typeWord(type.value, idOf)}>${encodingWord(type)}`;
    case "enum":
    case "struct":
    case "union":
      return idOf(type);
    default:
      return type.kind + encodingWord(type);
  }
}

function encodingWord({ encoding = {} }: Encodable): string {
  const words = Object.keys(encoding).map((codec) => `${codec}=${encoding[codec]}`);
  return words.length === 0 ? "" : `{${words.sort().join()}}`;
}

/** The type that a word stands for; `named` gives the named ones. */
export function readTypeWord(word: unknown, named: (id: string) => Type): Type {
  if (typeof word !== "string" || word.length > MAX_WORD) throw new InputError(`${JSON.stringify(word)} is not a type`);
  const [, plain = "", encoding] = /^(.*?)(?:\{([^{}]*)\})?$/s.exec(word) ?? [];
  const type = readPlain(plain, named);
  if (encoding === undefined) return type;
  const forms = Object.fromEntries(encoding.split(",").map((form) => form.split("=", 2)));
  return t.encoded(type as ScalarType, forms as Record<string, string>);
}

function readPlain(word: string, named: (id: string) => Type): Type {
  if ((scalarWords as string[]).includes(word)) return t[word as ScalarType["kind"]];
  const [, container, inner] = /^(list|map)<(.*)>$/s.exec(word) ?? [];
  if (inner === undefined) return named(word);
  return container === "list" ? t.list(readTypeWord(inner, named)) : t.map(readTypeWord(inner, named));
}
