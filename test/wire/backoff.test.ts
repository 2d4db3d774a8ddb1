import { expect } from "chai";
import fc from "fast-check";
import { backoffMs, defaultBackoff } from "../../core/backoff.ts";
import { ManualPlatform } from "./manual-platform.ts";

function at(attempt: number, random: number, options = defaultBackoff): number {
  const platform = new ManualPlatform();
  platform.random = () => random;
  return backoffMs(attempt, options, platform);
}

describe("wire: backoff", () => {
  it("doubles from the first wait to the longest", () => {
    expect([0, 1, 2, 3, 7, 8, 9].map((attempt) => at(attempt, 1))).to.deep.equal([
      50, 100, 200, 400, 6400, 10_000, 10_000,
    ]);
  });

  it("spreads over the upper half, whatever the attempt", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const most = at(attempt, 1);
        expect(at(attempt, random)).to.be.within(most / 2, most);
        expect(most).to.be.at.most(defaultBackoff.maxMs);
      }),
      { seed: 13 },
    );
  });
});
