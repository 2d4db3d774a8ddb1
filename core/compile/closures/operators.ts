import type { Code, Run } from "./code.ts";

/** How tightly an operator binds. */
export const binding: ReadonlyMap<string, number> = new Map(
  Object.entries({
    "??": 1,
    "||": 2,
    "&&": 3,
    "|": 4,
    "^": 5,
    "&": 6,
    "===": 7,
    "!==": 7,
    "<": 8,
    ">": 8,
    "<=": 8,
    ">=": 8,
    instanceof: 8,
    "<<": 9,
    ">>>": 9,
    "+": 10,
    "-": 10,
    "*": 11,
    "/": 11,
  }),
);

// The types say number where the operator takes bigints and texts as well.
const binary: Readonly<Record<string, (a: Run, b: Run) => Run>> = {
  "??": (a, b) => (f) => a(f) ?? b(f),
  "||": (a, b) => (f) => a(f) || b(f),
  "&&": (a, b) => (f) => a(f) && b(f),
  "|": (a, b) => (f) => (a(f) as number) | (b(f) as number),
  "^": (a, b) => (f) => (a(f) as number) ^ (b(f) as number),
  "&": (a, b) => (f) => (a(f) as number) & (b(f) as number),
  "===": (a, b) => (f) => a(f) === b(f),
  "!==": (a, b) => (f) => a(f) !== b(f),
  "<": (a, b) => (f) => (a(f) as number) < (b(f) as number),
  ">": (a, b) => (f) => (a(f) as number) > (b(f) as number),
  "<=": (a, b) => (f) => (a(f) as number) <= (b(f) as number),
  ">=": (a, b) => (f) => (a(f) as number) >= (b(f) as number),
  instanceof: (a, b) => (f) => (a(f) as object) instanceof (b(f) as () => void),
  "<<": (a, b) => (f) => (a(f) as number) << (b(f) as number),
  ">>>": (a, b) => (f) => (a(f) as number) >>> (b(f) as number),
  "+": (a, b) => (f) => (a(f) as number) + (b(f) as number),
  "-": (a, b) => (f) => (a(f) as number) - (b(f) as number),
  "*": (a, b) => (f) => (a(f) as number) * (b(f) as number),
  "/": (a, b) => (f) => (a(f) as number) / (b(f) as number),
};

/** The frequent ones whose right side is known: a step less for each. */
const withKnown: Readonly<Record<string, (a: Run, b: number) => Run>> = {
  "===": (a, b) => (f) => a(f) === b,
  "!==": (a, b) => (f) => a(f) !== b,
  "<": (a, b) => (f) => (a(f) as number) < b,
  ">=": (a, b) => (f) => (a(f) as number) >= b,
  "+": (a, b) => (f) => (a(f) as number) + b,
  "-": (a, b) => (f) => (a(f) as number) - b,
};

/** Those whose left side is a local besides. */
const localWithKnown: Readonly<Record<string, (a: number, b: number) => Run>> = {
  "===": (a, b) => (f) => f[a] === b,
  "!==": (a, b) => (f) => f[a] !== b,
  "<": (a, b) => (f) => (f[a] as number) < b,
};

export const unary: ReadonlyMap<string, (a: Run) => Run> = new Map(
  Object.entries({
    "!": (a) => (f) => !a(f),
    "-": (a) => (f) => -(a(f) as number),
    "+": (a) => (f) => +(a(f) as number),
    typeof: (a) => (f) => typeof a(f),
  }),
);

/** Those of two locals. */
const localWithLocal: Readonly<Record<string, (a: number, b: number) => Run>> = {
  "!==": (a, b) => (f) => f[a] !== f[b],
  "<": (a, b) => (f) => (f[a] as number) < (f[b] as number),
  "+": (a, b) => (f) => (f[a] as number) + (f[b] as number),
  "-": (a, b) => (f) => (f[a] as number) - (f[b] as number),
};

/** `left operator right` */
export function combine(operator: string, left: Code, right: Code): Code {
  const { slot, sum } = left;
  const bytes = right.lengthOf;
  if (operator === ">" && sum !== undefined && bytes !== undefined)
    return { run: (f) => (f[sum.slot] as number) + sum.plus > (f[bytes] as Uint8Array).length };
  if (operator === ">" && bytes !== undefined) {
    const { run } = left;
    return { run: (f) => (run(f) as number) > (f[bytes] as Uint8Array).length };
  }
  if (right.known === undefined) {
    const locals =
      slot === undefined || right.slot === undefined ? undefined : localWithLocal[operator]?.(slot, right.slot);
    return { run: locals ?? (binary[operator] as (a: Run, b: Run) => Run)(left.run, right.run) };
  }
  const value = right.known.value as number;
  const typed = left.typeOf;
  if (typed !== undefined && operator === "!==") {
    const type: unknown = value;
    return { run: (f) => typeof f[typed] !== type };
  }
  if (slot !== undefined && typeof value === "number" && (operator === "+" || operator === "-"))
    return sumOf(slot, operator === "+" ? value : -value);
  const local = slot === undefined ? undefined : localWithKnown[operator]?.(slot, value);
  const run = local ?? withKnown[operator]?.(left.run, value) ?? binary[operator]?.(left.run, right.run);
  return { run: run as Run };
}

/** A local, and a number added. */
export function sumOf(slot: number, plus: number): Code {
  return { run: (f) => (f[slot] as number) + plus, sum: { slot, plus } };
}
