const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Where the string or template that begins at `from` ends, and its text with `{}` for each `${…}`. */
function readText(code: string, from: number): { end: number; text: string } {
  const quote = code[from] as string;
  let text = "";
  for (let i = from + 1; i < code.length; i++) {
    const char = code[i] as string;
    if (char === quote) return { end: i + 1, text };
    if (char === "\\") text += code[++i];
    else if (quote === "`" && code.startsWith("${", i)) {
      i = skip(code, i + 1) - 1;
      text += "{}";
    } else text += char;
  }
  throw new Error(`a text without an end: ${code.slice(from, from + 40)}`);
}

/** The end of what begins at `from`: a text, a bracket and all that is in it, a comment, or one character. */
function skip(code: string, from: number): number {
  const char = code[from] as string;
  if (char === '"' || char === "'" || char === "`") return readText(code, from).end;
  if (code.startsWith("//", from)) return endOf(code, "\n", from);
  if (code.startsWith("/*", from)) return endOf(code, "*/", from);
  const closing = CLOSING[char];
  if (closing === undefined) return from + 1;
  let i = from + 1;
  while (code[i] !== closing) {
    if (i >= code.length) throw new Error(`a bracket without an end: ${code.slice(from, from + 40)}`);
    i = skip(code, i);
  }
  return i + 1;
}

function endOf(code: string, mark: string, from: number): number {
  const at = code.indexOf(mark, from);
  return at < 0 ? code.length : at + mark.length;
}

/** The parts, between commas, of the bracket that begins at `from`. */
export function parts(code: string, from: number): string[] {
  const end = skip(code, from) - 1;
  const found: string[] = [];
  let start = from + 1;
  for (let i = start; i < end; i = skip(code, i)) {
    if (code[i] !== ",") continue;
    found.push(code.slice(start, i).trim());
    start = i + 1;
  }
  found.push(code.slice(start, end).trim());
  return found.filter((part) => part !== "");
}

/** The expression that begins at `from` and ends at a semicolon. */
export function expressionAt(code: string, from: number): string {
  let i = from;
  while (i < code.length && code[i] !== ";") i = skip(code, i);
  return code.slice(from, i).trim();
}

/** The texts that an expression may be: one, or one for each branch of `a ? b : c`. None where it is not written out. */
export function texts(expression: string): string[] {
  let branch = 0;
  for (let i = 0; i < expression.length; i = skip(expression, i)) {
    if (expression[i] === "?" && expression[i + 1] !== "?" && expression[i - 1] !== "?" && expression[i + 1] !== ".") {
      branch = i + 1;
      break;
    }
  }
  const found: string[] = [];
  for (let i = branch; i < expression.length; i = skip(expression, i)) {
    if (/["'`]/.test(expression[i] as string)) found.push(readText(expression, i).text);
  }
  return found;
}
