#!/usr/bin/env node
import { readFile, realpath } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { RpcError } from "../core/error.ts";
import { InputError } from "../formats/input-error.ts";
import type { Command, Io } from "./command.ts";

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
    const isMistake = thrown instanceof InputError || RpcError.is(thrown);
    if (!(isMistake || thrown instanceof RangeError)) throw thrown;
    // The stack is as deep as types nest and refer to each other.
    const why = isMistake ? thrown.message : `the types go too deep (${thrown.message}); split them`;
    io.err(`trunkline ${name}: ${why}\n`);
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

/** Runs the command line of this process, and ends it when all is written. */
function start(): void {
  const exit = (code: number): void => {
    process.off("exit", stopped);
    process.exit(code);
  };
  const fail = (why: string): void => {
    process.stderr.write(`trunkline: ${why}\n`, () => exit(2));
  };
  function stopped(): void {
    process.stderr.write("trunkline: the module that was loaded ended this process, or waits for ever as it loads\n");
    process.exitCode = 2;
  }
  process.once("exit", stopped);
  // Without this, what a module forgot to catch would end with 1, which is a command's own "no".
  process.on("uncaughtException", (thrown) => fail(inspect(thrown)));
  process.stdout.once("error", ({ code, message }: NodeJS.ErrnoException) => {
    // Who reads has seen enough, as `head` has.
    if (code === "EPIPE") exit(0);
    else fail(`cannot write the output: ${message}`);
  });
  // Not by itself, because a module may have left timers and sockets open; and after what a failed write has to say.
  const end = (code: number): void => {
    process.stderr.write("", () => process.stdout.write("", () => setImmediate(exit, code)));
  };
  const io: Io = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    cwd: process.cwd(),
  };
  main(process.argv.slice(2), io).then(end, (thrown: unknown) => fail(inspect(thrown)));
}

// npm starts this file by a link.
const started = process.argv[1] === undefined ? undefined : await realpath(process.argv[1]).catch(() => undefined);
if (started === fileURLToPath(import.meta.url)) start();
