import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InputError } from "../formats/input-error.ts";
import type { Io } from "./command.ts";

/** Writes what a command made to the file that `--out` names, or to the standard output. */
export async function deliver(text: string, out: string | undefined, io: Io): Promise<void> {
  if (out === undefined) {
    io.out(text);
    return;
  }
  await writeFile(resolve(io.cwd, out), text).catch((cause: Error) => {
    throw new InputError(`cannot write ${out}: ${cause.message}`);
  });
}
