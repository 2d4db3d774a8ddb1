import { readDoubles, readSingles } from "../../core/bytes/little-endian.ts";
import { absentLiteral } from "../../core/compile/absent.ts";
import { entryCode } from "../../core/compile/entry-code.ts";
import { structLiteral } from "../../core/compile/literal.ts";
import {
  absentCost,
  ENTRY,
  GROWING,
  GROWING_SLOT,
  itemCost,
  LIST,
  MAP,
  OBJECT,
  optionalCosts,
  overMemory,
  scalarCost,
  structCost,
  UNION,
} from "../../core/compile/memory.ts";
import { type Shape, Source } from "../../core/compile/source.ts";
import type {
  EnumType,
  Field,
  ListType,
  MapType,
  ScalarType,
  StructType,
  Type,
  UnionType,
} from "../../core/type/type.ts";
import type { Cursor } from "./cursor.ts";
import { keyForm, unwrapped, zeroKey } from "./form.ts";
import {
  byNumber,
  isMessage,
  LENGTH,
  packs,
  repeats,
  tagOf,
  wireTypeOf,
  wireTypeOfForm,
  zeroMember,
} from "./format.ts";
import { skipUnknown } from "./read.ts";
import { ScalarReading } from "./scalar-reading.ts";

/**
 * Reads the message from the cursor to `end`. What is not in the usual form, right or wrong, it leaves to the exact
 * reader by throwing MISFIT: embedded messages in pieces, items that are not packed, anything that does not fit.
 */
export type ReadCompiled = (cursor: Cursor, depth: number, end: number) => unknown;

/** One field of a message: what stands after its tag. */
interface Case {
  readonly number: number;
  readonly wireType: number;
  /** True for a field that comes many times in a row. */
  readonly repeats?: boolean;
  readonly read: () => void;
}

/** How many fields one message may be asked for, one after the other, before the exact reader finds them by number. */
const MAX_ASKED = 1_000_000;

/** Compiles the reader of a record of this process. */
export function compileReader(type: StructType | UnionType, shape: Shape): ReadCompiled {
  return new ReaderSource(shape).compileRoot(type);
}

class ReaderSource {
  readonly #source = new Source();
  readonly #scalars = new ScalarReading(this.#source);
  readonly #shape: Shape;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  compileRoot(type: StructType | UnionType): ReadCompiled {
    return this.#source.compile(this.#functionOf(type));
  }

  #functionOf(type: StructType | UnionType): string {
    const source = this.#source;
    return source.functionOf(type, "read", "s, d, e", () => {
      source.line("const b = s.b; let p = s.p, n = s.n, c = 0, r;");
      if (this.#shape.recursive(type)) source.line(`if (d < 0) ${this.#scalars.fail()}`);
      this.#record("r", type, "e", 0);
      source.line("s.p = p; s.n = n; return r;");
    });
  }

  /** The fields up to `end`: in the order of their numbers without a detour, in any other by going round again. */
  #message(cases: readonly Case[], end: string): void {
    const source = this.#source;
    const from = source.local("q");
    const known = source.constant("KNOWN", new Set(cases.map((one) => one.number)));
    const rounds = source.local("t");
    // A round asks for every field, so that many in a bad order are for the exact reader.
    source.line(
      `for (let ${from} = p, ${rounds} = ${Math.ceil(MAX_ASKED / (cases.length + 1))}; p < ${end}; ${from} = p) { if (--${rounds} < 0) ${this.#scalars.fail()}`,
    );
    for (const one of cases) {
      const tag = tagOf(one.number, one.wireType);
      const condition = tag.map((byte, i) => `b[p${i === 0 ? "" : ` + ${i}`}] === ${byte}`).join(" && ");
      source.line(`${one.repeats ? "while" : "if"} (p < ${end} && ${condition}) { p += ${tag.length};`);
      one.read();
      source.line("}");
    }
    const skip = source.constant("skipUnknown", skipUnknown);
    source.line(`if (p === ${from}) { s.p = p; ${skip}(s, ${end}, ${known}, d); p = s.p; } }`);
    source.line(`if (p !== ${end}) ${this.#scalars.fail()}`);
  }

  #record(target: string, type: StructType | UnionType, end: string, depth: number): void {
    if (type.kind === "union") this.#union(target, type, end, depth);
    else this.#struct(target, type, end, depth);
  }

  #struct(target: string, type: StructType, end: string, depth: number): void {
    const source = this.#source;
    const lists = type.fields.filter(repeats).reduce((sum, field) => sum + emptyCost(field.type), 0);
    this.#charge(structCost(type) + lists);
    const costs = optionalCosts(type);
    const values = new Map(type.fields.map((field) => [field, source.local("r")]));
    for (const [field, value] of values) source.line(`let ${value}${this.#initial(field)};`);
    this.#message(
      byNumber(type).map((field) => {
        const one = this.#field(values.get(field) as string, field, end, depth + 1);
        if (!field.optional) return one;
        const read = (): void => {
          source.line(`n -= ${costs.get(field)};`);
          one.read();
        };
        return { ...one, read };
      }),
      end,
    );
    for (const [field, value] of values) {
      if (field.optional || repeats(field) || this.#initial(field) !== "") continue;
      const absent = absentLiteral(source, field);
      source.line(
        `if (${value} === undefined) ${absent === undefined ? this.#scalars.fail() : `{ n -= ${absentCost(field)}; ${value} = ${absent}; }`}`,
      );
    }
    structLiteral(source, target, type, [...values.values()]);
  }

  /** What a field is before it is found: its zero, where that needs no object of its own. */
  #initial(field: Field): string {
    if (repeats(field) || field.optional || field.defaultValue !== undefined) return "";
    return this.#zero(field.type);
  }

  #zero(type: Type): string {
    if (isMessage(type) || type.kind === "bytes" || type.kind === "timestamp") return "";
    return ` = ${this.#zeroLiteral(type)}`;
  }

  #zeroLiteral(type: Type): string | undefined {
    if (type.kind === "enum") return JSON.stringify(zeroMember(type));
    return absentLiteral(this.#source, { name: "", number: 1, type, optional: false, defaultValue: undefined });
  }

  #field(value: string, field: Field, end: string, depth: number): Case {
    const { number, type } = field;
    if (repeats(field)) return this.#repeated(value, number, type as ListType | MapType, end, depth);
    return this.#single(value, number, type, end, depth);
  }

  #single(value: string, number: number, type: Type, end: string, depth: number): Case {
    return {
      number,
      wireType: wireTypeOf(type),
      read: () => {
        // A second piece of a message is merged with the first.
        if (isMessage(type) || type.kind === "timestamp")
          this.#source.line(`if (${value} !== undefined) ${this.#scalars.fail()}`);
        this.#value(value, type, end, depth);
      },
    };
  }

  #union(target: string, type: UnionType, end: string, depth: number): void {
    const source = this.#source;
    this.#charge(UNION);
    source.line(`${target} = undefined;`);
    const cases = type.fields.map((field): Case => {
      const read = (): void => {
        const value = source.local("r");
        source.line(
          `if (${target} !== undefined) ${this.#scalars.fail()} n -= ${scalarCost(field.type)}; let ${value};`,
        );
        this.#value(value, field.type, end, depth + 1);
        source.line(`${target} = { kind: ${JSON.stringify(field.name)}, value: ${value} };`);
      };
      return { number: field.number, wireType: wireTypeOf(field.type), read };
    });
    this.#message(cases, end);
    source.line(`if (${target} === undefined) ${this.#scalars.fail()}`);
  }

  #value(target: string, type: Type, end: string, depth: number): void {
    if (!isMessage(type)) {
      this.#scalars.read(target, type as ScalarType | EnumType, end);
      return;
    }
    const source = this.#source;
    const inside = this.#scalars.embedded(end);
    const wrapped = unwrapped(type);
    if (wrapped !== undefined) {
      source.line(`${target} = ${this.#zeroLiteral(wrapped)};`);
      this.#message([this.#single(target, 1, wrapped, inside, depth)], inside);
    } else if (type.kind === "list" || type.kind === "map") {
      this.#charge(emptyCost(type));
      this.#message([this.#repeated(target, 1, type, inside, depth)], inside);
    } else if (this.#shape.inlines(type)) {
      this.#record(target, type as StructType | UnionType, inside, depth);
    } else {
      const read = this.#functionOf(type as StructType | UnionType);
      source.line(`s.n = n; ${this.#scalars.call(target, `${read}(s, d - ${depth}, ${inside})`)} n = s.n;`);
    }
  }

  /** Takes the memory of what is made next. */
  #charge(cost: number | string): void {
    this.#source.line(`if ((n -= ${cost}) < 0) throw ${this.#source.constant("overMemory", overMemory)}();`);
  }

  /** A list or map, which is empty until its field is found; the caller has charged it. */
  #repeated(target: string, number: number, type: ListType | MapType, end: string, depth: number): Case {
    const source = this.#source;
    if (type.kind === "map") {
      const entry = entryCode(source, target);
      const first = source.local("f");
      source.line(`let ${first} = true;`);
      const read = (): void => {
        const [key, value, form] = [source.local("k"), source.local("r"), keyForm(type)];
        source.line(`if (${first}) { ${first} = false; n -= ${MAP - OBJECT}; }`);
        this.#charge(ENTRY + scalarCost(type.value));
        const inside = this.#scalars.embedded(end);
        source.line(`let ${key} = ${JSON.stringify(zeroKey(form))}, ${value}${this.#zero(type.value)};`);
        const keyCase = {
          number: 1,
          wireType: wireTypeOfForm(form),
          read: () => this.#scalars.key(key, form, inside),
        };
        this.#message([keyCase, this.#single(value, 2, type.value, inside, depth + 1)], inside);
        if (this.#zero(type.value) === "") source.line(`if (${value} === undefined) ${this.#scalars.fail()}`);
        source.line(entry(key, value));
      };
      return { number, wireType: LENGTH, repeats: true, read };
    }
    source.line(`${target} = [];`);
    const value = source.local("r");
    const read = (from: string): void => {
      source.line(`if (${target}.length === 0) n -= ${GROWING};`);
      this.#charge(itemCost(type.item, GROWING_SLOT));
      source.line(`let ${value};`);
      this.#value(value, type.item, from, depth + 1);
      source.line(`${target}.push(${value});`);
    };
    if (!packs(type.item)) return { number, wireType: LENGTH, repeats: true, read: () => read(end) };
    const packed = (): void => {
      const inside = this.#scalars.embedded(end);
      if (type.item.kind === "float64" || type.item.kind === "float32") {
        const [bytes, all] = type.item.kind === "float64" ? [8, readDoubles] : [4, readSingles];
        const count = source.local("l");
        source.line(
          `const ${count} = (${inside} - p) / ${bytes}; if ((${count} | 0) !== ${count}) ${this.#scalars.fail()}`,
        );
        this.#charge(`${GROWING} + ${count} * ${GROWING_SLOT}`);
        source.line(`${target} = ${source.constant("readAll", all)}(b, p, ${count}, ${target}); p = ${inside};`);
        return;
      }
      source.line(`while (p < ${inside}) {`);
      read(inside);
      source.line(`} if (p !== ${inside}) ${this.#scalars.fail()}`);
    };
    return { number, wireType: LENGTH, read: packed };
  }
}

function emptyCost({ kind }: Type): number {
  return kind === "list" ? LIST : OBJECT;
}
