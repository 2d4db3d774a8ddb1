import { expect } from "chai";
import fc from "fast-check";
import type { ContractJson } from "../../../core/contract/contract-json.ts";
import { printContract, wirePart, wireText } from "../../../core/contract/print-contract.ts";
import { readContract } from "../../../core/contract/read-contract.ts";
import { arg, contractOf, defineService, rpc, t, topic } from "../../../index.ts";
import { Everything } from "../../cli/contracts.ts";
import { typeAndValue } from "../../codecs/arbitrary.ts";
import { Shop } from "../../transports/suite/contract.ts";

const asText = (file: ContractJson): ContractJson => JSON.parse(JSON.stringify(file)) as ContractJson;

describe("a contract file", () => {
  it("says everything that a contract declares", () => {
    for (const contract of [Everything, contractOf(Shop)]) {
      const file = printContract(contract);
      const again = readContract(asText(file));
      expect(again.fingerprint).to.equal(contract.fingerprint);
      expect(wirePart(again)).to.deep.equal(wirePart(contract));
      expect(printContract(again)).to.deep.equal(file);
      expect(again.operations.map(({ index, streamParam }) => [index, streamParam])).to.deep.equal(
        contract.operations.map(({ index, streamParam }) => [index, streamParam]),
      );
    }
    const [, gone] = readContract(asText(printContract(Everything))).methods[0]?.throws ?? [];
    expect(gone?.create({}, {})).to.include({ code: "NOT_FOUND", message: "it is gone", name: "shop.Gone" });
  });

  it("does so for every type and default", () => {
    fc.assert(
      fc.property(typeAndValue, ({ type, value }) => {
        const In = t.struct("test.In", { it: t.default(type, value as never) });
        const contract = defineService("test.C", {}, { take: rpc({ params: [arg("it", In)], returns: type }) });
        const again = readContract(asText(printContract(contract)));
        expect(again.fingerprint).to.equal(contract.fingerprint);
        expect(printContract(again)).to.deep.equal(printContract(contract));
      }),
      { numRuns: 50 },
    );
  });

  it("has a wire part, in these words", () => {
    const Color = t.enums("g.Color", { red: 0, blue: 5 });
    const Item = t.struct("g.Item", {
      qty: t.field(7, t.encoded(t.int32, { protobuf: "sint32" })),
      color: t.default(Color, "blue"),
      get inner() {
        return t.encoded(t.optional(Item), { avro: "null:1" });
      },
      cache: t.transient(t.optional(t.string)),
    });
    const Gone = t.error("g.Gone", { key: t.string }, { code: "NOT_FOUND", message: "it is gone" });
    const contract = defineService(
      "g.S",
      { version: "1.2.0", group: "blue", docs: { "g.S": "Words." } },
      {
        put: rpc({
          params: [arg("item", Item)],
          returns: t.optional(t.list(Item)),
          throws: [Gone],
          idempotent: true,
          timeoutMs: 5,
        }),
        tell: rpc({
          params: [arg("say", t.callback([arg("n", t.int64)], t.string)), arg("all", t.stream(t.map(Color)))],
        }),
        free: rpc(),
        news: topic(Item),
      },
    );
    expect(JSON.parse(wireText(contract))).to.deep.equal({
      trunkline: "contract/1",
      name: "g.S",
      version: "1.2.0",
      members: [
        {
          kind: "rpc",
          name: "put",
          params: [{ name: "item", type: "g.Item" }],
          type: "list<g.Item>",
          optional: true,
          throws: ["g.Gone"],
        },
        {
          kind: "rpc",
          name: "tell",
          params: [
            { name: "say", callback: { params: [{ name: "n", type: "int64" }], type: "string" } },
            { name: "all", stream: "map<g.Color>" },
          ],
        },
        { kind: "rpc", name: "free", untyped: true },
        { kind: "topic", name: "news", type: "g.Item" },
      ],
      types: {
        "g.Item": {
          kind: "struct",
          fields: [
            { name: "qty", type: "int32{protobuf=sint32}", number: 7 },
            { name: "color", type: "g.Color", hasDefault: true },
            { name: "inner", type: "g.Item", optional: true, encoding: { avro: "null:1" } },
          ],
        },
        "g.Gone": { kind: "error", fields: [{ name: "key", type: "string" }] },
        "g.Color": { kind: "enum", members: ["red", "blue"], numbers: [0, 5] },
      },
    });
    const others = [{ group: "", docs: {} }, { group: "green" }].map((options) => {
      const put = rpc({
        params: [arg("n", t.default(t.int32, options.docs ? 1 : 2))],
        idempotent: options.docs === undefined,
      });
      return defineService("g.T", options, { put }).fingerprint;
    });
    expect(others[0]).to.equal(others[1]);
  });

  it("that was changed is refused with what is wrong in it", () => {
    const file = asText(printContract(contractOf(Shop))) as unknown as Record<string, never>;
    const wrong: [object, string][] = [
      [{ ...file, trunkline: "contract/9" }, 'expected the form contract/1, got "contract/9"'],
      [{ ...file, members: [] }, "declares no method"],
      [
        { ...file, members: [{ kind: "rpc", name: "a", type: "suite.Nothing" }] },
        "type suite.Nothing is not described",
      ],
      [{ ...file, members: [{ kind: "rpc", name: "a", type: "__proto__" }] }, "type __proto__ is not described"],
      [{ ...file, members: [{ kind: "rpc", name: "__proto__", type: "int32" }] }, "not a usable name"],
      [{ ...file, members: [{ kind: "rpc", name: "a", type: `${"list<".repeat(300)}` }] }, "is not a type"],
      [{ ...file, members: [{ kind: "rpc", name: "a", type: "suite.OutOfStock" }] }, "is of kind error"],
      [{ ...file, members: [{ kind: "call", name: "a" }] }, '"call" is not a kind of member'],
      [{ ...file, version: "1" }, "is not like 1.0.0"],
      [{ ...file, members: [null] }, "members[0]: expected an object, got null"],
      [{ ...file, members: [{ kind: "rpc", name: "a", params: [{ name: 5 }] }] }, "params[0].name"],
      [{ ...file, types: [] }, "types: expected an object, got []"],
      [
        { ...file, members: ["rpc", "oneway"].map((kind) => ({ kind, name: "a" })) },
        "suite.Shop: a member stands twice",
      ],
      [{ ...file, trunkline: "constructor" }, "expected the form contract/1"],
      [
        { ...file, members: [{ kind: "oneway", name: "a", params: [{ name: "s", stream: "int32" }] }] },
        "takes no stream",
      ],
      [{ ...file, members: [{ kind: "rpc", name: "a", timeoutMs: 0 }] }, "0 is no time"],
      [{ ...file, docs: { a: 5 } }, "docs of a: expected text, got 5"],
      [
        {
          ...file,
          types: {
            ...(file["types"] as unknown as object),
            "a.B": { kind: "struct", fields: [{ name: "x", type: "int32", default: "y" }] },
          },
        },
        'x: expected int32, got "y"',
      ],
      [
        { ...file, types: { ...(file["types"] as unknown as object), "a.U": { kind: "union", fields: [] } } },
        "needs at least one case",
      ],
      [
        {
          ...file,
          types: {
            ...(file["types"] as unknown as object),
            "a.E": { kind: "error", fields: [{ name: "code", type: "int32" }] },
          },
        },
        "member of every error",
      ],
      [
        { ...file, types: { ...(file["types"] as unknown as object), "a.E": { kind: "error", code: "toString" } } },
        "toString is not a code",
      ],
    ];
    for (const [changed, message] of wrong) {
      expect(() => readContract(changed as ContractJson), message).to.throw(message);
    }
  });
});
