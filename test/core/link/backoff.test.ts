import { expect } from "chai";
import fc from "fast-check";
import { backoffMs, defaultBackoff } from "../../../core/link/backoff.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

function at(attempt: number, random: number, options = defaultBackoff): number {
  const platform = new ManualPlatform();
  platform.random = () => random;
  return backoffMs(attempt, options, platform);
}

describe("core: backoff", () => {
  it("doubles from the first wait to the longest", () => {
    expect([0, 1, 2, 3, 7, 8, 9, 1_000_000].map((attempt) => at(attempt, 1))).to.deep.equal([
      50, 100, 200, 400, 6400, 10_000, 10_000, 10_000,
    ]);
  });

  it("spreads evenly over the upper half, whatever the attempt", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const most = at(attempt, 1);
        expect(at(attempt, 0)).to.equal(most / 2);
        expect(at(attempt, random)).to.be.closeTo(most / 2 + (most / 2) * random, 1e-6);
      }),
      { seed: 13 },
    );
  });

  it("keeps to the options", () => {
    expect(at(3, 1, { firstMs: 5, maxMs: 30 })).to.equal(30);
    expect(at(2, 1, { firstMs: 5, maxMs: 30 })).to.equal(20);
  });
});
