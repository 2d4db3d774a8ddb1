import { CsvError, parse } from "csv-parse/sync";
import type { Item, Order } from "./contract.ts";

export const columns = ["id", "customer", "region", "items", "note"] as const;
/** A file of which so much cannot be read is not one of orders. */
const MAX_MALFORMED = 1000;
const INT64_MAX = 2n ** 63n - 1n;
const INT32_MAX = 2 ** 31 - 1;

/** A row that was skipped, and why; lines count from 1. */
export interface MalformedRow {
  readonly line: number;
  readonly reason: string;
}

export interface OrdersFile {
  readonly orders: readonly Order[];
  readonly malformed: readonly MalformedRow[];
}

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Reads orders. A malformed row is skipped and reported; throws if there is no header or no valid row at all. */
export function parseOrders(text: string): OrdersFile {
  const malformed: MalformedRow[] = [];
  const [header, ...rows] = readRows(text, malformed);
  if (header === undefined) throw new Error("the file is empty; the first line names the columns");
  const missing = columns.filter((column) => column !== "note" && !header.fields.includes(column));
  if (missing.length > 0) {
    throw new Error(
      `line ${header.line}: no column ${missing.join(", ")}; expected the header ${columns.join(",")}, got ${header.fields.join(",").slice(0, 80)}`,
    );
  }
  const orders: Order[] = [];
  const lineOf = new Map<bigint, number>();
  for (const { line, fields } of rows) {
    try {
      if (fields.length !== header.fields.length)
        throw new Error(`expected ${header.fields.length} fields, got ${fields.length}`);
      const order = toOrder(new Map(header.fields.map((name, i) => [name, fields[i] ?? ""])));
      const first = lineOf.get(order.id);
      if (first !== undefined) throw new Error(`id ${order.id} stands on line ${first} already`);
      lineOf.set(order.id, line);
      orders.push(order);
    } catch (error) {
      report(malformed, line, (error as Error).message);
    }
  }
  malformed.sort((a, b) => a.line - b.line);
  const first = malformed[0];
  if (orders.length === 0)
    throw new Error(`no valid row${first ? `; the first problem: line ${first.line}: ${first.reason}` : ""}`);
  return { orders, malformed };
}

function report(malformed: MalformedRow[], line: number, reason: string): void {
  malformed.push({ line, reason });
  if (malformed.length > MAX_MALFORMED)
    throw new RangeError(`more than ${MAX_MALFORMED} malformed rows: is this a file of orders?`);
}

/** A record that a broken quote has made of several rows. */
class BrokenQuote extends Error {}

/** A broken quote would take rows after it with it, so reading goes on at the line after the quote. */
function readRows(text: string, malformed: MalformedRow[]): Row[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const rows: Row[] = [];
  for (let from = 0; from < lines.length; ) {
    let line = from;
    const skipBlank = (): void => {
      while (lines[line]?.trim() === "") line++;
    };
    try {
      parse(lines.slice(from).join("\n"), {
        relax_column_count: true,
        trim: true,
        on_record: (fields: string[], { lines: last }) => {
          skipBlank();
          if (from + last > line + 1 && fields.length !== rows[0]?.fields.length && rows.length > 0)
            throw new BrokenQuote();
          if (fields.length > 1 || fields[0] !== "") rows.push({ line: line + 1, fields });
          line = from + last;
          return null;
        },
      });
      break;
    } catch (error) {
      if (!(error instanceof CsvError || error instanceof BrokenQuote)) throw error;
      skipBlank();
      const sameLine = error instanceof CsvError && from + Number(error["lines"]) === line + 1;
      report(malformed, line + 1, sameLine ? quoteProblem(error) : "a quote is opened and not closed");
      from = line + 1;
    }
  }
  return rows;
}

function quoteProblem(error: CsvError): string {
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quote is opened and not closed";
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'text after a closing quote; write a quote inside quotes as ""';
    case "INVALID_OPENING_QUOTE":
      return "a quote inside a field that does not begin with one";
    default:
      return error.message;
  }
}

function toOrder(row: ReadonlyMap<string, string>): Order {
  const id = wholeNumber("id", row.get("id") ?? "", INT64_MAX);
  const customer = row.get("customer") ?? "";
  if (customer === "") throw new Error("customer is empty");
  const region = row.get("region") ?? "";
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(region))
    throw new Error(`region: expected words separated by dots, like eu.berlin, got ${quoted(region)}`);
  const items = (row.get("items") ?? "").split(";").map(toItem);
  const note = row.get("note") ?? "";
  return note === "" ? { id, customer, region, items } : { id, customer, region, items, note };
}

/** `SKU*qty@price` */
function toItem(text: string, index: number): Item {
  const [, sku = "", qty = "", price = ""] = /^\s*([^*@\s]+)\*([^@]+)@(\S+)\s*$/.exec(text) ?? [];
  const where = `items[${index}]`;
  if (sku === "") throw new Error(`${where}: expected SKU*quantity@price, like PEN-0042*3@1.20, got ${quoted(text)}`);
  if (!/^\d+(\.\d+)?$/.test(price)) throw new Error(`${where}: price: expected a number from 0, got ${quoted(price)}`);
  return { sku, qty: Number(wholeNumber(`${where}: quantity`, qty, BigInt(INT32_MAX))), price: Number(price) };
}

function wholeNumber(what: string, text: string, max: bigint): bigint {
  const value = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
  if (value < 1n || value > max)
    throw new Error(`${what}: expected a whole number from 1 to ${max}, got ${quoted(text)}`);
  return value;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
