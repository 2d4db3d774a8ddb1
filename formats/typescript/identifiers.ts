import { capitalised } from "../../core/capitalised.ts";

/** What cannot name a variable or parameter of a module, or would hide something that the module uses. */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof var void while with yield undefined NaN Infinity " +
    "any bigint boolean never number object string symbol unknown " +
    "Array AsyncIterable Date Error Number Object Promise Record Symbol Uint8Array " +
    "AnyType Infer Topic anyOf arg oneway rpc service stream t topic unimplemented"
  ).split(" "),
);

/**
 * The words for a qualified name, the best first: in a module of the package `shop`, `Order` for `shop.Order`, `OrderLine`
 * for `shop.Order.Line`, and `TreeNode` for `tree.Node`.
 */
export function identifiersOf(name: string, packages: Iterable<string>): string[] {
  const prefixes = [...packages].filter((one) => name.startsWith(`${one}.`)).map((one) => one.length + 1);
  return [joined(name.slice(Math.max(0, ...prefixes))), joined(name)];
}

function joined(name: string): string {
  return name.split(".").map(capitalised).join("");
}

/** A parameter's identifier; the name on the wire stands in `arg`. */
export function parameterIdentifiers(names: readonly string[]): string[] {
  const taken = new Set<string>(names);
  return names.map((name) => {
    if (!reservedWords.has(name)) return name;
    let free = `${name}_`;
    while (taken.has(free)) free += "_";
    taken.add(free);
    return free;
  });
}
