import { expect } from "chai";
import { limited } from "../../core/error-limit.ts";
import { RpcError } from "../../index.ts";
import { ManualPlatform } from "./wire/manual-platform.ts";

describe("a listener with a limit", () => {
  it("is told of twenty errors in a second, and then how many it was not told of", () => {
    const platform = new ManualPlatform();
    const told: [string, number | undefined][] = [];
    const tell = limited((error, { suppressed }) => told.push([(error as Error).message, suppressed]), platform);
    const flood = (): void => tell(new RpcError({ code: "UNIMPLEMENTED", message: "flood" }), { peer: "p" });
    for (let i = 0; i < 100; i++) flood();
    tell(new Error("of a handler"), { peer: "p" });
    platform.advance(1000);
    flood();
    flood();
    expect(told).to.have.length(23);
    expect(told.slice(0, 20).every(([, suppressed]) => suppressed === undefined)).to.equal(true);
    expect(told.slice(20)).to.deep.equal([
      ["of a handler", undefined],
      ["flood", 80],
      ["flood", undefined],
    ]);
  });
});
