/** Every character at which a line may end, so that no line of a text begins outside of the comment. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

/** A text of a schema file as a JSDoc comment with the end of its line; nothing where there is no text. */
export function docComment(text = ""): string {
  const lines = text.split(LINE_END).map((line) => line.trimEnd().replaceAll("*/", "*\\/"));
  const [first = "", second] = trimmed(lines);
  if (first === "") return "";
  // On the last line of a comment, the compiler would obey @ts-expect-error.
  if (second === undefined && !first.startsWith("@")) return `/** ${first} */\n`;
  return `/**\n${trimmed(lines)
    .map((line) => ` * ${line}`.trimEnd())
    .join("\n")}\n */\n`;
}

/** Without empty lines above and below. */
function trimmed(lines: readonly string[]): string[] {
  return lines.slice(
    lines.findIndex((line) => line !== ""),
    lines.findLastIndex((line) => line !== "") + 1,
  );
}

/** The same as a comment of one line, whatever is in it. */
export function lineComment(text: string): string {
  return `// ${text.split(LINE_END).join(" ")}`;
}
