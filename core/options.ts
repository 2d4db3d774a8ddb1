import { isRecord } from "./is-record.ts";
import { show } from "./show.ts";

/** What the value of an option may be: a word for the error, and the check. */
export interface OptionKind {
  readonly expected: string;
  fits(value: unknown): boolean;
}

/**
 * Every option of `T` with its kind. To add an option: name it in the interface and, as the compiler then demands, in the
 * table beside it. Whether it may be left out, and what then holds, is not the table's business.
 */
export type OptionTable<T> = { readonly [K in keyof T]-?: OptionKind };

/**
 * A copy of what a user gave as options of `door`, without those that are `undefined`. Throws a `TypeError` that names the door
 * and the option: one that does not exist, with the nearest that does, or one whose value is none.
 */
export function checkOptions<T extends object>(door: string, given: T, table: OptionTable<T>): T {
  if (!isRecord(given)) throw new TypeError(`${door}: expected an object of options, got ${show(given)}`);
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(table, name)) throw unknownOption(door, name, Object.keys(table));
    const kind = table[name as keyof T];
    if (value === undefined) continue;
    if (!kind.fits(value)) throw new TypeError(`${door}: ${name}: expected ${kind.expected}, got ${show(value)}`);
    copy[name] = value;
  }
  return copy as T;
}

function unknownOption(door: string, name: string, known: readonly string[]): TypeError {
  const [nearest] = known
    .map((one) => ({ one, distance: distance(one.toLowerCase(), name.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= Math.max(1, one.length / 3))
    .sort((a, b) => a.distance - b.distance);
  const hint = nearest === undefined ? `known are ${known.join(", ")}` : `did you mean ${nearest.one}?`;
  return new TypeError(`${door}: unknown option ${name.slice(0, 100)}; ${hint}`);
}

/** How many letters must be put in, left out or changed to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const changed = (row[j] as number) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

const isText = (value: unknown): boolean => typeof value === "string";
const isFunction = (value: unknown): boolean => typeof value === "function";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const has =
  (...members: readonly string[]) =>
  (value: unknown): boolean =>
    isObject(value) && members.every((name) => isFunction((value as Record<string, unknown>)[name]));
const listOf =
  (fits: (item: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(fits);

/** The kinds of options. */
export const kinds = {
  anything: { expected: "anything", fits: () => true },
  text: { expected: "a text", fits: isText },
  flag: { expected: "true or false", fits: (value) => typeof value === "boolean" },
  function: { expected: "a function", fits: isFunction },
  functions: { expected: "a list of functions", fits: listOf(isFunction) },
  object: { expected: "an object", fits: isRecord },
  list: { expected: "a list", fits: Array.isArray },
  texts: { expected: "an object of texts", fits: (value) => isRecord(value) && Object.values(value).every(isText) },
  urls: { expected: 'a list of URLs, as in ["tcp://127.0.0.1:20880"]', fits: listOf(isText) },
  transports: { expected: "a list of transports, as in [tcp()]", fits: listOf(has("connect", "listen")) },
  codec: { expected: "the name of a codec, or a codec", fits: (value) => isText(value) || has("compile")(value) },
  codecs: { expected: "a list of codecs, as in [json()]", fits: listOf(has("compile")) },
  registry: { expected: "a registry, or its URL", fits: (value) => isText(value) || has("register", "watch")(value) },
  signal: { expected: "an AbortSignal", fits: has("addEventListener") },
  milliseconds: { expected: "a number above 0", fits: (value) => typeof value === "number" && value > 0 },
  millisecondsFrom0: { expected: "a number from 0", fits: (value) => typeof value === "number" && value >= 0 },
  number: { expected: "a number", fits: (value) => typeof value === "number" },
  amount: { expected: "a number from 0", fits: (value) => Number.isFinite(value) && (value as number) >= 0 },
  count: { expected: "a whole number from 1", fits: (value) => Number.isInteger(value) && (value as number) >= 1 },
} satisfies Record<string, OptionKind>;

/** One of some words. */
export function oneOf(...words: readonly string[]): OptionKind {
  return {
    expected: words.map((word) => JSON.stringify(word)).join(" or "),
    fits: (value) => words.includes(value as string),
  };
}
