#!/usr/bin/env node
import { readFile, realpath } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { RpcError } from "../core/error.ts";
import { type Command, CommandError, type Io } from "./command.ts";

const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  schema: () => import("./schema.ts"),
  generate: () => import("./generate.ts"),
  diff: () => import("./diff.ts"),
};

async function usage(): Promise<string> {
  const lines = Object.entries(commands).map(async ([name, load]) => {
    const { command } = await load();
    return `  ${name.padEnd(10)} ${command.summary}`;
  });
  return `trunkline <command> [options]     (trunkline <command> --help lists its options)

${(await Promise.all(lines)).join("\n")}

  --version  print the version of this package

Exit codes: 0 done, 1 the command's own "no", 2 wrong use, or a file that cannot be read.
`;
}

/** Runs one command line, without the program's name, and resolves to its exit code. */
export async function main([name, ...args]: readonly string[], io: Io): Promise<number> {
  if (name === "--help" || name === "-h") {
    io.out(await usage());
    return 0;
  }
  if (name === "--version") {
    io.out(`${await packageVersion()}\n`);
    return 0;
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const unknown = name === undefined ? "" : `trunkline: there is no command ${JSON.stringify(name)}\n\n`;
    io.err(`${unknown}${await usage()}`);
    return 2;
  }
  const { command } = await load();
  if (args.includes("--help") || args.includes("-h")) {
    io.out(command.usage);
    return 0;
  }
  try {
    return await command.run(args, io);
  } catch (thrown) {
    // An error of the framework says what is wrong with the contract.
    if (!(thrown instanceof CommandError || RpcError.is(thrown))) throw thrown;
    io.err(`trunkline ${name}: ${thrown.message}\n`);
    return 2;
  }
}

/** From the nearest package.json above this file, which stands one folder deeper when it is built. */
async function packageVersion(): Promise<string> {
  for (const up of ["../package.json", "../../package.json"]) {
    const text = await readFile(new URL(up, import.meta.url), "utf8").catch(() => undefined);
    if (text !== undefined) return (JSON.parse(text) as { version: string }).version;
  }
  throw new Error("package.json is not beside this file");
}

// npm starts this file by a link.
const started = process.argv[1] === undefined ? undefined : await realpath(process.argv[1]).catch(() => undefined);
if (started === fileURLToPath(import.meta.url)) {
  const io: Io = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    cwd: process.cwd(),
  };
  process.exitCode = await main(process.argv.slice(2), io);
}
