import { fromBase64 } from "../../core/base64.ts";
import { absentLiteral } from "../../core/compile/absent.ts";
import { misfitCondition } from "../../core/compile/check.ts";
import { structLiteral } from "../../core/compile/literal.ts";
import {
  absentCost,
  ENTRY,
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
import { keyStep, Misfit, within } from "../../core/compile/misfit.ts";
import { member, type Shape, Source } from "../../core/compile/source.ts";
import { Memo } from "../../core/memo.ts";
import { readTimestamp } from "../../core/type/rfc3339.ts";
import type { EnumType, Field, ScalarType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { wellKnownJson, wrappedField } from "../../core/type/well-known-json.ts";
import { isWellFormed } from "../../core/well-formed.ts";
import { checkAny, type Revive, tooDeep } from "./budget.ts";
import { ownReviver } from "./own-form.ts";

/** The checks of parsed JSON against structs, each compiled once. */
export class Revivers {
  readonly #shape: Shape;
  readonly #made = new Memo<StructType, Revive>();

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  readonly of = (type: StructType): Revive =>
    this.#made.of(type, () => new ReviverSource(this.#shape, this.of).compileRoot(type));
}

class ReviverSource {
  readonly #source = new Source();
  readonly #shape: Shape;
  readonly #reviverOf: (type: StructType) => Revive;

  constructor(shape: Shape, reviverOf: (type: StructType) => Revive) {
    this.#shape = shape;
    this.#reviverOf = reviverOf;
  }

  compileRoot(type: StructType): Revive {
    return this.#source.compile(this.#functionOf(type));
  }

  #functionOf(type: StructType | UnionType): string {
    return this.#source.functionOf(type, "revive", "v, c, d", () => {
      if (this.#shape.recursive(type))
        this.#source.line(`if (d < 0) throw ${this.#source.constant("tooDeep", tooDeep)}();`);
      this.#source.line("let r;");
      if (type.kind === "union") this.#union("r", type, "v", "", 0);
      else this.#struct("r", type, "v", "", 0);
      this.#source.line("return r;");
    });
  }

  /** The code of a throw; `path` is the inside of a template literal. */
  #misfit(path: string, expected: string, x: string): string {
    return `throw new ${this.#source.constant("Misfit", Misfit)}(\`${path}\`, ${JSON.stringify(expected)}, ${x});`;
  }

  /** Takes the memory of what is kept or made next. */
  #charge(cost: number | string): void {
    this.#source.line(`if ((c.memory -= ${cost}) < 0) throw ${this.#source.constant("overMemory", overMemory)}();`);
  }

  #into(target: string, type: Type, x: string, path: string, depth: number): void {
    const source = this.#source;
    switch (type.kind) {
      case "struct":
      case "union":
        if (!this.#shape.inlines(type)) {
          const name = this.#functionOf(type);
          source.line(
            `try { ${target} = ${name}(${x}, c, d - ${depth}); } catch (e) { throw ${source.constant("within", within)}(\`${path}\`, e); }`,
          );
        } else if (type.kind === "union") this.#union(target, type, x, path, depth);
        else this.#struct(target, type, x, path, depth);
        return;
      case "list": {
        const [i, one, value] = [source.local("i"), source.local("v"), source.local("r")];
        source.line(`if (!Array.isArray(${x})) ${this.#misfit(path, "a list", x)}`);
        this.#charge(`${LIST} + ${x}.length * ${itemCost(type.item)}`);
        source.line(`for (let ${i} = 0; ${i} < ${x}.length; ${i}++) { const ${one} = ${x}[${i}]; let ${value};`);
        this.#into(value, type.item, one, `${path}[\${${i}}]`, depth + 1);
        source.line(`if (${value} !== ${one}) ${x}[${i}] = ${value}; }`);
        source.line(`${target} = ${x};`);
        return;
      }
      case "map": {
        const [keys, key, one, value] = [source.local("keys"), source.local("k"), source.local("v"), source.local("r")];
        source.line(
          `if (typeof ${x} !== "object" || ${x} === null || Array.isArray(${x})) ${this.#misfit(path, "a map, as an object", x)}`,
        );
        source.line(`const ${keys} = Object.keys(${x});`);
        this.#charge(`${keys}.length === 0 ? ${OBJECT} : ${MAP} + ${keys}.length * ${ENTRY + scalarCost(type.value)}`);
        source.line(`for (const ${key} of ${keys}) { const ${one} = ${x}[${key}]; let ${value};`);
        source.line(
          `if (c.brokenPairs && !${source.constant("isWellFormed", isWellFormed)}(${key})) ${this.#misfit(path, "well-formed keys", key)}`,
        );
        this.#into(value, type.value, one, `${path}\${${source.constant("keyStep", keyStep)}(${key})}`, depth + 1);
        // JSON.parse made every key, `__proto__` too, a member of its own, so that this assignment reaches no prototype.
        source.line(`if (${value} !== ${one}) ${x}[${key}] = ${value}; }`);
        source.line(`${target} = ${x};`);
        return;
      }
      case "any":
        source.line(`${target} = ${source.constant("checkAny", checkAny)}(${x}, c, d - ${depth});`);
        return;
      default:
        this.#scalar(target, type, x, path);
    }
  }

  #scalar(target: string, type: ScalarType | EnumType, x: string, path: string): void {
    const source = this.#source;
    const converted = (hint: string, convert: (value: unknown) => unknown, expected: string): void => {
      source.line(`${target} = ${source.constant(hint, convert)}(${x});`);
      source.line(`if (${target} === undefined) ${this.#misfit(path, expected, x)}`);
    };
    switch (type.kind) {
      case "int64":
        converted("toInt64", toInt64, "int64, as a string");
        return;
      case "int32":
        converted("toInt32", toInt32, "int32");
        return;
      case "int53":
        converted("toInt53", toInt53, "int53");
        return;
      case "bytes":
        converted(
          "toBytes",
          (value) => (typeof value === "string" ? fromBase64(value) : undefined),
          "bytes, as base64",
        );
        return;
      case "timestamp":
        converted(
          "toDate",
          (value) => (typeof value === "string" ? readTimestamp(value) : undefined),
          "timestamp, as RFC 3339",
        );
        return;
      case "float64":
      case "float32":
        source.line(`${target} = typeof ${x} === "string" ? ${source.constant("toFloat", toFloat)}(${x}) : ${x};`);
        source.line(`if (${misfitCondition(source, type, target)}) ${this.#misfit(path, type.kind, x)}`);
        if (type.kind === "float32") source.line(`${target} = Math.fround(${target});`);
        return;
      case "enum":
        // ProtoJSON takes the number, too.
        source.line(
          `${target} = typeof ${x} === "number" ? ${source.constant("NUMBERS", numbers(type))}.get(${x}) : ${x};`,
        );
        source.line(
          `if (${misfitCondition(source, type, target)}) ${this.#misfit(path, `one of ${type.members.join(", ")}`, x)}`,
        );
        return;
      case "string":
        source.line(
          `if (typeof ${x} !== "string" || (c.brokenPairs && !${source.constant("isWellFormed", isWellFormed)}(${x}))) ${this.#misfit(path, "string", x)}`,
        );
        break;
      default:
        source.line(`if (${misfitCondition(source, type, x)}) ${this.#misfit(path, type.kind, x)}`);
    }
    source.line(`${target} = ${x};`);
  }

  #struct(target: string, type: StructType, x: string, path: string, depth: number): void {
    const source = this.#source;
    const own = ownReviver(type, this.#reviverOf);
    if (own !== undefined) {
      source.line(
        `try { ${target} = ${source.constant("revive", own)}(${x}, c, d - ${depth}); } catch (e) { throw ${source.constant("within", within)}(\`${path}\`, e); }`,
      );
      return;
    }
    const wrapped = wrappedField(type);
    if (wrapped !== undefined) {
      const value = source.local("r");
      source.line(`let ${value};`);
      this.#charge(structCost(type));
      this.#into(value, wrapped.type, x, path, depth + 1);
      structLiteral(source, target, type, [value]);
      return;
    }
    source.line(
      `if (typeof ${x} !== "object" || ${x} === null || Array.isArray(${x})) ${this.#misfit(path, type.name, x)}`,
    );
    this.#charge(structCost(type));
    const costs = optionalCosts(type);
    const values = type.fields.map((field) => {
      const [json, value] = [source.local("v"), source.local("r")];
      const here = path === "" ? field.name : `${path}.${field.name}`;
      source.line(`let ${json} = ${member(x, field.name)}, ${value};`);
      const original = originalName(field, type);
      if (original !== undefined) source.line(`if (${json} === undefined) ${json} = ${member(x, original)};`);
      // ProtoJSON: null stands for the default, except where it is a value.
      source.line(
        takesNull(field.type) ? `if (${json} !== undefined) {` : `if (${json} !== undefined && ${json} !== null) {`,
      );
      if (field.optional) source.line(`c.memory -= ${costs.get(field)};`);
      this.#into(value, field.type, json, here, depth + 1);
      const absent = field.optional ? undefined : absentLiteral(source, field);
      if (field.optional) source.line("}");
      else if (absent === undefined) source.line(`} else ${this.#misfit(here, nameOf(field.type), json)}`);
      else source.line(`} else { c.memory -= ${absentCost(field)}; ${value} = ${absent}; }`);
      return value;
    });
    structLiteral(source, target, type, values);
  }

  #union(target: string, type: UnionType, x: string, path: string, depth: number): void {
    const source = this.#source;
    const [keys, json, value] = [source.local("keys"), source.local("v"), source.local("r")];
    const expected = `an object with one member of ${type.fields.map((field) => field.name).join(", ")}`;
    source.line(
      `if (typeof ${x} !== "object" || ${x} === null || Array.isArray(${x})) ${this.#misfit(path, expected, x)}`,
    );
    source.line(`const ${keys} = Object.keys(${x}); let ${value};`);
    source.line(`if (${keys}.length !== 1) ${this.#misfit(path, expected, `${keys}.join()`)}`);
    this.#charge(UNION);
    source.line(`const ${json} = ${x}[${keys}[0]];`);
    source.line(`switch (${keys}[0]) {`);
    for (const field of type.fields) {
      const name = JSON.stringify(field.name);
      source.line(`case ${name}: { c.memory -= ${scalarCost(field.type)};`);
      this.#into(value, field.type, json, path === "" ? field.name : `${path}.${field.name}`, depth + 1);
      source.line(`${target} = { kind: ${name}, value: ${value} }; break; }`);
    }
    source.line(`default: ${this.#misfit(path, expected, `${keys}[0]`)} }`);
  }
}

/** The name that a field is likely to have in a .proto file, by which ProtoJSON takes it, too. */
function originalName({ name }: Field, { fields }: StructType): string | undefined {
  const original = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return fields.some((field) => field.name === original) ? undefined : original;
}

function takesNull(type: Type): boolean {
  return type.kind === "any" || (type.kind === "struct" && wellKnownJson(type)?.takesNull === true);
}

function nameOf(type: Type): string {
  return "name" in type ? type.name : type.kind;
}

const INTEGER = /^-?(0|[1-9]\d{0,18})$/;

function toInt64(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== "string" || !INTEGER.test(value)) return undefined;
  const integer = BigInt(value);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

/** A writer whose field was an int64 writes it as a string. */
function toInt53(value: unknown): number | undefined {
  const number = typeof value === "string" && INTEGER.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) + 0 : undefined;
}

function toInt32(value: unknown): number | undefined {
  const integer = toInt53(value);
  return integer !== undefined && (integer | 0) === integer ? integer : undefined;
}

const FLOAT = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Numbers may stand in quotes, as those must that JSON has no word for; one too great for its type is no infinity. */
function toFloat(value: string): unknown {
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  const number = FLOAT.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : value;
}

function numbers({ members, numbers }: EnumType): ReadonlyMap<number, string> {
  return new Map(members.map((member, place) => [numbers?.[place] ?? place, member]));
}
