import { expect } from "chai";
import fc from "fast-check";
import type { Type } from "../../../core/type/type.ts";
import { clone, type Infer, t } from "../../../index.ts";
import { typeAndValue } from "../../codecs/arbitrary.ts";
import { failure } from "../../codecs/suite.ts";
import { All, all, Item } from "../../codecs/types.ts";

const Tree = t.struct("test.Tree", {
  label: t.string,
  item: t.optional(Item),
  made: t.transient(t.default(t.list(t.int32), [1])),
  get children() {
    return t.default(t.list(Tree), []);
  },
});
type Tree = Infer<typeof Tree>;
const leaf = (label: string): Tree => ({ label, children: [], made: [1] });

/** Every object in a value, each once. */
function objects(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== "object" || value === null || found.has(value)) return found;
  found.add(value);
  if (value instanceof Uint8Array) return found.add(value.buffer);
  for (const member of Object.values(value)) objects(member, found);
  return found;
}

describe("clone", () => {
  it("is equal and shares no object, for random values of random types", () => {
    fc.assert(
      fc.property(typeAndValue, fc.boolean(), ({ type, value }, identity) => {
        const copy = clone(value as never, type, { identity });
        expect(copy).to.deep.equal(value);
        const originals = objects(value);
        for (const one of objects(copy)) expect(originals.has(one)).to.equal(false);
      }),
      { numRuns: 300 },
    );
  });

  it("takes any type of t", () => {
    expect(clone(all as never, All)).to.deep.equal(all);
    expect(clone([1, 2], t.list(t.int32))).to.deep.equal([1, 2]);
    expect(clone({ a: 1n }, t.map(t.int64))).to.deep.equal({ a: 1n });
    expect(clone("red", t.enums("test.Color", ["red"]))).to.equal("red");
    expect(clone(5, t.int32)).to.equal(5);
    const Either = t.union("test.Either", { tree: Tree, none: t.bool });
    const value = { kind: "tree", value: leaf("a") } as const;
    expect(clone(value, Either)).to.deep.equal(value);
    expect(clone(value, Either)).not.to.equal(value);
  });

  it("takes a schema that a contract takes", () => {
    const schema = {
      type: "object",
      properties: { sku: { type: "string" }, tags: { type: "array", items: { type: "string" } } },
      required: ["sku", "tags"],
    } as const;
    const value = { sku: "a", tags: ["x"], extra: 1 };
    const copy = clone(value, schema);
    expect(copy).to.deep.equal({ sku: "a", tags: ["x"] });
    expect(copy.tags).not.to.equal(value.tags);
    expect(failure(() => clone({ sku: 5, tags: [] } as never, schema)).message).to.equal(
      "sku: expected string, well-formed Unicode, got 5",
    );
  });

  it("translates and compiles a schema once", () => {
    let translated = 0;
    const output = (): Record<string, unknown> => {
      translated++;
      return { type: "array", items: { type: "string" } };
    };
    const validate = (value: unknown) => ({ value });
    const schema = { "~standard": { version: 1, vendor: "test", validate, jsonSchema: { output } } } as const;
    clone(["a"], schema);
    const once = translated;
    expect(once).to.be.above(0);
    expect(clone(["a", "b"], schema)).to.deep.equal(["a", "b"]);
    expect(translated).to.equal(once);
  });

  it("gives defaults, drops what the type does not know, and resets transient fields", () => {
    const value = { label: "a", made: [9], extra: 1 } as unknown as Tree;
    const first = clone(value, Tree);
    expect(first).to.deep.equal(leaf("a"));
    first.made.push(2);
    first.children.push(leaf("b"));
    expect(clone(value, Tree)).to.deep.equal(leaf("a"));
  });

  it("refuses what does not fit, with the path", () => {
    const wrong = { ...leaf("a"), children: [{ ...leaf("b"), item: { sku: "s", qty: "x", price: 1 } }] };
    for (const identity of [false, true]) {
      const error = failure(() => clone(wrong as never, Tree, { identity }));
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.equal('children[0].item.qty: expected int32, got "x"');
    }
    expect(() => clone(1 as never, "int32" as never)).to.throw(TypeError);
  });

  it("refuses what contains itself or is too deep", () => {
    const cycle = leaf("a");
    cycle.children.push(cycle);
    let deep = leaf("a");
    for (let i = 0; i < 40; i++) deep = { ...leaf("b"), children: [deep] };
    for (const identity of [false, true])
      for (const value of [cycle, deep])
        expect(failure(() => clone(value, Tree, { identity })).message).to.include("nested deeper than maxDepth");
  });

  it("gives each place an object of its own, unless identity is asked for", () => {
    const item = { sku: "a", qty: 1, price: 2 };
    const child = { ...leaf("b"), item };
    const value: Tree = { ...leaf("a"), item, children: [child, child] };

    const apart = clone(value, Tree);
    expect(apart.children[0]).to.deep.equal(apart.children[1]);
    expect(apart.children[0]).not.to.equal(apart.children[1]);
    expect(apart.item).not.to.equal(apart.children[0]?.item);

    const graph = clone(value, Tree, { identity: true });
    expect(graph).to.deep.equal(apart);
    expect(graph.children[0]).to.equal(graph.children[1]);
    expect(graph.item).to.equal(graph.children[0]?.item);
    expect(graph.item).not.to.equal(item);
    expect(clone(value, Tree, { identity: true }).item).not.to.equal(graph.item);
  });

  it("keeps identity of every kind of object, but not across types", () => {
    const [bytes, at, list, map] = [Uint8Array.of(1), new Date(5), [1], { a: 1 }];
    const choice = { kind: "a", value: 1 } as const;
    const of = (type: Type): Type => t.list(type) as Type;
    const Union = t.union("test.U", { a: t.int32 });
    for (const [type, one] of [
      [t.bytes, bytes],
      [t.timestamp, at],
      [t.list(t.int32), list],
      [t.map(t.int32), map],
      [Union, choice],
    ] as const) {
      const [a, b] = clone([one, one] as never, of(type as Type), { identity: true }) as unknown as [unknown, unknown];
      expect(a).to.equal(b);
      expect(a).not.to.equal(one);
    }
    const Two = t.struct("test.Two", { whole: Item, part: t.struct("test.Part", { sku: t.string }) });
    const item = { sku: "a", qty: 1, price: 2 };
    expect(clone({ whole: item, part: item }, Two, { identity: true })).to.deep.equal({
      whole: item,
      part: { sku: "a" },
    });
  });

  it("copies in time of the objects there are, not of the paths to them, where identity is asked for", () => {
    let value = leaf("a");
    for (let i = 0; i < 30; i++) value = { ...leaf("b"), children: [value, value] };
    let copy: Tree | undefined = clone(value, Tree, { identity: true });
    for (let i = 0; i < 30; i++) {
      expect(copy?.children[0]).to.equal(copy?.children[1]);
      copy = copy?.children[0];
    }
    expect(copy).to.deep.equal(leaf("a"));
  });
});
