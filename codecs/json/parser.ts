import { fromBase64 } from "../../core/base64.ts";
import { readAscii } from "../../core/bytes/ascii.ts";
import { misfitCondition } from "../../core/compile/check.ts";
import { entryCode } from "../../core/compile/entry-code.ts";
import { generatesCode } from "../../core/compile/generation.ts";
import { structLiteral } from "../../core/compile/literal.ts";
import {
  ENTRY,
  GROWING,
  GROWING_SLOT,
  itemCost,
  LIST,
  MAP,
  OBJECT,
  optionalCosts,
  scalarCost,
  structCost,
  UNION,
} from "../../core/compile/memory.ts";
import { type Shape, Source, safeName } from "../../core/compile/source.ts";
import { readTimestamp } from "../../core/type/rfc3339.ts";
import type { EnumType, Field, ScalarType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { isOwnJson } from "../../core/type/well-known-json.ts";
import { endOfNumber, readNumber } from "./number.ts";
import { closingQuote, PLAIN, readSpecial } from "./string.ts";
import { MOMENT_BYTES, readMoment } from "./timestamp.ts";

/** Says that the bytes are not as our encoder writes them, which proves nothing about them. */
export const MISS = Symbol("miss");
/** The value of the message at `p` to `e`, or MISS. */
export type Parse = (b: Uint8Array, p: number, e: number, memory: number) => unknown;

/** 10ⁿ exactly, so that digits divided by it are rounded once, as the number they spell. */
const POWERS = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/** V8 does not optimise functions beyond some 60 kB of bytecode; a node takes a few hundred bytes. */
const MAX_NODES = 128;

/**
 * Compiles the parser of a struct; `undefined` for recursive, large and untyped ones, which JSON.parse reads, as it reads
 * all where no code can be made: it is faster than closures that look at each byte.
 */
export function compileParser(type: StructType, shape: Shape): Parse | undefined {
  if (!generatesCode()) return undefined;
  if (shape.size(type) > MAX_NODES || needsReviver(type)) return undefined;
  return new ParserSource().compileRoot(type);
}

/** True where something has no type, or a form of its own. */
function needsReviver(type: Type): boolean {
  if (type.kind === "list") return needsReviver(type.item);
  if (type.kind === "map") return needsReviver(type.value);
  if (type.kind === "struct" && isOwnJson(type)) return true;
  if (type.kind === "struct" || type.kind === "union") return type.fields.some((field) => needsReviver(field.type));
  return type.kind === "any";
}

const MISSED = "return MISS;";

class ParserSource {
  readonly #source = new Source();

  compileRoot(type: StructType): Parse {
    const name = this.#source.local("parse");
    this.#source.function(name, "b, p, e, n", () => {
      this.#source.line(`const MISS = ${this.#source.constant("MISS", MISS)}; let c = 0, q = 0, m = 0, r;`);
      this.#struct("r", type);
      // Bytes past the end were read as if they were the message's, and show here.
      this.#source.line("return p === e ? r : MISS;");
    });
    return this.#source.compile(name);
  }

  /** Takes the memory of what is made next; where it is over, lists that do not grow may fit. */
  #charge(cost: number): void {
    this.#source.line(`if ((n -= ${cost}) < 0) ${MISSED}`);
  }

  #expect(text: string): void {
    this.#source.line(`if (${this.#at(text, "!==", " || ")}) ${MISSED} p += ${text.length};`);
  }

  #at(text: string, operator: string, glue: string): string {
    return Array.from(text, (c, i) => `b[p${i === 0 ? "" : ` + ${i}`}] ${operator} ${c.charCodeAt(0)}`).join(glue);
  }

  #into(target: string, type: Type): void {
    switch (type.kind) {
      case "struct":
        this.#struct(target, type);
        return;
      case "union":
        this.#union(target, type);
        return;
      case "list":
        this.#list(target, type.item);
        return;
      case "map":
        this.#map(target, type.value);
        return;
      default:
        this.#scalar(target, type);
    }
  }

  #struct(target: string, type: StructType): void {
    const source = this.#source;
    this.#charge(structCost(type));
    const costs = optionalCosts(type);
    const first = type.fields.findIndex((field) => !field.optional);
    const values = type.fields.map(() => source.local("r"));
    if (values.length > 0) source.line(`let ${values.join(", ")};`);
    let pending = "{";
    type.fields.forEach((field, i) => {
      const value = values[i] as string;
      const key = `"${safeName(field.name)}":`;
      if (!field.optional) {
        this.#expect(`${pending}${i > first ? "," : ""}${key}`);
        pending = "";
        this.#into(value, field.type);
        return;
      }
      if (pending !== "") this.#expect(pending);
      pending = "";
      const leads = first === -1 || i < first;
      const text = `${leads ? "" : ","}${key}`;
      source.line(`if (${this.#at(text, "===", " && ")}) { p += ${text.length}; n -= ${costs.get(field)};`);
      this.#into(value, field.type);
      // Between two optional fields stands a comma, after the last of a struct without any other a brace.
      if (leads && first !== -1) this.#expect(",");
      if (first === -1) source.line(`if (b[p] === 44 && b[p + 1] === 34) p++; else if (b[p] !== 125) ${MISSED}`);
      source.line("}");
    });
    this.#expect(`${pending}}`);
    structLiteral(source, target, type, values);
  }

  #union(target: string, type: UnionType): void {
    const source = this.#source;
    const value = source.local("r");
    source.line(`let ${value};`);
    this.#charge(UNION);
    type.fields.forEach((field: Field, i) => {
      const text = `{"${safeName(field.name)}":`;
      source.line(
        `${i === 0 ? "" : "else "}if (${this.#at(text, "===", " && ")}) { p += ${text.length}; n -= ${scalarCost(field.type)};`,
      );
      this.#into(value, field.type);
      source.line(`${target} = { kind: ${JSON.stringify(field.name)}, value: ${value} }; }`);
    });
    source.line(`else ${MISSED}`);
    this.#expect("}");
  }

  #list(target: string, item: Type): void {
    const source = this.#source;
    const value = source.local("r");
    this.#expect("[");
    source.line(`${target} = []; n -= ${LIST};`);
    source.line(`if (b[p] === 93) p++; else { n -= ${GROWING}; for (;;) { let ${value};`);
    this.#charge(itemCost(item, GROWING_SLOT));
    this.#into(value, item);
    source.line(`${target}.push(${value}); c = b[p++]; if (c === 44) continue; if (c === 93) break; ${MISSED} } }`);
  }

  #map(target: string, item: Type): void {
    const source = this.#source;
    const [key, value] = [source.local("k"), source.local("r")];
    this.#expect("{");
    const entry = entryCode(source, target);
    source.line(`n -= ${OBJECT};`);
    source.line(`if (b[p] === 125) p++; else { n -= ${MAP - OBJECT}; for (;;) { let ${key}, ${value};`);
    this.#charge(ENTRY + scalarCost(item));
    this.#string(key);
    this.#expect(":");
    this.#into(value, item);
    source.line(`${entry(key, value)} c = b[p++]; if (c === 44) continue; if (c === 125) break; ${MISSED} } }`);
  }

  #scalar(target: string, type: ScalarType | EnumType): void {
    const source = this.#source;
    switch (type.kind) {
      case "bool":
        source.line(
          `if (${this.#at("true", "===", " && ")}) { ${target} = true; p += 4; } else if (${this.#at("false", "===", " && ")}) { ${target} = false; p += 5; } else ${MISSED}`,
        );
        return;
      case "int32":
        this.#digits(target, 10);
        source.line(`if ((${target} | 0) !== ${target}) ${MISSED} ${target} = ${target} | 0;`);
        return;
      case "int53":
        this.#digits(target, 16);
        // 16 digits are rounded only beyond the safe integers, and there never back into them.
        source.line(`if (!Number.isSafeInteger(${target})) ${MISSED}`);
        return;
      case "int64":
        this.#expect('"');
        // Up to 15 digits a number holds exactly; longer ones are rare.
        source.line(
          `q = p; while ((b[q] >= 48 && b[q] <= 57) || b[q] === 45) q++; if (q - p > 15) { ${target} = ${source.constant("longInteger", longInteger)}(b, p, q); if (${target} === undefined) ${MISSED} p = q; } else {`,
        );
        this.#digits(target, 15);
        source.line(`${target} = BigInt(${target}); }`);
        this.#expect('"');
        return;
      case "float32":
      case "float64":
        this.#float(target);
        if (type.kind === "float32")
          source.line(`if (${misfitCondition(source, type, target)}) ${MISSED} ${target} = Math.fround(${target});`);
        return;
      default:
    }
    if (type.kind === "timestamp") {
      source.line(`m = ${source.constant("readMoment", readMoment)}(b, p);`);
      source.line(`if (m === m) { ${target} = new Date(m); p += ${MOMENT_BYTES}; } else {`);
      this.#string(target);
      source.line(
        `if ((${target} = ${source.constant("readTimestamp", readTimestamp)}(${target})) === undefined) ${MISSED} }`,
      );
      return;
    }
    this.#string(target);
    switch (type.kind) {
      case "enum":
      case "decimal":
        source.line(`if (${misfitCondition(source, type, target)}) ${MISSED}`);
        return;
      case "bytes":
        source.line(
          `if ((${target} = ${source.constant("fromBase64", fromBase64)}(${target})) === undefined) ${MISSED}`,
        );
        return;
      default:
    }
  }

  #string(target: string): void {
    const source = this.#source;
    const plain = source.constant("PLAIN", PLAIN);
    source.line(`if (b[p] !== 34) ${MISSED} q = ++p; while (${plain}[b[q]] === 1) q++;`);
    source.line(`if (b[q] === 34) ${target} = ${source.constant("readAscii", readAscii)}(b, p, q);`);
    source.line(
      `else if ((q = ${source.constant("closingQuote", closingQuote)}(b, q, e)) < 0 || (${target} = ${source.constant("readSpecial", readSpecial)}(b, p, q)) === undefined) ${MISSED}`,
    );
    source.line("p = q + 1;");
  }

  /** An integer of at most `most` digits without a leading zero. */
  #digits(target: string, most: number): void {
    const source = this.#source;
    source.line(`${target} = 0; c = b[p]; q = c === 45 ? ++p : p;`);
    source.line(`while ((c = b[p]) >= 48 && c <= 57) { ${target} = ${target} * 10 + (c - 48); p++; }`);
    source.line(`if (p === q || p - q > ${most} || (b[q] === 48 && p - q > 1)) ${MISSED}`);
    source.line(`if (b[q - 1] === 45) ${target} = 0 - ${target};`);
  }

  #float(target: string): void {
    const source = this.#source;
    // Digits that a number holds exactly (15), divided by an exact power of ten, are rounded once, as JSON.parse rounds.
    source.line(`${target} = 0; q = b[p] === 45 ? p + 1 : p; m = q;`);
    source.line(`while ((c = b[m]) >= 48 && c <= 57) { ${target} = ${target} * 10 + (c - 48); m++; }`);
    source.line(`if (m === q || (b[q] === 48 && m - q > 1)) ${MISSED}`);
    source.line(
      `if (c === 46) { const f = ++m; while ((c = b[m]) >= 48 && c <= 57) { ${target} = ${target} * 10 + (c - 48); m++; } if (m === f) ${MISSED}`,
    );
    source.line(`${target} = ${target} / ${source.constant("POWERS", POWERS)}[m - f]; }`);
    source.line(
      `if (m - q > 15 || c === 101 || c === 69) { m = ${source.constant("endOfNumber", endOfNumber)}(b, p, e); if ((${target} = ${source.constant("readNumber", readNumber)}(b, p, m)) === undefined) ${MISSED} }`,
    );
    source.line(`else if (q !== p) ${target} = -${target};`);
    source.line("p = m;");
  }
}

const INTEGER = /^-?[1-9]\d*$/;

function longInteger(b: Uint8Array, start: number, end: number): bigint | undefined {
  if (end - start > 20) return undefined;
  const text = readAscii(b, start, end);
  if (!INTEGER.test(text)) return undefined;
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}
