import fc, { type Arbitrary } from "fast-check";
import { textOf } from "../../../core/schema/avro-decimal.ts";
import { scalarForm } from "../../../core/schema/avro-form.ts";
import type { Type } from "../../../core/type/type.ts";
import { isWellFormed } from "../../../core/well-formed.ts";

type Json = Readonly<Record<string, unknown>>;

/** A schema without names: what is declared gets one afterwards, and a number stands for what was declared before. */
type Plan = string | Json | { readonly again: number } | { readonly self: number } | readonly Plan[];

const logical = [
  { type: "int", logicalType: "date" },
  { type: "int", logicalType: "time-millis" },
  { type: "long", logicalType: "timestamp-millis" },
  { type: "long", logicalType: "timestamp-micros" },
  { type: "long", logicalType: "time-micros" },
  { type: "long", logicalType: "local-timestamp-millis" },
  { type: "string", logicalType: "uuid" },
  { type: "bytes", logicalType: "decimal", precision: 12, scale: 3 },
  { type: "bytes", logicalType: "decimal", precision: 5 },
];
const declared = [
  { type: "enum", symbols: ["A", "B", "C"] },
  { type: "enum", symbols: ["X", "Y"], default: "Y" },
  { type: "fixed", size: 0 },
  { type: "fixed", size: 7 },
  { type: "fixed", size: 12, logicalType: "duration" },
  { type: "fixed", size: 9, logicalType: "decimal", precision: 20, scale: 2 },
];

const plans = fc.letrec<{ one: Plan; branch: Plan; field: Plan }>((tie) => ({
  branch: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom("null", "boolean", "int", "long", "float", "double", "bytes", "string"),
    fc.constantFrom(...logical),
    fc.constantFrom(...declared),
    fc.nat(9).map((again) => ({ again })),
    tie("one").map((items) => ({ type: "array", items })),
    tie("one").map((values) => ({ type: "map", values })),
    fc.array(tie("field"), { maxLength: 5 }).map((fields) => ({ type: "record", fields })),
  ),
  one: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    tie("branch"),
    fc.array(tie("branch"), { minLength: 1, maxLength: 4 }),
  ),
  field: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    tie("one"),
    tie("branch").map((one) => ["null", one] as Plan),
    tie("branch").map((one) => [one, "null"] as Plan),
    fc.nat(3).map((self) => ["null", { self }] as Plan),
  ),
}));

/** Gives names, in two namespaces, and leaves out of unions what may not stand there. */
class Finisher {
  readonly #done: string[] = [];
  readonly #open: string[] = [];
  #count = 0;

  schema(plan: Plan): unknown {
    if (typeof plan === "string") return plan;
    if (Array.isArray(plan)) return this.#union(plan as readonly Plan[]);
    if ("self" in plan) return this.#open.at(-1 - (plan["self"] as number)) ?? "string";
    if ("again" in plan) return this.#done[plan["again"] as number] ?? "long";
    const { type } = plan as Json;
    if (type === "array") return { ...plan, items: this.schema((plan as Json)["items"] as Plan) };
    if (type === "map") return { ...plan, values: this.schema((plan as Json)["values"] as Plan) };
    if (type !== "record") return type === "enum" || type === "fixed" ? this.#named(plan as Json) : plan;
    const named = this.#names();
    this.#open.push(named.full);
    const fields = ((plan as Json)["fields"] as Plan[]).map((field, i) => ({
      name: `f${i}`,
      type: this.schema(field),
    }));
    this.#open.pop();
    this.#done.push(named.full);
    return { ...plan, name: named.name, namespace: named.namespace, fields };
  }

  #named(plan: Json): Json {
    const { name, namespace, full } = this.#names();
    this.#done.push(full);
    return { ...plan, name, namespace };
  }

  #names() {
    const namespace = this.#count++ % 3 === 0 ? "one" : "two.deep";
    const name = `N${this.#count}`;
    return { name, namespace, full: `${namespace}.${name}` };
  }

  #union(plans: readonly Plan[]): unknown {
    const branches = new Map<unknown, unknown>();
    for (const plan of plans) {
      // What is left out must not be finished, because it would declare a name.
      const unnamed = typeof plan === "string" ? plan : "type" in plan && !isDeclared(plan) ? plan["type"] : undefined;
      if (branches.has(unnamed)) continue;
      const branch = this.schema(plan);
      const key = unnamed ?? (isNamed(branch) ? `${branch.namespace}.${branch.name}` : branch);
      if (!branches.has(key)) branches.set(key, branch);
    }
    return [...branches.values()];
  }
}

function isNamed(schema: unknown): schema is { name: string; namespace: string } {
  return typeof schema === "object" && schema !== null && "name" in schema;
}

function isDeclared({ type }: Json): boolean {
  return type === "record" || type === "enum" || type === "fixed";
}

/** A random schema of a record. */
export const avroSchemas: Arbitrary<Json> = fc
  .array(plans.field, { maxLength: 6 })
  .map((fields) => new Finisher().schema({ type: "record", fields }) as Json);

const MIN_DATE = new Date("0001-01-01T00:00:00.000Z");
const MAX_DATE = new Date("9999-12-31T23:59:59.999Z");

/** Random values of a type that an Avro schema describes; optional fields are left out below some depth. */
export function valuesOf(type: Type, depth = 5): Arbitrary<unknown> {
  switch (type.kind) {
    case "bool":
      return fc.boolean();
    case "int32":
      return fc.integer();
    case "int64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "float32":
      return fc.float({ noNaN: true });
    case "float64":
      return fc.double({ noNaN: true });
    case "string":
      return fc.string({ unit: "binary", maxLength: 20 }).filter(isWellFormed);
    case "bytes": {
      const size = scalarForm(type)?.fixed?.size;
      return fc.uint8Array(size === undefined ? { maxLength: 20 } : { minLength: size, maxLength: size });
    }
    case "decimal": {
      const { precision, scale } = scalarForm(type)?.decimal ?? { precision: 9, scale: 2 };
      const most = 10n ** BigInt(precision) - 1n;
      return fc.bigInt({ min: -most, max: most }).map((units) => textOf(units, scale));
    }
    case "timestamp":
      return fc.date({ min: MIN_DATE, max: MAX_DATE, noInvalidDate: true });
    case "enum":
      return fc.constantFrom(...type.members);
    case "list":
      return fc.array(valuesOf(type.item, depth - 1), { maxLength: 3 });
    case "map": {
      const entries = fc.tuple(fc.string({ maxLength: 5 }), valuesOf(type.value, depth - 1));
      // avsc assigns to the prototype.
      const safe = entries.filter(([key]) => key !== "__proto__");
      return fc.array(safe, { maxLength: 3 }).map((all) => Object.fromEntries(all));
    }
    case "struct": {
      const fields = type.fields.filter((field) => depth > 0 || !field.optional);
      const values = Object.fromEntries(fields.map(({ name, type }) => [name, valuesOf(type, depth - 1)]));
      return fc.record(values, {
        requiredKeys: fields.filter(({ optional }) => !optional).map(({ name }) => name),
        noNullPrototype: true,
      });
    }
    case "union": {
      const cases = type.fields.map(({ name, type }) =>
        valuesOf(type, depth - 1).map((value) => ({ kind: name, value })),
      );
      return fc.oneof(...cases);
    }
    default:
      throw new Error(`no values of ${type.kind}`);
  }
}
