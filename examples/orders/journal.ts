import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import type { PatternName } from "./pattern.ts";

/** The first word of the line that a process writes when it opens its journal. */
const START = "start";

/** What one process executed, in a file of its own that outlives it: one line per execution, append only. */
export class Journal {
  readonly #file: number;
  #written = 0;

  constructor(path: string) {
    this.#file = openSync(path, "a");
    writeSync(this.#file, `${START}\t${process.pid}\n`);
  }

  /** Executions of this process; those of an earlier one in the same file do not count. */
  get written(): number {
    return this.#written;
  }

  /** Synchronous, because what was answered must be on record even if the next instruction is a kill -9. */
  write(pattern: PatternName, order: bigint): void {
    writeSync(this.#file, `${pattern}\t${order}\n`);
    this.#written++;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** One execution, as a journal tells of it. */
export interface Execution {
  readonly pattern: string;
  readonly order: string;
}

/** The executions of one process, from its start to its end. */
export interface Life {
  readonly pid: number;
  readonly executions: Execution[];
}

/** The lives that share one journal, oldest first; none if nobody has written it. */
export function readJournal(path: string): Life[] {
  if (!existsSync(path)) return [];
  const lives: Life[] = [];
  const lines = readFileSync(path, "utf8").split("\n");
  // What stands after the last line feed is a line that a kill cut off, or nothing.
  for (const line of lines.slice(0, -1)) {
    const [pattern = "", order = ""] = line.split("\t");
    if (pattern === START) lives.push({ pid: Number(order), executions: [] });
    else lives.at(-1)?.executions.push({ pattern, order });
  }
  return lives;
}
