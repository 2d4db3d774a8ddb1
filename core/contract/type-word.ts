import type { Encodable, EnumType, ErrorType, ScalarType, StructType, Type, UnionType } from "../type/type.ts";

export type NamedType = StructType | UnionType | EnumType | ErrorType;

export const scalarWords = "bool int32 int53 int64 decimal float32 float64 string bytes timestamp any".split(
  " ",
) as ScalarType["kind"][];
const scalars: ReadonlySet<string> = new Set(scalarWords);

/** A type as a word, by which contracts name it: `int32`, `list<shop.Item>`, `int32{protobuf=sint32}`. */
export function typeWord(type: Type, idOf: (type: NamedType) => string): string {
  switch (type.kind) {
    case "list":
      return `list<${typeWord(type.item, idOf)}>`;
    case "map":
      return `map<${typeWord(type.value, idOf)}>${formWord(type)}`;
    case "enum":
    case "struct":
    case "union":
      return idOf(type);
    default:
      return type.kind + formWord(type);
  }
}

function formWord({ encoding = {} }: Encodable): string {
  const words = Object.keys(encoding).map((codec) => `${codec}=${encoding[codec]}`);
  return words.length === 0 ? "" : `{${words.sort().join()}}`;
}

export interface Wrapper extends Encodable {
  readonly kind: "list" | "map";
}

/** A type's word taken apart: `list<map<shop.Item>{protobuf=int32}>`. */
export interface Word {
  /** The lists and maps around it, the innermost first. */
  readonly wrappers: readonly Wrapper[];
  /** Whether the innermost is a scalar; else it is the name of a type. */
  readonly scalar: boolean;
  readonly name: string;
  /** The form that stands here. A named type has its form where it is described. */
  readonly form: Encodable;
}

/** Goes through the word once, however deep it nests. What is no word comes back as a name that no type has. */
export function parseWord(word: string): Word {
  const wrappers: Wrapper[] = [];
  let from = 0;
  let end = word.length;
  for (;;) {
    const kind = word.startsWith("list<", from) ? "list" : word.startsWith("map<", from) ? "map" : undefined;
    if (kind === undefined) break;
    const form = formAt(word, from, end);
    const last = form?.at ?? end;
    if (word[last - 1] !== ">" || (form !== undefined && kind === "list")) break;
    wrappers.push({ kind, ...encodingOf(form?.text) });
    from += kind.length + 1;
    end = last - 1;
  }
  wrappers.reverse();
  const form = formAt(word, from, end);
  const name = word.slice(from, form?.at ?? end);
  return { wrappers, scalar: scalars.has(name), name, form: encodingOf(form?.text) };
}

/** How many lists and maps there are around the innermost type. */
export function nesting(word: string): number {
  let levels = 0;
  for (let at = 0; ; levels++) {
    if (word.startsWith("list<", at)) at += 5;
    else if (word.startsWith("map<", at)) at += 4;
    else return levels;
  }
}

/** `{protobuf=sint32}` before `end`. */
function formAt(word: string, from: number, end: number): { readonly at: number; readonly text: string } | undefined {
  if (word[end - 1] !== "}") return undefined;
  const at = word.lastIndexOf("{", end - 1);
  return at <= from || at === end - 2 ? undefined : { at, text: word.slice(at + 1, end - 1) };
}

function encodingOf(printed: string | undefined): Encodable {
  if (printed === undefined) return {};
  return { encoding: Object.freeze(Object.fromEntries(printed.split(",").map(words))) };
}

function words(pair: string): [codec: string, form: string] {
  const [codec = "", form = ""] = pair.split("=");
  return [codec, form];
}
