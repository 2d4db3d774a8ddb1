import type { Answer } from "./answer.ts";
import type { Account, Register } from "./ledger.ts";
import { count, counted } from "./progress.ts";
import { boxTable, boxWidth, type Column, plainTable } from "./table.ts";
import type { Style, Terminal } from "./terminal.ts";

const right = (...heading: string[]): Column => ({ heading, align: "right" });
const left = (...heading: string[]): Column => ({ heading, align: "left" });

const columns = [
  left("pattern"),
  right("calls"),
  right("p50", "ms"),
  right("p99", "ms"),
  right("done", "once"),
  right("lost"),
  right("doubled"),
  right("outcome", "unknown", "(done)"),
  left("promise"),
];
const LOST = 5;
const DOUBLED = 6;
const UNKNOWN = 7;
const PROMISE = columns.length - 1;
const MAX_ERRORS = 6;

/** The table: what was asked, what was done, what is promised. */
export function printAccounts(terminal: Terminal, accounts: readonly Account[]): void {
  const rows = accounts.map(rowOf);
  if (!terminal.live) {
    for (const line of plainTable(columns, rows)) terminal.line(line);
    return;
  }
  // Where the window is too narrow for all columns, the promises stand below the table.
  const shown = boxWidth(columns, rows) <= terminal.columns ? columns : columns.slice(0, PROMISE);
  const cells = rows.map((row) => row.slice(0, shown.length));
  const style = (text: string, row: number, column: number): string => {
    const account = accounts[row];
    const name = account === undefined ? "bold" : styleOf(account, column);
    return name === undefined ? text : terminal.paint(name, text);
  };
  for (const line of boxTable(shown, cells, style)) terminal.line(line);
  if (shown === columns) return;
  for (const [i, row] of rows.entries()) {
    const text = `  ${row[0]}: ${row[PROMISE]}`;
    terminal.line(terminal.paint(accounts[i]?.broken.length === 0 ? "green" : "red", text));
  }
}

function rowOf(account: Account): string[] {
  const { pattern, calls, p50, p99, once, lost, doubled, unknown, unknownDone, broken } = account;
  return [
    pattern.name,
    count(calls),
    milliseconds(p50),
    milliseconds(p99),
    count(once),
    count(lost),
    count(doubled),
    unknown === 0 ? "0" : `${count(unknown)} (${count(unknownDone)})`,
    `${broken.length === 0 ? "kept" : "BROKEN"}: ${pattern.promise}`,
  ];
}

function styleOf({ lost, doubled, unknown, broken }: Account, column: number): Style | undefined {
  if (column === PROMISE) return broken.length === 0 ? "green" : "red";
  const value = column === LOST ? lost : column === DOUBLED ? doubled : column === UNKNOWN ? unknown : undefined;
  return value === undefined ? undefined : value === 0 ? "dim" : "yellow";
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}

/** What each process executed, and what the callers were told. */
export function printDetails(
  terminal: Terminal,
  registers: readonly Register[],
  answers: readonly (readonly Answer[])[],
): void {
  for (const { name, lives } of registers) {
    const what = name === "consumer" ? "pub/sub message" : "execution";
    const [first, ...later] = lives.map(({ pid, executions }) => ({ pid, executed: executions.length }));
    if (first === undefined) continue;
    const after = later.map(({ pid, executed }) => `, after the restart ${count(executed)} (pid ${pid})`);
    terminal.line(`  ${name}: ${counted(first.executed, what)} (pid ${first.pid})${after.join("")}`);
  }
  const errors = new Map<string, number>();
  for (const { error } of answers.flat()) if (error !== undefined) errors.set(error, (errors.get(error) ?? 0) + 1);
  const sorted = [...errors].sort((a, b) => b[1] - a[1]);
  if (sorted.length > 0) terminal.line("\n  What callers were told instead of an answer:");
  for (const [error, times] of sorted.slice(0, MAX_ERRORS))
    terminal.line(terminal.paint("dim", `  ${count(times)} x ${error}`));
  if (sorted.length > MAX_ERRORS) terminal.line(`  … and ${sorted.length - MAX_ERRORS} other errors`);
}

/** The last line; true if every promise was kept. */
export function printVerdict(terminal: Terminal, accounts: readonly Account[]): boolean {
  const broken = accounts.flatMap(({ pattern, broken }) => broken.map((what) => `${pattern.name}: ${what}`));
  terminal.line();
  for (const line of broken) terminal.line(terminal.paint("red", `  BROKEN ${line}`));
  if (broken.length === 0) terminal.line(terminal.paint("green", "  Every promise was kept."));
  return broken.length === 0;
}
