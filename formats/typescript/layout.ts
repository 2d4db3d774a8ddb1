const WIDTH = 120;

/** `head{ a, b }tail` on one line where it fits behind `indent` columns, else one entry to a line, as formatters do. */
export function braces(head: string, entries: readonly string[], tail: string, indent = 0): string {
  const line = entries.length === 0 ? `${head}{}${tail}` : `${head}{ ${entries.join(", ")} }${tail}`;
  return entries.length === 0 || fits(line, indent) ? line : `${head}{\n${rows(entries)}}${tail}`;
}

/** The same with `[a, b]`. */
export function list(head: string, entries: readonly string[], tail: string, indent = 0): string {
  const line = `${head}[${entries.join(", ")}]${tail}`;
  return fits(line, indent) ? line : `${head}[\n${rows(entries)}]${tail}`;
}

/** The same with `(a, b)`. */
export function parentheses(head: string, entries: readonly string[], tail: string, indent = 0): string {
  const line = `${head}(${entries.join(", ")})${tail}`;
  return entries.length === 0 || fits(line, indent) ? line : `${head}(\n${rows(entries)})${tail}`;
}

function fits(line: string, indent: number): boolean {
  return indent + line.length <= WIDTH && !line.includes("\n");
}

function rows(entries: readonly string[]): string {
  return entries.map((entry) => `${indented(entry)},\n`).join("");
}

/** A call that declares a type: its name and its fields, and behind them further options if it has some. */
export function declaration(head: string, name: string, fields: readonly string[], options: string): string {
  const short = braces(`${head}(${name}, `, fields, options === "" ? ");" : `, ${options});`);
  if (options === "" || !short.includes("\n")) return short;
  return `${head}(\n${indented(`${name},\n${braces("", fields, "", WIDTH)},\n${options},`)}\n);`;
}

export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
