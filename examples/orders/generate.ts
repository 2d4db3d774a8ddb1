import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { columns } from "./csv.ts";

const usage = `tsx examples/orders/generate.ts [options]

  --rows N     how many orders; default 1000
  --seed S     the same seed makes the same file; default 1
  --out FILE   default: standard output`;

const firstNames = [
  "Ada",
  "Anna",
  "Björn",
  "Chloé",
  "Dmitri",
  "Fatima",
  "Grace",
  "Ichiro",
  "José",
  "Linus",
  "Noor",
  "Zoë",
];
const lastNames = ["Hopper", "Müller", "O'Neill", "Okafor", "Petrov", "Sato", "Silva", "Turing", "van Dijk", "Wei"];
const companies = ['Smith "Speedy" & Sons', "Möbel Krause, Nachf.", "Acme Corp.", "Tanaka 商店"];
const regions = ["eu.berlin", "eu.paris", "eu.lisbon", "us.austin", "us.boston", "apac.tokyo", "apac.sydney"];
const goods = ["PEN", "MUG", "LAMP", "DESK", "CHAIR", "BOOK", "CABLE"];
const notes = ["leave at the door", 'say "hello", please', "ring twice,\nthen wait", "gift wrap; no invoice"];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A CSV of orders, header included. */
export function generateOrders(rows: number, seed: number): string {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = (from: readonly string[]) => from[below(from.length)] ?? "";
  const item = () =>
    `${pick(goods)}-${String(below(10_000)).padStart(4, "0")}*${1 + below(9)}@${((1 + below(20_000)) / 100).toFixed(2)}`;
  const lines = [columns.join(",")];
  for (let id = 1; id <= rows; id++) {
    const customer = random() < 0.15 ? pick(companies) : `${pick(lastNames)}, ${pick(firstNames)}`;
    const items = Array.from({ length: 1 + below(4) }, item).join(";");
    const note = random() < 0.2 ? pick(notes) : "";
    lines.push([`${id}`, customer, pick(regions), items, note].map(field).join(","));
  }
  return `${lines.join("\n")}\n`;
}

function field(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} ${text}: expected a whole number from 0`);
  return value;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      out: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const text = generateOrders(wholeNumber("rows", values.rows), wholeNumber("seed", values.seed));
  if (values.out === undefined) process.stdout.write(text);
  else writeFileSync(values.out, text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    main();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exitCode = 2;
  }
}
