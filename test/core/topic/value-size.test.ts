import { expect } from "chai";
import { valueSize } from "../../../core/topic/value-size.ts";

describe("valueSize", () => {
  it("grows with what a value holds", () => {
    const small = valueSize({ id: 1, name: "ab" }, 1e6);
    expect(small).to.be.within(50, 150);
    expect(valueSize({ id: 1, name: "a".repeat(1000) }, 1e6) - small).to.equal(2 * 998);
    expect(valueSize(new Uint8Array(5000), 1e6)).to.be.within(5000, 5100);
    expect(valueSize(new Array(1000).fill(0n), 1e6)).to.be.within(16_000, 40_000);
    expect(valueSize(undefined, 1e6)).to.be.above(0);
  });

  it("ends where a value stands in itself, or unfolds without end", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle);
    expect(valueSize(cycle, 10_000)).to.be.within(10_000, 10_100);
    let unfolding: unknown = "x";
    for (let i = 0; i < 60; i++) unfolding = [unfolding, unfolding];
    expect(valueSize(unfolding, 10_000)).to.be.within(10_000, 10_100);
  });
});
