import type { Code, Frame, Run } from "./code.ts";

type Members = Record<PropertyKey, unknown>;
type Member = NonNullable<Code["member"]>;

/** What the objects of our own programs are read from at every turn: where each has its closure, the runtime knows its place. */
interface Own {
  readonly length: number;
  readonly buffer: unknown;
  position: unknown;
  p: unknown;
  n: unknown;
}

const reads: ReadonlyMap<unknown, (slot: number) => Run> = new Map(
  Object.entries<(slot: number) => Run>({
    length: (slot) => (f) => (f[slot] as Own).length,
    buffer: (slot) => (f) => (f[slot] as Own).buffer,
    position: (slot) => (f) => (f[slot] as Own).position,
    p: (slot) => (f) => (f[slot] as Own).p,
    n: (slot) => (f) => (f[slot] as Own).n,
  }),
);

const writes: ReadonlyMap<unknown, (slot: number, value: Run) => Run> = new Map(
  Object.entries<(slot: number, value: Run) => Run>({
    position: (slot, value) => (f) => ((f[slot] as Own).position = value(f)),
    p: (slot, value) => (f) => ((f[slot] as Own).p = value(f)),
    n: (slot, value) => (f) => ((f[slot] as Own).n = value(f)),
  }),
);

/** `object.key` or `object[key]`. */
export function memberOf(object: Code, key: Code): Code {
  const member = { object, key };
  const { slot } = object;
  if (slot === undefined) return { run: read(object, key), member };
  const name = key.known?.value;
  const run = reads.get(name)?.(slot) ?? readLocal(slot, key);
  return name === "length" ? { run, member, lengthOf: slot } : { run, member };
}

function read({ run: of }: Code, { run: at, known }: Code): Run {
  if (known === undefined) return (f) => (of(f) as Members)[at(f) as PropertyKey];
  const name = known.value as PropertyKey;
  return (f) => (of(f) as Members)[name];
}

function readLocal(slot: number, { run: at, known, slot: local, sum }: Code): Run {
  if (known !== undefined) {
    const name = known.value as PropertyKey;
    return (f) => (f[slot] as Members)[name];
  }
  if (local !== undefined) return (f) => (f[slot] as Members)[f[local] as PropertyKey];
  if (sum === undefined) return (f) => (f[slot] as Members)[at(f) as PropertyKey];
  return (f) => (f[slot] as Members)[(f[sum.slot] as number) + sum.plus];
}

/** `object.key = value` */
export function assignMember({ object, key }: Member, value: Code): Code {
  const { run: of, slot } = object;
  const { run: at } = key;
  const { run: given, known } = value;
  if (slot !== undefined && key.known !== undefined) {
    const write = writes.get(key.known.value);
    if (write !== undefined) return { run: write(slot, given) };
  }
  if (slot !== undefined && typeof known?.value === "number") {
    const code = writeByte(slot, key, known.value);
    if (code !== undefined) return code;
  }
  return { run: (f) => ((of(f) as Members)[at(f) as PropertyKey] = given(f)) };
}

/** `b[p] = byte`, `b[p + 1] = byte` and `b[p++] = byte` */
function writeByte(buffer: number, { slot, sum, stepped }: Code, byte: number): Code | undefined {
  if (stepped !== undefined)
    return {
      run: (f) => {
        const p = f[stepped] as number;
        f[stepped] = p + 1;
        (f[buffer] as Uint8Array)[p] = byte;
      },
    };
  if (slot !== undefined)
    return {
      // As it is: what is no number but the key of a map must not be added to.
      run: (f) => {
        (f[buffer] as Uint8Array)[f[slot] as number] = byte;
      },
      poke: { buffer, position: slot, plus: 0, byte },
    };
  if (sum === undefined) return undefined;
  const { slot: position, plus } = sum;
  return {
    run: (f) => {
      (f[buffer] as Uint8Array)[(f[position] as number) + plus] = byte;
    },
    poke: { buffer, position, plus, byte },
  };
}

/** `object.key++` */
export function stepMember({ object, key }: Member, by: number): Code {
  const { run: of } = object;
  const { run: at } = key;
  const run = (f: Frame): number => {
    const [it, name] = [of(f) as Record<PropertyKey, number>, at(f) as PropertyKey];
    const was = it[name] as number;
    it[name] = was + by;
    return was;
  };
  return { run };
}

/** `{ key: value }` */
export function objectOf(members: readonly (readonly [key: string, value: Run])[]): Code {
  const keys = members.map(([key]) => key);
  const values = members.map(([, value]) => value);
  const put = keys.some((key) => key in Object.prototype) ? define : set;
  return {
    run: (f) => {
      const object: Members = {};
      for (let i = 0; i < keys.length; i++) put(object, keys[i] as string, (values[i] as Run)(f));
      return object;
    },
  };
}

function set(object: Members, key: string, value: unknown): void {
  object[key] = value;
}

/** An own member, also where it is called `__proto__`, or what all objects inherit is frozen. */
function define(object: Members, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
