/**
 * A JSON object taken apart as far as somebody looks into it: what nobody does stays the text that it was, so that numbers too
 * great for a double are not read as one.
 */
export type JsonTree = Map<string, JsonTree | string>;

/** The members of what is known to be the text of a JSON object. */
export function readTree(text: string): JsonTree {
  const members: JsonTree = new Map();
  let at = skipBlank(text, text.indexOf("{") + 1);
  while (text[at] !== "}") {
    const colon = skipString(text, at);
    const name = JSON.parse(text.slice(at, colon)) as string;
    const start = skipBlank(text, skipBlank(text, colon) + 1);
    const end = skipValue(text, start);
    members.set(name, text.slice(start, end));
    at = skipBlank(text, end);
    if (text[at] === ",") at = skipBlank(text, at + 1);
  }
  return members;
}

export function printTree(tree: JsonTree): string {
  const members = [...tree].map(([name, value]) => {
    return `${JSON.stringify(name)}:${typeof value === "string" ? value : printTree(value)}`;
  });
  return `{${members.join(",")}}`;
}

/** Puts the text of a value where `names` lead to; what is no object on the way stays, for who reads it to refuse. */
export function setIn(tree: JsonTree, [name = "", ...more]: readonly string[], value: string): void {
  if (more.length === 0) {
    tree.set(name, value);
    return;
  }
  let inner = tree.get(name) ?? "null";
  if (typeof inner === "string") {
    if (inner === "null") inner = new Map();
    else if (inner.startsWith("{")) inner = readTree(inner);
    else return;
    tree.set(name, inner);
  }
  setIn(inner, more, value);
}

const BLANK = /[ \t\r\n]/;

function skipBlank(text: string, start: number): number {
  let at = start;
  while (BLANK.test(text.charAt(at))) at++;
  return at;
}

function skipString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function skipValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const one = text[at];
    if (one === '"') {
      at = skipString(text, at);
      continue;
    }
    if (one === "{" || one === "[") depth++;
    else if (one === "}" || one === "]") depth--;
    else if (depth === 0) return skipWord(text, at);
    at++;
  } while (depth > 0);
  return at;
}

function skipWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[,}\] \t\r\n]/.test(text.charAt(at))) at++;
  return at;
}
