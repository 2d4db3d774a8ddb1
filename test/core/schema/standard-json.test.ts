import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type as ark } from "arktype";
import { expect } from "chai";
import fc from "fast-check";
import { Type as TypeBox } from "typebox";
import * as v from "valibot";
import * as z from "zod";
import * as zm from "zod/mini";
import { compileJsonCheck } from "../../../core/schema/json-check.ts";
import { JsonDocument, type JsonSchema } from "../../../core/schema/json-document.ts";
import { formats } from "../../../core/schema/json-format.ts";
import { toType } from "../../../core/schema/translate.ts";
import type { Type } from "../../../core/type/type.ts";
import { contractOf, defineService, rpc, t } from "../../../index.ts";

/** A type as a word, its named parts by name. */
function word(type: Type): string {
  if (type.kind === "list") return `list ${word(type.item)}`;
  if (type.kind === "map") return `map ${word(type.value)}`;
  if (type.kind === "struct")
    return `${type.name} { ${type.fields.map((one) => `${one.name}${one.optional ? "?" : ""}: ${word(one.type)}`).join(", ")} }`;
  return type.kind === "enum" ? `${type.name} ${type.members.join("|")}` : type.kind;
}

const object = (properties: Record<string, JsonSchema | boolean>, more: JsonSchema | Record<string, unknown> = {}) => ({
  type: "object",
  properties,
  ...more,
});

describe("a JSON Schema becomes", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["string", { type: "string", format: "date-time" }],
    ["bool", { enum: [true, false] }],
    ["int53", { type: "integer" }],
    ["int53", { type: "integer", minimum: 0, maximum: 2 ** 31 }],
    ["int32", { type: "integer", minimum: -(2 ** 31), exclusiveMaximum: 2 ** 31 }],
    ["int32", { enum: [1, 2] }],
    ["float64", { type: "number", minimum: 0 }],
    ["float32", { type: "number", format: "float" }],
    ["int64", { type: "bigint" }],
    ["timestamp", { type: "Date" }],
    ["bytes", { type: "Uint8Array" }],
    ["list string", { type: "array", items: { type: "string" } }],
    ["list any", { type: "array" }],
    ["map float64", { type: "object", additionalProperties: { type: "number" } }],
    ["map bool", { type: "object", patternProperties: { "^a": { type: "boolean" } } }],
    ["N a|b", { enum: ["a", "b"] }],
    ["N a|b", { anyOf: [{ const: "a" }, { const: "b" }] }],
    ["N a", { const: "a" }],
    ["string", { enum: ["first-name", "then"] }],
    [
      "N { a: string, b?: list N_B { c?: bool } }",
      object(
        { a: { type: "string" }, b: { type: "array", items: object({ c: { type: "boolean" } }) } },
        { required: ["a"] },
      ),
    ],
    [
      "N { a?: string, b: bool }",
      { allOf: [object({ a: { type: "string" } }), object({ b: { type: "boolean" } }, { required: ["b"] })] },
    ],
    ["shop.T {  }", object({}, { title: "shop.T" })],
    ["N {  }", object({}, { title: "A title of words" })],
    ["any", { type: ["string", "null"] }],
    ["any", { anyOf: [{ type: "string" }, { type: "null" }] }],
    ["any", { oneOf: [object({ kind: { const: "a" } }), object({ kind: { const: "b" } })] }],
    ["any", { type: "array", prefixItems: [{ type: "string" }] }],
    ["any", object({ "first-name": { type: "string" } })],
    ["any", object({ a: { type: "string" } }, { additionalProperties: true })],
    ["any", { type: "object" }],
    ["any", { enum: ["a", 1] }],
    ["list any", { $ref: "#/$defs/l", $defs: { l: { type: "array", items: { $ref: "#/$defs/l" } } } }],
  ];
  for (const [expected, schema] of cases) {
    it(`${expected}: ${JSON.stringify(schema).slice(0, 90)}`, () => {
      expect(word(toType(schema, "N")).replaceAll("NB", "N_B")).to.equal(expected);
    });
  }

  it("a struct that contains itself", () => {
    const tree = toType({
      $ref: "#/$defs/Tree",
      $defs: { Tree: object({ kids: { type: "array", items: { $ref: "#/$defs/Tree" } } }) },
    });
    expect(tree).to.include({ kind: "struct", name: "Tree" });
    const [kids] = tree.kind === "struct" ? tree.fields : [];
    expect(kids?.type.kind === "list" && kids.type.item).to.equal(tree);
  });

  it("a default where the value fits", () => {
    const type = toType(object({ a: { type: "string", default: "x" }, b: { type: "string", default: 1 } }), "N");
    expect(
      type.kind === "struct" && type.fields.map(({ optional, defaultValue }) => [optional, defaultValue]),
    ).to.deep.equal([
      [false, "x"],
      [true, undefined],
    ]);
  });

  it("an error where it cannot be meant", () => {
    for (const wrong of [{}, { kind: "lists" }, { items: true }, "text", 5, null, String])
      expect(() => toType(wrong, "N"), String(wrong)).to.throw(TypeError);
    expect(() => toType(object({}))).to.throw(TypeError, "the schema has no name");
    expect(() => toType(JSON.parse('{"type":"object","properties":{"then":{"type":"string"}}}'), "N")).to.throw(
      TypeError,
      '"then" is not a usable name',
    );
    expect(() => toType(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'), "N")).to.throw(
      TypeError,
      "is not a usable name",
    );
    expect(() => toType({ $ref: "#/$defs/none" }, "N")).to.throw(TypeError, '$ref "#/$defs/none" leads nowhere');
    expect(() => toType(object({}, { if: {} }), "N")).to.throw(TypeError, "the keyword if is not checked here");
    expect(() => toType({ type: "objet" }, "N")).to.throw(TypeError, 'JSON Schema has no type "objet"');
    expect(() => toType({ type: "string", pattern: "[\\w-.]" }, "N")).to.throw(TypeError, "a pattern is no regular");
    expect(() => toType({ type: "number", minimum: 0, exclusiveMinimum: true }, "N")).to.throw(TypeError, "a bound is");
    const twice = object({
      a: object({ x: { type: "string" } }, { title: "T" }),
      b: object({ y: { type: "string" } }, { title: "T" }),
    });
    expect(() => toType(twice, "N")).to.throw(TypeError, "T: two different schemas have this name");
  });
});

describe("a Standard Schema", () => {
  it("that cannot say what it gives out is refused with what to do", () => {
    const bare = { "~standard": { version: 1, vendor: "valibot", validate: () => ({ value: 1 }) } };
    expect(() => toType(bare, "N")).to.throw(TypeError, "toStandardJsonSchema");
    expect(() => toType(z.string().transform(Number), "N")).to.throw(TypeError, "a transform; leave it to the handler");
    expect(() => t.list(z.string() as never)).to.throw(TypeError, "goes into typeOf");
  });

  it("of Zod that holds what no codec carries is refused with what to take instead", () => {
    const refused: readonly (readonly [z.ZodType, string])[] = [
      [z.map(z.string(), z.string()), "use z.record"],
      [z.set(z.string()), "use z.array"],
      [z.file(), "z.instanceof(Uint8Array)"],
      [z.void(), "leave `returns` out"],
      [z.literal(5n), "use z.bigint()"],
      [z.literal(["a", undefined]), "use .optional()"],
      [z.instanceof(URL), "describe its members"],
    ];
    for (const [schema, instead] of refused) {
      expect(() => toType(z.object({ part: schema }), "N"), instead).to.throw(TypeError, instead);
    }
    expect(() => toType(zm.string(), "N")).to.throw(TypeError, "not from zod/mini");
  });

  it("of Zod is translated as it is meant", () => {
    const cases: readonly (readonly [z.ZodType, string])[] = [
      [z.uint64(), "int64"],
      [z.uint32(), "int53"],
      [z.float32(), "float32"],
      [z.coerce.date(), "timestamp"],
      [z.preprocess(String, z.string()), "string"],
      [z.string().brand<"Sku">().readonly(), "string"],
      [z.record(z.enum(["a", "b"]), z.int32()), "map int32"],
      [z.object({ a: z.string() }).and(z.object({ b: z.string() })), "N { a: string, b: string }"],
      [z.strictObject({ a: z.string() }), "N { a: string }"],
      [z.object({ a: z.bigint().default(5n), b: z.date().default(new Date(0)) }), "N { a: int64, b: timestamp }"],
      [z.object({ a: z.string().catch("x"), b: z.string().prefault("y") }), "N { a: string, b: string }"],
      [z.object({ a: z.string().nullish() }), "N { a?: any }"],
      [z.tuple([z.string()], z.number()), "any"],
      [z.object({ a: z.string() }).meta({ id: "shop.ThingV2" }), "shop.ThingV2 { a: string }"],
    ];
    for (const [schema, expected] of cases) expect(word(toType(schema, "N"))).to.equal(expected);
  });

  it("of Valibot keeps its checks, and texts that it trims", async () => {
    const Mail = v.pipe(
      v.string(),
      v.trim(),
      v.brand("Mail"),
      v.check((mail) => mail !== "nobody", "nobody has that name"),
    );
    const type = toType(toStandardJsonSchema(Mail), "N");
    expect(type.kind).to.equal("string");
    expect(await type.check?.(" ada ")).to.include({ value: "ada" });
    expect((await type.check?.("nobody"))?.issues?.[0]?.message).to.equal("nobody has that name");
    const changing = toStandardJsonSchema(v.pipe(v.string(), v.transform(Number)));
    expect(() => toType(changing, "N")).to.throw(TypeError, 'The "transform" action');
  });

  it("of ArkType that holds what no codec carries is refused", () => {
    expect(() => toType(ark({ m: "Map" }), "N")).to.throw(TypeError, "a Map; describe its members");
  });

  it("without a name is called by where it stands", () => {
    const part = z.object({ deep: z.object({ x: z.string() }) });
    const S = defineService(
      "shop.S",
      {},
      {
        one: rpc({ params: [part], returns: part }),
        two: rpc({ params: [part, part], returns: z.array(part) }),
        call: rpc({ params: [t.callback([part], part)] }),
      },
    );
    const [one, two, call] = contractOf(S).methods;
    const responses = [one, two].map((method) => word(method?.response as Type));
    expect(word(one?.request as Type)).to.equal("shop.S.OneRequest { deep: shop.S.OneRequestDeep { x: string } }");
    expect(responses[0]).to.equal("shop.S.OneResponse { deep: shop.S.OneResponseDeep { x: string } }");
    expect(two?.request.fields.map(({ type }) => (type as { name?: string }).name)).to.deep.equal([
      "shop.S.TwoRequestArg1",
      "shop.S.TwoRequestArg2",
    ]);
    expect(responses[1]).to.match(/^shop\.S\.TwoResponse \{ result: list shop\.S\.TwoResponseResult \{/);
    expect(call?.callbacks[0]?.request.name).to.equal("shop.S.call.Arg1Request");
  });
});

describe("the check of a JSON Schema", () => {
  const schemas: readonly object[] = [
    { type: "integer", minimum: 0, exclusiveMaximum: 3, multipleOf: 0.5 },
    { type: ["string", "null"], minLength: 1, maxLength: 2, pattern: "a|^.$" },
    { type: "array", items: { type: "integer", maximum: 2 }, minItems: 1, maxItems: 2, uniqueItems: true },
    { prefixItems: [{ type: "string" }, true], items: { const: 1 } },
    object(
      { a: { enum: [1, "x", null, [1], { b: 2 }] }, b: false },
      { required: ["a"], minProperties: 1, maxProperties: 2 },
    ),
    object({ a: true }, { patternProperties: { "^b": { type: "string" } }, additionalProperties: false }),
    { type: "object", propertyNames: { maxLength: 1 }, additionalProperties: { type: "boolean" } },
    { anyOf: [{ type: "string" }, { minimum: 1 }] },
    { oneOf: [{ type: "integer" }, { minimum: 1 }] },
    { allOf: [{ type: "number" }, { not: { const: 1 } }] },
    { $ref: "#/$defs/t", $defs: { t: object({ a: { $ref: "#/$defs/t" } }, { maxProperties: 1 }) } },
  ];
  const scalars = fc.oneof(
    fc.constantFrom<unknown>(null, true, 0, 1, 1.5, 2, -1, "", "a", "x", "ab", "😀"),
    fc.string({ maxLength: 3 }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalars,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "bb", "__proto__"), tie("value"), { maxKeys: 3 }),
    ),
  }));
  for (const schema of schemas) {
    it(`agrees with Ajv: ${JSON.stringify(schema).slice(0, 90)}`, () => {
      const check = compileJsonCheck(new JsonDocument(schema, "N"), t.any, "N");
      const reference = new Ajv2020({ strict: false }).compile(schema);
      const verdicts = new Set<boolean>();
      const samples = [
        ...fc.sample(value, { numRuns: 500, seed: 1 }),
        { a: 1 },
        { a: "x" },
        { a: {} },
        { a: { a: {} } },
        [1],
        ["a", 0, 1],
        ["a", 0, 2],
      ];
      for (const sample of samples) {
        const result = check?.(sample) as { issues?: unknown };
        expect(result.issues === undefined, JSON.stringify(sample)).to.equal(reference(sample));
        verdicts.add(result.issues === undefined);
      }
      expect([...verdicts].sort()).to.deep.equal([false, true]);
    });
  }

  it("agrees with Ajv on what has no type of its own, as JSON Schemas come", () => {
    const whole: readonly object[] = [
      { type: "null" },
      { type: "object" },
      { type: "array", items: { type: "null" } },
      object({ "first-name": { type: "string" } }, { required: ["first-name"], additionalProperties: false }),
      object({ a: { type: "integer" } }, { additionalProperties: true }),
      { allOf: [object({ a: { type: "integer" } }), object({ a: { minimum: 0 } })] },
    ];
    for (const schema of whole) {
      const { check } = toType(schema, "N");
      const reference = new Ajv2020({ strict: false }).compile(schema);
      for (const sample of [
        5,
        null,
        {},
        [],
        [null],
        [5],
        { "first-name": "x" },
        { "first-name": 5 },
        { a: 1 },
        { a: "x" },
      ]) {
        const result = check?.(sample) as { issues?: unknown };
        expect(result.issues === undefined, `${JSON.stringify(schema)} ${JSON.stringify(sample)}`).to.equal(
          reference(sample),
        );
      }
    }
  });

  it("costs a hostile value no more than its size", () => {
    const check = (schema: object, value: unknown) => toType(schema, "N").check?.(value) as { issues?: unknown[] };
    const many = Array.from({ length: 200_000 }, (_, i) => i);
    const unique = { type: "array", items: { type: "integer" }, uniqueItems: true };
    expect(check(unique, many).issues).to.equal(undefined);
    expect(check({ type: "array", items: { type: "integer", minimum: 1e6 } }, many).issues).to.have.length(100);
    // Of two alternatives at each of 60 levels the second fits, which only the innermost member tells.
    const node = (word: string) => object({ k: { $ref: "#/$defs/Node" }, w: { const: word } }, { required: ["k"] });
    const nested = { $ref: "#/$defs/Node", $defs: { Node: { anyOf: [node("a"), node("b"), { type: "null" }] } } };
    const deep = (innermost: unknown) => Array.from({ length: 60 }).reduce((k: unknown) => ({ k, w: "b" }), innermost);
    expect(check(nested, deep(null)).issues).to.equal(undefined);
    expect(check(nested, deep("x")).issues).to.have.length(1);
  }).timeout(5000);

  it("compares by value, and divides as people do", () => {
    const passes = (schema: object, value: unknown) => {
      const result = toType(schema, "N").check?.(value) as { issues?: unknown };
      return result.issues === undefined;
    };
    const unique = { type: "array", uniqueItems: true };
    expect(
      passes(unique, [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).to.equal(false);
    expect(passes(unique, ["1", 1, [1], { 1: 1 }, "[1]", 1n, null, "null"])).to.equal(true);
    expect(passes(unique, [new Date(5), new Date(5)])).to.equal(false);
    expect(passes({ type: "number", multipleOf: 0.1 }, 0.3)).to.equal(true);
    expect(passes({ type: "number", multipleOf: 0.01 }, 4.35)).to.equal(true);
    expect(passes({ type: "number", multipleOf: 1 }, 1e10 + 0.5)).to.equal(false);
    expect(passes({ type: "bigint", minimum: 2n ** 53n + 1n }, 2n ** 53n)).to.equal(false);
  });

  it("runs what TypeBox refines, and refuses what TypeBox decodes", () => {
    const Even = TypeBox.Refine(
      TypeBox.Integer(),
      (n) => n % 2 === 0,
      (n) => `${n} is odd`,
    );
    expect(toType(Even, "N").check?.(2)).to.deep.equal({ value: 2 });
    expect(toType(Even, "N").check?.(3)).to.deep.equal({ issues: [{ message: "3 is odd", path: [] }] });
    const Text = TypeBox.Decode(TypeBox.String(), (text) => Number(text));
    expect(() => toType(Text, "N")).to.throw(TypeError, "leave Decode and Encode to the handler");
  });

  it("is left out where the type says it all", () => {
    const schema = object(
      { a: { type: "array", items: { type: "string" } } },
      { required: ["a"], additionalProperties: false },
    );
    expect(toType(schema, "N").check).to.equal(undefined);
  });

  it("knows the formats", () => {
    const texts: Readonly<Record<string, readonly [good: string[], bad: string[]]>> = {
      date: [
        ["2024-02-29", "2000-02-29"],
        ["2023-02-29", "1900-02-29", "2024-13-01", "2024-1-1", "2024-00-10"],
      ],
      time: [
        ["12:00:00Z", "23:59:60.5+01:00"],
        ["24:00:00Z", "12:00:00"],
      ],
      "date-time": [["2024-02-29T12:00:00Z"], ["2024-02-30T12:00:00Z", "2024-02-29", "2024-02-29X12:00:00Z"]],
      email: [
        ["ada@example.com", "a.b+c@localhost"],
        ["ada", "@a", "a@", "a b@c"],
      ],
      uuid: [["123e4567-e89b-12d3-a456-426614174000"], ["123e4567"]],
      ipv4: [
        ["1.2.3.4", "255.0.0.255"],
        ["256.0.0.1", "1.2.3", "1.2.3.4."],
      ],
      uri: [
        ["https://a.example/b?c#d", "urn:x:y"],
        ["/a", "a b:c"],
      ],
    };
    expect([...formats.keys()].sort()).to.deep.equal(Object.keys(texts).sort());
    for (const [format, [good, bad]] of Object.entries(texts)) {
      for (const text of good) expect(formats.get(format)?.(text), text).to.equal(true);
      for (const text of bad) expect(formats.get(format)?.(text), text).to.equal(false);
    }
  });
});
