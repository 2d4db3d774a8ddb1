import { show } from "../show.ts";
import type { Check } from "../type/schema.ts";
import type { Type } from "../type/type.ts";
import type { JsonDocument, JsonSchema } from "./json-document.ts";
import { formats } from "./json-format.ts";
import { JsonRun, type Test } from "./json-run.ts";
import {
  allDiffer,
  codePoints,
  equal,
  isKind,
  isMultiple,
  isObject,
  isOf,
  type Members,
  memberOf,
} from "./json-value.ts";

type Sub = JsonSchema | boolean;

/** Keywords that would say something about values and are not checked here. */
const UNCHECKED = new Set([
  ..."if then else contains minContains maxContains dependentRequired dependentSchemas dependencies".split(" "),
  ..."unevaluatedItems unevaluatedProperties $dynamicRef $recursiveRef".split(" "),
]);

/**
 * The check of what a JSON Schema says, in the terms of drafts 2020-12 and 07; `undefined` where the type that it was
 * translated to says all of it.
 */
export function compileJsonCheck(document: JsonDocument, type: Type, where: string): Check | undefined {
  const compiler = new Compiler(document, where);
  const test = compiler.compile(document.root);
  if (!compiler.demands && !holdsAny(type, new Set())) return undefined;
  return (value) => {
    const run = new JsonRun();
    test(value, [], run);
    return run.issues.length === 0 ? { value } : { issues: run.issues };
  };
}

/** Of what became `t.any` the type says nothing. */
function holdsAny(type: Type, seen: Set<Type>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  switch (type.kind) {
    case "any":
      return true;
    case "list":
      return holdsAny(type.item, seen);
    case "map":
      return holdsAny(type.value, seen);
    case "struct":
      return type.fields.some((field) => holdsAny(field.type, seen));
    default:
      return false;
  }
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
    if (schema === false) return (_, path, run) => run.add("nothing is allowed here", path);
    const known = this.#tests.get(schema);
    if (known) return known;
    let tests: readonly Test[] = [];
    const test: Test = (value, path, run) => {
      for (const one of tests) {
        if (run.full) return;
        one(value, path, run);
      }
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

  #demand(holds: (value: unknown, run: JsonRun) => boolean, message: string): Test {
    this.demands = true;
    return expecting(holds, message);
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
      const unknown = kinds.find((kind) => !isKind(kind));
      if (unknown !== undefined) {
        throw new TypeError(
          `${this.#where}: JSON Schema has no type ${JSON.stringify(unknown)}; use string, number, integer, boolean, null, object or array`,
        );
      }
      // No demand: the type model says as much, or it says t.any.
      tests.push(expecting((value) => kinds.some((kind) => isOf(kind, value)), kinds.join(" or ")));
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
    return (value, path, run) => {
      if (!holds(value)) run.add(String(message(value)), path);
    };
  }

  #alternatives(schemas: readonly Sub[], allowed: (count: number) => boolean, message: string): Test {
    const tests = schemas.map((schema) => this.compile(schema));
    return this.#demand((value, run) => allowed(tests.filter((test) => run.fits(test, value)).length), message);
  }

  #numbers({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema): Test[] {
    const bound = (
      word: string,
      limit: number | undefined,
      holds: (value: number, limit: number) => boolean,
    ): Test[] => {
      if (limit === undefined) return [];
      // In draft 04, and so in OpenAPI 3.0, an exclusive bound is true.
      if (typeof limit === "boolean") {
        throw new TypeError(`${this.#where}: a bound is ${limit}; say the number, as JSON Schema does since draft 06`);
      }
      // Bigints too, which compare with numbers.
      const isNumber = (x: unknown): x is number => typeof x === "number" || typeof x === "bigint";
      return [this.#demand((x) => !isNumber(x) || holds(x, limit), `${word} ${limit}`)];
    };
    return [
      ...bound("at least", minimum, (x, limit) => x >= limit),
      ...bound("at most", maximum, (x, limit) => x <= limit),
      ...bound("more than", exclusiveMinimum, (x, limit) => x > limit),
      ...bound("less than", exclusiveMaximum, (x, limit) => x < limit),
      ...bound("a multiple of", multipleOf, (x, limit) => isMultiple(Number(x), Number(limit))),
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
      const expression = this.#expression(pattern);
      tests.push(rule((value) => expression.test(value), `text that matches ${pattern}`));
    }
    const form = formats.get(format ?? "");
    if (form) tests.push(rule(form, `text of the format ${format}`));
    return tests;
  }

  #expression(pattern: string): RegExp {
    try {
      return new RegExp(pattern, "u");
    } catch (error) {
      throw new TypeError(
        `${this.#where}: a pattern is no regular expression with the flag u: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #lists(schema: JsonSchema): Test[] {
    const { minItems, maxItems, uniqueItems } = schema;
    const rule = (holds: (value: readonly unknown[]) => boolean, message: string): Test =>
      this.#demand((value) => !Array.isArray(value) || holds(value), message);
    const tests: Test[] = [];
    if (minItems !== undefined) tests.push(rule((value) => value.length >= minItems, `at least ${minItems} items`));
    if (maxItems !== undefined) tests.push(rule((value) => value.length <= maxItems, `at most ${maxItems} items`));
    if (uniqueItems) tests.push(rule(allDiffer, "items of which no two are equal"));
    const tuple = Array.isArray(schema.items) ? (schema.items as readonly Sub[]) : schema.prefixItems;
    const rest = Array.isArray(schema.items) ? schema.additionalItems : (schema.items as Sub | undefined);
    if (tuple === undefined && rest === undefined) return tests;
    const first = (tuple ?? []).map((item) => this.compile(item));
    const others = this.compile(rest ?? true);
    tests.push((value, path, run) => {
      if (!Array.isArray(value)) return;
      for (const [i, item] of value.entries()) {
        if (run.full) return;
        (first[i] ?? others)(item, [...path, i], run);
      }
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
    tests.push((value, path, run) => {
      if (!isObject(value)) return;
      for (const name of required) if (memberOf(value, name) === undefined) run.add("it is required", [...path, name]);
    });
    if (propertyNames !== undefined) {
      const test = this.compile(propertyNames);
      tests.push((value, path, run) => {
        if (isObject(value)) for (const name of Object.keys(value)) test(name, [...path, name], run);
      });
    }
    return [...tests, ...this.#members(schema)];
  }

  #members({ properties = {}, patternProperties = {}, additionalProperties = true }: JsonSchema): Test[] {
    const named = new Map(Object.entries(properties).map(([name, schema]) => [name, this.compile(schema)]));
    const patterns = Object.entries(patternProperties).map(([pattern, schema]) => ({
      expression: this.#expression(pattern),
      test: this.compile(schema),
    }));
    // Of a map of one pattern. A struct drops what it has no field for, before anything is checked.
    if (additionalProperties === false && patterns.length > 0) this.demands = true;
    const others = this.compile(additionalProperties);
    return [
      (value, path, run) => {
        if (!isObject(value)) return;
        for (const name of Object.keys(value)) {
          if (run.full) return;
          if (value[name] === undefined) continue;
          const matching = patterns.filter(({ expression }) => expression.test(name));
          const tests = [named.get(name), ...matching.map(({ test }) => test)].filter((test) => test !== undefined);
          for (const test of tests.length > 0 ? tests : [others]) test(value[name], [...path, name], run);
        }
      },
    ];
  }
}

function expecting(holds: (value: unknown, run: JsonRun) => boolean, message: string): Test {
  return (value, path, run) => {
    if (!holds(value, run)) run.add(`expected ${message}, got ${show(value)}`, path);
  };
}
