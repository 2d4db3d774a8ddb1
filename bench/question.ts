import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Progress } from "./progress.ts";
import { writePart } from "./results.ts";

/** What `npm run bench -- <question>` asks. */
export interface Question {
  readonly usage: string;
  /** Resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

interface Asked {
  /** The file of the report, if it is to be written. */
  readonly out: string | undefined;
  readonly profileFolder?: string | undefined;
}

export interface Parts<O extends Asked, R extends { readonly failures: readonly unknown[] }> {
  /** The name of its part of the report. */
  readonly name: string;
  readonly usage: string;
  /** Throws what is wrong with the arguments. */
  parseOptions(args: readonly string[], defaultOut: string): O;
  measure(options: O, progress: Progress): Promise<R>;
  terminalReport(results: R): string;
  markdownReport(results: R): string;
}

/** A question whose answer is a part of RESULTS.md; its exit code is 1 where something could not be measured. */
export function questionOf<O extends Asked, R extends { readonly failures: readonly unknown[] }>(
  parts: Parts<O, R>,
): Question {
  return {
    usage: parts.usage,
    async run(args) {
      let options: O;
      try {
        options = parts.parseOptions(args, here("./RESULTS.md"));
      } catch (error) {
        console.error((error as Error).message);
        return 2;
      }
      if (options.profileFolder !== undefined) mkdirSync(options.profileFolder, { recursive: true });
      const progress = new Progress();
      const results = await parts.measure(options, progress);
      progress.done();
      console.log(parts.terminalReport(results));
      if (options.out !== undefined) {
        const out = resolve(options.out);
        writePart(out, parts.name, parts.markdownReport(results));
        console.log(`written to ${out}`);
      }
      return results.failures.length === 0 ? 0 : 1;
    },
  };
}

/** Markdown written by hand: what bounds a missed goal, and what was tried. */
export function findingsOf(question: string): string | undefined {
  const path = here(`./${question}/findings.md`);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
