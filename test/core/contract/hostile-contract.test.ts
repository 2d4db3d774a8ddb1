import { expect } from "chai";
import fc from "fast-check";
import { defaultContractLimits } from "../../../core/contract/limits.ts";
import { printContract, wireText } from "../../../core/contract/print-contract.ts";
import { readContract, readDescribed, readTypes } from "../../../core/contract/read-contract.ts";
import { RpcError } from "../../../index.ts";
import { Everything } from "../../cli/contracts.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const whole = JSON.stringify(printContract(Everything));
const wire = wireText(Everything);

/** Every place in a JSON value, as what to change and where. */
function places(json: Json): [owner: { [key: string]: Json }, key: string][] {
  if (typeof json !== "object" || json === null) return [];
  const owner = json as { [key: string]: Json };
  return Object.keys(json).flatMap((key) => [[owner, key] as [typeof owner, string], ...places(owner[key] as Json)]);
}

const words = fc.constantFrom<Json>(
  null,
  true,
  -1,
  0.5,
  1e300,
  "",
  "__proto__",
  "constructor",
  "then",
  "shop.Item",
  "shop.Gone",
  "tree.Node",
  "list<shop.Orders>",
  "list<list<tree.Node>>{protobuf=x}",
  "map<int32>{}",
  "int32{a=b,c}",
  "any",
  "x".repeat(2000),
  "list<".repeat(199),
);
const junk = fc.oneof(words, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>);

describe("a hostile contract as data", () => {
  for (const [what, text] of [
    ["whole", whole],
    ["the wire part", wire],
  ] as const) {
    it(`is read or refused with an error that says why: ${what}, changed anywhere`, () => {
      const count = places(JSON.parse(text) as Json).length;
      const change = fc.tuple(fc.nat(count - 1), junk, fc.constantFrom("change", "remove", "rename"));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
          const json = JSON.parse(text) as Json;
          const all = places(json);
          for (const [place, value, how] of changes) {
            const [owner, key] = all[place] as (typeof all)[number];
            if (how !== "change") delete owner[key];
            if (how === "rename") owner[String(value)] = owner[key] ?? value;
            if (how === "change") owner[key] = value;
          }
          // A hole is null, and a member of a list that is no item is none.
          const sent = JSON.parse(JSON.stringify(json)) as unknown;
          for (const read of [readContract, readDescribed, readTypes]) {
            try {
              read(sent, defaultContractLimits);
            } catch (thrown) {
              if (!RpcError.is(thrown)) throw thrown;
              expect(thrown.code).to.be.oneOf(["INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"]);
              expect(thrown.message.length).to.be.below(3000);
            }
          }
        }),
        { numRuns: 400 },
      );
      expect(Object.keys(Object.prototype)).to.deep.equal([]);
    });
  }

  it("of as many types as the limits allow, each leading to the next, fits on a stack", () => {
    const alike = Object.fromEntries(Object.entries(net(1000)).map(([id, type]) => [id, { ...type, name: "t.T" }]));
    const error = (): unknown => readContract(contract([member("a", "t.T0")], alike));
    expect(error).to.throw("more than 16 types are called t.T");
    const read = readContract(contract([member("a", "t.T0")], net(1000)));
    expect(readContract(JSON.parse(JSON.stringify(printContract(read)))).fingerprint).to.equal(read.fingerprint);
  });

  it("takes time in proportion to its size", function () {
    this.timeout(60_000);
    const limits = { maxContractBytes: 1e9, maxContractTypes: 1e6, maxContractFields: 1e7, maxContractDepth: 64 };
    const made: Record<string, (count: number) => object> = {
      "many members of one name": (count) =>
        contract(
          Array.from({ length: count }, () => member("a")),
          {},
        ),
      "many members": (count) =>
        contract(
          Array.from({ length: count }, (_, i) => member(`a${i}`)),
          {},
        ),
      "many types": (count) =>
        contract([member("a")], Object.fromEntries(Array.from({ length: count }, (_, i) => [`t.T${i}`, struct(1)]))),
      "one wide struct": (count) => contract([member("a", "t.T")], { "t.T": struct(count) }),
      "one wide enum": (count) => contract([member("a", "t.E")], { "t.E": { kind: "enum", members: names(count) } }),
      "many parameters": (count) => contract([{ ...member("a"), params: fields(count) }], {}),
      "many errors that are none": (count) => contract([{ ...member("a"), throws: names(count) }], {}),
      "types in a net": (count) => contract([member("a", "t.T0")], net(count)),
    };
    for (const [what, make] of Object.entries(made)) {
      const best = (count: number): number => {
        const json = make(count);
        return Math.min(
          ...Array.from({ length: 3 }, () => {
            const began = process.cpuUsage();
            try {
              readContract(json, limits);
            } catch (thrown) {
              if (!RpcError.is(thrown)) throw thrown;
            }
            return process.cpuUsage(began).user;
          }),
        );
      };
      best(200);
      // Eight times as much; 64 times as long where something is looked for in a list of all.
      expect(best(8000), what).to.be.below(30 * best(1000) + 20_000);
    }
  });
});

function contract(members: readonly object[], types: object): object {
  return { trunkline: "contract/1", name: "t.S", version: "1.0.0", members, types };
}
function member(name: string, type = "int32"): object {
  return { kind: "rpc", name, type };
}
function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i}`);
}
function fields(count: number): object[] {
  return names(count).map((name) => ({ name, type: "list<string>" }));
}
function struct(count: number): object {
  return { kind: "struct", fields: fields(count) };
}
/** Each of few fields, which lead everywhere. */
function net(count: number): Record<string, object> {
  const to = (i: number, j: number): object => ({ name: `f${j}`, type: `list<t.T${(7 * i + 31 * j) % count}>` });
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`t.T${i}`, { kind: "struct", fields: [to(i, 1), to(i, 2), to(i, 3)] }]),
  );
}
