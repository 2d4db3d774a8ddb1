import { show } from "../explain.ts";
import type { JsonDocument, JsonSchema } from "./json-document.ts";
import { formats } from "./json-format.ts";
import type { Check, SchemaIssue } from "./schema.ts";

type Sub = JsonSchema | boolean;
type Path = readonly PropertyKey[];
/** Adds to the issues what the schema has against the value at the path. */
type Test = (value: unknown, path: Path, issues: SchemaIssue[]) => void;
type Members = Readonly<Record<string, unknown>>;

/** Keywords that would say something about values and are not checked here. */
const UNCHECKED = new Set([
  ..."if then else contains minContains maxContains dependentRequired dependentSchemas dependencies".split(" "),
  ..."unevaluatedItems unevaluatedProperties $dynamicRef $recursiveRef".split(" "),
]);

/** The check of what a JSON Schema says, in the terms of drafts 2020-12 and 07; `undefined` where a type says all of it. */
export function compileJsonCheck(document: JsonDocument, where: string): Check | undefined {
  const compiler = new Compiler(document, where);
  const test = compiler.compile(document.root);
  if (!compiler.demands) return undefined;
  return (value) => {
    const issues: SchemaIssue[] = [];
    test(value, [], issues);
    return issues.length === 0 ? { value } : { issues };
  };
}

class Compiler {
  /** True once something was met that a struct, list or scalar of the type model does not say by itself. */
  demands = false;
  readonly #document: JsonDocument;
  readonly #where: string;
  readonly #tests = new Map<JsonSchema, Test>();

  constructor(document: JsonDocument, where: string) {
    this.#document = document;
    this.#where = where;
  }

  compile(schema: Sub): Test {
    if (schema === true) return () => {};
    if (schema === false) {
      this.demands = true;
      return (_, path, issues) => issues.push({ message: "nothing is allowed here", path });
    }
    const known = this.#tests.get(schema);
    if (known) return known;
    let tests: readonly Test[] = [];
    const test: Test = (value, path, issues) => {
      for (const one of tests) one(value, path, issues);
    };
    // Known before it is complete, because it may refer to itself.
    this.#tests.set(schema, test);
    tests = [
      ...this.#generic(schema),
      ...this.#numbers(schema),
      ...this.#texts(schema),
      ...this.#lists(schema),
      ...this.#objects(schema),
    ];
    return test;
  }

  #demand(holds: (value: unknown) => boolean, message: string): Test {
    this.demands = true;
    return (value, path, issues) => {
      if (!holds(value)) issues.push({ message: `expected ${message}, got ${show(value)}`, path });
    };
  }

  #generic(schema: JsonSchema): Test[] {
    const unchecked = Object.keys(schema).find((keyword) => UNCHECKED.has(keyword));
    if (unchecked !== undefined) {
      throw new TypeError(
        `${this.#where}: the keyword ${unchecked} is not checked here; leave it out, or use a Standard Schema`,
      );
    }
    const { $ref, type, anyOf, oneOf, allOf, not } = schema;
    if (schema["~codec"] !== undefined) {
      throw new TypeError(
        `${this.#where}: a schema that changes its values cannot travel; leave Decode and Encode to the handler`,
      );
    }
    const tests = (schema["~refine"] ?? []).map(({ check, error }) => this.#refinement(check, error));
    if ($ref !== undefined) tests.push(this.compile(this.#document.resolve($ref).schema));
    if (type !== undefined) {
      const kinds: readonly string[] = typeof type === "string" ? [type] : type;
      const { demands } = this;
      tests.push(this.#demand((value) => kinds.some((kind) => isOf(kind, value)), kinds.join(" or ")));
      // The type model says as much.
      this.demands = demands || kinds.length > 1;
    }
    const values = "const" in schema ? [schema.const] : schema.enum;
    if (values)
      tests.push(this.#demand((value) => values.some((one) => equal(one, value)), values.map(show).join(" or ")));
    for (const part of allOf ?? []) tests.push(this.compile(part));
    if (anyOf) tests.push(this.#alternatives(anyOf, (count) => count > 0, "one of the alternatives"));
    if (oneOf) tests.push(this.#alternatives(oneOf, (count) => count === 1, "exactly one of the alternatives"));
    if (not !== undefined)
      tests.push(this.#alternatives([not], (count) => count === 0, "anything but what is excluded"));
    return tests;
  }

  #refinement(holds: (value: unknown) => boolean, message: (value: unknown) => unknown): Test {
    this.demands = true;
    return (value, path, issues) => {
      if (!holds(value)) issues.push({ message: String(message(value)), path });
    };
  }

  #alternatives(schemas: readonly Sub[], allowed: (count: number) => boolean, message: string): Test {
    const tests = schemas.map((schema) => this.compile(schema));
    const fits = (test: Test, value: unknown): boolean => {
      const issues: SchemaIssue[] = [];
      test(value, [], issues);
      return issues.length === 0;
    };
    return this.#demand((value) => allowed(tests.filter((test) => fits(test, value)).length), message);
  }

  #numbers({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema): Test[] {
    const bound = (limit: unknown, word: string, holds: (value: number) => boolean): Test[] =>
      limit === undefined
        ? []
        : [
            this.#demand(
              (x) => (typeof x !== "number" && typeof x !== "bigint") || holds(x as number),
              `${word} ${limit}`,
            ),
          ];
    return [
      ...bound(minimum, "at least", (x) => x >= Number(minimum)),
      ...bound(maximum, "at most", (x) => x <= Number(maximum)),
      ...bound(exclusiveMinimum, "more than", (x) => x > Number(exclusiveMinimum)),
      ...bound(exclusiveMaximum, "less than", (x) => x < Number(exclusiveMaximum)),
      ...bound(multipleOf, "a multiple of", (x) => isMultiple(Number(x), Number(multipleOf))),
    ];
  }

  #texts({ minLength, maxLength, pattern, format }: JsonSchema): Test[] {
    const rule = (holds: (value: string) => boolean, message: string): Test =>
      this.#demand((value) => typeof value !== "string" || holds(value), message);
    const tests: Test[] = [];
    if (minLength !== undefined)
      tests.push(rule((value) => codePoints(value) >= minLength, `text of at least ${minLength} characters`));
    if (maxLength !== undefined)
      tests.push(rule((value) => codePoints(value) <= maxLength, `text of at most ${maxLength} characters`));
    if (pattern !== undefined) {
      const expression = new RegExp(pattern, "u");
      tests.push(rule((value) => expression.test(value), `text that matches ${pattern}`));
    }
    const form = formats.get(format ?? "");
    if (form) tests.push(rule(form, `text of the format ${format}`));
    return tests;
  }

  #lists(schema: JsonSchema): Test[] {
    const { minItems, maxItems, uniqueItems } = schema;
    const rule = (holds: (value: readonly unknown[]) => boolean, message: string): Test =>
      this.#demand((value) => !Array.isArray(value) || holds(value), message);
    const tests: Test[] = [];
    if (minItems !== undefined) tests.push(rule((value) => value.length >= minItems, `at least ${minItems} items`));
    if (maxItems !== undefined) tests.push(rule((value) => value.length <= maxItems, `at most ${maxItems} items`));
    if (uniqueItems)
      tests.push(
        rule(
          (value) => !value.some((one, i) => value.slice(0, i).some((other) => equal(one, other))),
          "items of which no two are equal",
        ),
      );
    const tuple = Array.isArray(schema.items) ? (schema.items as readonly Sub[]) : schema.prefixItems;
    const rest = Array.isArray(schema.items) ? schema.additionalItems : (schema.items as Sub | undefined);
    if (tuple === undefined && rest === undefined) return tests;
    if (tuple) this.demands = true;
    const first = (tuple ?? []).map((item) => this.compile(item));
    const others = this.compile(rest ?? true);
    tests.push((value, path, issues) => {
      if (!Array.isArray(value)) return;
      for (const [i, item] of value.entries()) (first[i] ?? others)(item, [...path, i], issues);
    });
    return tests;
  }

  #objects(schema: JsonSchema): Test[] {
    const { required = [], minProperties, maxProperties, propertyNames } = schema;
    const rule = (holds: (value: Members) => boolean, message: string): Test =>
      this.#demand((value) => !isObject(value) || holds(value), message);
    const tests: Test[] = [];
    if (minProperties !== undefined)
      tests.push(rule((value) => Object.keys(value).length >= minProperties, `at least ${minProperties} members`));
    if (maxProperties !== undefined)
      tests.push(rule((value) => Object.keys(value).length <= maxProperties, `at most ${maxProperties} members`));
    // A struct has what its fields require; a map does not.
    if (required.some((name) => !Object.hasOwn(schema.properties ?? {}, name))) this.demands = true;
    tests.push((value, path, issues) => {
      if (!isObject(value)) return;
      for (const name of required) {
        if (memberOf(value, name) === undefined) issues.push({ message: "it is required", path: [...path, name] });
      }
    });
    if (propertyNames !== undefined) {
      const test = this.compile(propertyNames);
      tests.push((value, path, issues) => {
        if (isObject(value)) for (const name of Object.keys(value)) test(name, [...path, name], issues);
      });
    }
    return [...tests, ...this.#members(schema)];
  }

  #members({ properties = {}, patternProperties = {}, additionalProperties = true }: JsonSchema): Test[] {
    const named = new Map(Object.entries(properties).map(([name, schema]) => [name, this.compile(schema)]));
    const patterns = Object.entries(patternProperties).map(([pattern, schema]) => ({
      expression: new RegExp(pattern, "u"),
      test: this.compile(schema),
    }));
    // A struct drops what it has no field for, before anything is checked: there, closing it demands nothing.
    const { demands } = this;
    const others = this.compile(additionalProperties);
    if (additionalProperties === false) this.demands = demands || patterns.length > 0;
    return [
      (value, path, issues) => {
        if (!isObject(value)) return;
        for (const name of Object.keys(value)) {
          if (value[name] === undefined) continue;
          const matching = patterns.filter(({ expression }) => expression.test(name));
          const tests = [named.get(name), ...matching.map(({ test }) => test)].filter((test) => test !== undefined);
          for (const test of tests.length > 0 ? tests : [others]) test(value[name], [...path, name], issues);
        }
      },
    ];
  }
}

function isObject(value: unknown): value is Members {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

function memberOf(value: Members, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function isOf(kind: string, value: unknown): boolean {
  switch (kind) {
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "Date":
      return value instanceof Date;
    case "Uint8Array":
      return value instanceof Uint8Array;
    default:
      return typeof value === kind;
  }
}

function equal(one: unknown, other: unknown): boolean {
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, i) => equal(item, other[i]));
  }
  if (!isObject(one)) return one === other;
  const names = Object.keys(one);
  return (
    isObject(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && equal(one[name], other[name]))
  );
}

/** Exact where both are short decimals, which their remainder alone is not: 0.3 % 0.1 is not 0. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
