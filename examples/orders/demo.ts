import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { type OrdersFile, parseOrders } from "./csv.ts";
import { compare } from "./ledger.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { count, counted, Progress } from "./progress.ts";
import { printAccounts, printDetails, printVerdict } from "./report.ts";
import { Run } from "./run.ts";
import { Terminal } from "./terminal.ts";
import { Workshop } from "./workshop.ts";

const SHOWN_MALFORMED = 10;
const BAD_INPUT = 2;

/** Something the user can mend: one sentence, no stack. */
class InputError extends Error {}

function optionsFrom(args: readonly string[]): Options {
  try {
    return parseOptions(args);
  } catch (error) {
    throw new InputError(`${(error as Error).message}\n\n${usage}`);
  }
}

function readOrders(file: string): OrdersFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(`--input ${file}: ${code === "ENOENT" ? "there is no such file" : message}`);
  }
  try {
    return parseOrders(text);
  } catch (error) {
    throw new InputError(`--input ${file}: ${(error as Error).message}`);
  }
}

function printInput(terminal: Terminal, file: string, { orders, malformed }: OrdersFile): void {
  terminal.line(terminal.paint("bold", "Trunkline: one contract, every invocation pattern"));
  terminal.line();
  const skipped = malformed.length === 0 ? "" : `, ${counted(malformed.length, "malformed row")} skipped:`;
  const below = relative(process.cwd(), file);
  terminal.line(`  ${below.startsWith("..") ? file : below}: ${counted(orders.length, "order")}${skipped}`);
  for (const { line, reason } of malformed.slice(0, SHOWN_MALFORMED))
    terminal.line(terminal.paint("yellow", `    line ${line}: ${reason}`));
  if (malformed.length > SHOWN_MALFORMED) terminal.line(`    … and ${count(malformed.length - SHOWN_MALFORMED)} more`);
}

async function main(): Promise<number> {
  const options = optionsFrom(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const started = performance.now();
  const terminal = new Terminal(process.stdout, process.env);
  const file = readOrders(options.input);
  printInput(terminal, options.input, file);

  const progress = new Progress(terminal, file.orders.length);
  using workshop = new Workshop((line) => progress.log(terminal.paint("dim", line)));
  process.on("exit", () => terminal.showCursor());
  const { answers, providers, consumer } = await new Run(workshop, terminal, progress)
    .execute(file.orders, options)
    .finally(() => progress.end());

  const accounts = compare(answers, [...providers, consumer]);
  terminal.line();
  printAccounts(terminal, accounts);
  terminal.line("  p50, p99: with 8 to 62 ms of simulated work. multicast: a call is one reply.");
  terminal.line("  outcome unknown: an error that leaves it open; in brackets, how many were done.");
  terminal.line();
  printDetails(terminal, [...providers, consumer], answers);
  const kept = printVerdict(terminal, accounts);
  terminal.line(terminal.paint("dim", `  ${((performance.now() - started) / 1000).toFixed(1)} s`));
  return kept ? 0 : 1;
}

// The exit handlers end the other processes and remove their files.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => {
    console.error(`\n${signal}: stopped; the processes of the demo are ended and their files removed`);
    process.exit(code);
  });
}
// Whoever read the output has left, as `head` does.
process.stdout.on("error", () => process.exit(1));

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof InputError ? BAD_INPUT : 1;
}
