import { expect } from "chai";
import fc from "fast-check";
import type { ContractDescriptor } from "../../../core/contract/contract.ts";
import { printContract } from "../../../core/contract/print.ts";
import { type ContractFile, contractFile } from "../../../formats/contract/contract-file.ts";
import { readContractFile } from "../../../formats/contract/read-contract.ts";
import { arg, contractOf, defineService, rpc, t } from "../../../index.ts";
import { Everything } from "../../cli/contracts.ts";
import { typeAndValue } from "../../codecs/arbitrary.ts";
import { Shop } from "../../transports/suite/contract.ts";

function readContract(file: ContractFile): ContractDescriptor {
  const [contract] = readContractFile(file).contracts.values();
  return contract as ContractDescriptor;
}
const asText = (file: ContractFile): ContractFile => JSON.parse(JSON.stringify(file)) as ContractFile;

describe("a contract file", () => {
  it("says everything that a contract declares", () => {
    for (const contract of [Everything, contractOf(Shop)]) {
      const file = contractFile(contract);
      const again = readContract(asText(file));
      expect(again.fingerprint).to.equal(contract.fingerprint);
      expect(printContract(again)).to.deep.equal(printContract(contract));
      expect(contractFile(again)).to.deep.equal(file);
      expect(again.operations.map(({ index, streamParam }) => [index, streamParam])).to.deep.equal(
        contract.operations.map(({ index, streamParam }) => [index, streamParam]),
      );
    }
    const [, gone] = readContract(asText(contractFile(Everything))).methods[0]?.throws ?? [];
    expect(gone?.create({}, {})).to.include({ code: "NOT_FOUND", message: "it is gone", name: "shop.Gone" });
  });

  it("does so for every type and default", () => {
    fc.assert(
      fc.property(typeAndValue, ({ type, value }) => {
        const In = t.struct("test.In", { it: t.default(type, value as never) });
        const contract = defineService("test.C", {}, { take: rpc({ params: [arg("it", In)], returns: type }) });
        const again = readContract(asText(contractFile(contract)));
        expect(again.fingerprint).to.equal(contract.fingerprint);
        expect(contractFile(again)).to.deep.equal(contractFile(contract));
      }),
      { numRuns: 50 },
    );
  });

  it("that was changed is refused with what is wrong in it", () => {
    const file = asText(contractFile(contractOf(Shop))) as unknown as Record<string, never>;
    const wrong: [object, string][] = [
      [
        { ...file, trunkline: "contract/9" },
        "expected what trunkline schema prints, of the form contract/1 or types/1",
      ],
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
      [{ ...file, members: [null] }, "value.members[0]: expected member, got null"],
      [{ ...file, members: [{ kind: "rpc", name: "a", params: [{ name: 5 }] }] }, "params[0].name"],
      [{ ...file, types: [] }, "value.types"],
      [
        { ...file, members: ["rpc", "oneway"].map((kind) => ({ kind, name: "a" })) },
        "suite.Shop: a member stands twice",
      ],
      [{ ...file, trunkline: "constructor" }, "expected what trunkline schema prints"],
    ];
    for (const [changed, message] of wrong) {
      expect(() => readContract(changed as ContractFile), message).to.throw(message);
    }
  });
});
