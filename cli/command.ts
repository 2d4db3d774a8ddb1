import { type ParseArgsConfig, parseArgs } from "node:util";
import { InputError } from "../formats/input-error.ts";

/** Where a command writes and from where it resolves paths, so that tests can run it in their own process. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly cwd: string;
}

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly usage: string;
  /**
   * Resolves to the exit code: 0 where all is well, 1 for the command's own "no". What stops it from answering is a
   * `InputError`, which makes 2 of it.
   */
  run(args: readonly string[], io: Io): Promise<number>;
}

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

/** Options and operands, strictly; a wrong one is a `InputError` that names it. */
export function parse<const O extends Options>(args: readonly string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    const [first = ""] = thrown.message.split(/\. (?:To specify|Did you forget)/);
    throw new InputError(`${first.replace(/\.$/, "")}; --help lists the options`);
  }
}
