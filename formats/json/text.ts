import { InputError } from "../input-error.ts";

/** Parses the text of a file; a mistake in it is a `InputError` that names the line. */
export function parseJson(text: string): unknown {
  // Editors of Windows begin with a byte order mark.
  const json = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(json);
  } catch (thrown) {
    const why = (thrown as Error).message.replace(/\s+/g, " ");
    throw new InputError(`line ${lineOfMistake(json.split("\n"))}: ${why}`);
  }
}

/** The engine does not always say where: the first line up to which the text is more than cut short. */
function lineOfMistake(lines: readonly string[]): number {
  let [first, last] = [1, lines.length];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (isWrong(`${lines.slice(0, middle).join("\n")}\n`)) last = middle;
    else first = middle + 1;
  }
  return first;
}

function isWrong(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (thrown) {
    const { message } = thrown as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return message !== "Unexpected end of JSON input" && position !== String(beginning.length);
  }
}
