import { expressionAt, parts, texts } from "./literal.ts";
import type { Source } from "./sources.ts";

/** A message that a user can meet, `{}` where a value stands. */
export interface Message {
  /** A code, `TypeError`, or `any` where the code came over the wire. */
  readonly code: string;
  readonly text: string;
  /** Where it is made: `core/schema/t.ts:47`. */
  readonly at: string;
}

const MADE = /(?<!function )\b(?:new (RpcError|TypeError|RangeError)|(protocolError)|(?:RpcError\.|static )(from))\(/g;

/** Every error that a file makes. One whose message is not written out has the text `undefined`. */
export function messagesOf({ path, text }: Source): Message[] {
  return [...text.matchAll(MADE)].flatMap((match): Message[] => {
    const [, made, protocol, from] = match;
    const open = match.index + match[0].length - 1;
    const at = `${path}:${text.slice(0, open).split("\n").length}`;
    const before = text.slice(0, open);
    const [first = "", second = ""] = parts(text, open);
    if (from) return texts(second).map((message) => ({ code: "UNKNOWN", text: message, at }));
    if (protocol) return written(first, before).map((what) => protocolMessage(what, at));
    if (made !== "RpcError")
      return written(first, before).map((message) => ({ code: made as string, text: message, at }));
    const members = first.startsWith("{") ? parts(first, 0) : [];
    const codes = valuesOf(members, "code", before).map((code) => (code === "undefined" ? "any" : code));
    return valuesOf(members, "message", before).map((message, i) => ({
      code: codes[i] ?? codes[0] ?? "any",
      text: message,
      at,
    }));
  });
}

function protocolMessage(what: string, at: string): Message {
  return { code: "INTERNAL", text: `protocol error: ${what}; the connection is cut`, at };
}

function valuesOf(members: readonly string[], name: string, before: string): string[] {
  if (members.includes(name)) return written(name, before);
  const member = members.find((one) => one.startsWith(`${name}:`));
  return member === undefined ? ["undefined"] : written(member.slice(name.length + 1).trim(), before);
}

/** The texts of an expression; of a name, those of the last `const` of that name. */
function written(expression: string, before: string): string[] {
  const found = texts(expression);
  if (found.length > 0) return found;
  const declared = /^[a-z][A-Za-z]*$/.test(expression) ? before.lastIndexOf(`const ${expression} =`) : -1;
  const value = declared < 0 ? [] : texts(expressionAt(before, declared + `const ${expression} =`.length));
  return value.length > 0 ? value : ["undefined"];
}
