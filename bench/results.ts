import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Begins the part of a question in a file of results; it ends where the next one begins. */
const marks = /^<!-- npm run bench -- (\w+) -->$/m;

/** Replaces the part of one question in a file of results, or adds it; the others stay as they are. */
export function writePart(file: string, question: string, markdown: string): void {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [, ...pieces] = text.split(marks);
  const parts = new Map<string, string>();
  for (let at = 0; at < pieces.length; at += 2) parts.set(pieces[at] ?? "", pieces[at + 1] ?? "");
  parts.set(question, markdown);
  const written = [...parts].map(([name, part]) => `<!-- npm run bench -- ${name} -->\n\n${part.trim()}\n`);
  writeFileSync(file, written.join("\n"));
}
