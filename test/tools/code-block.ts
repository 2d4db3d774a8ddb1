import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.ts";

/** A fenced block of TypeScript in a page. */
export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  /** The file name of ```` ```ts title="client.ts" ````. */
  readonly title: string | undefined;
  /** True for ```` ```ts no-run ````: it is only compiled. */
  readonly noRun: boolean;
  readonly code: string;
}

/** The pages that users read. */
export function pages(): string[] {
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.map((name) => `docs/${name}`)];
}

/** The TypeScript blocks of a page. */
export function codeBlocks(page: string, text = readFileSync(join(root, page), "utf8")): CodeBlock[] {
  const fences = /^```(?:ts|typescript|js|javascript)\b([^\n]*)\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fences)].map(({ 1: info = "", 2: code = "", index }) => ({
    page,
    line: text.slice(0, index).split("\n").length,
    title: /title="([\w-]+\.ts)"/.exec(info)?.[1],
    noRun: info.trim() === "no-run",
    code,
  }));
}
