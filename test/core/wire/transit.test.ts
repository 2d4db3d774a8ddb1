import { expect } from "chai";
import { Transit } from "../../../core/wire/transit.ts";

describe("wire: Transit", () => {
  /** The sender's clock is behind by so much; the numbers are those of a clock that has wrapped. */
  for (const apart of [0, 5000, -5000, 2 ** 32 - 10, 2 ** 31]) {
    const stamp = (at: number): number => (at - apart) >>> 0;

    it(`tells how much longer than the fastest a message took, with clocks ${apart} ms apart`, () => {
      const transit = new Transit();
      expect(transit.age(stamp(1000), 1005)).to.equal(0);
      expect(transit.age(stamp(1010), 1011)).to.equal(0);
      expect(transit.age(stamp(1010), 3011)).to.equal(1999);
      expect(transit.age(stamp(3000), 3101)).to.equal(99);
      expect(transit.age(stamp(3200), 3201.5)).to.equal(0);
    });
  }

  it("keeps the fastest for half a minute at least, and forgets it within one and a half", () => {
    const transit = new Transit();
    transit.age(1000, 1000);
    for (let at = 2000; at < 32_000; at += 1000) expect(transit.age(at, at + 500)).to.equal(499);
    let forgotten = 0;
    for (let at = 32_000; at < 100_000 && forgotten === 0; at += 1000)
      if (transit.age(at, at + 500) === 0) forgotten = at;
    expect(forgotten).to.be.within(60_000, 91_000);
  });

  it("has no opinion after a long silence", () => {
    const transit = new Transit();
    transit.age(1000, 1000);
    expect(transit.age(90_000, 95_000)).to.equal(0);
    expect(transit.age(94_000, 95_000)).to.equal(0);
    expect(transit.age(90_000, 95_000)).to.equal(3999);
  });

  it("believes an answer that came at once more than what was before", () => {
    const transit = new Transit();
    transit.age(1000, 1000);
    // The sender stood still for 10 s.
    expect(transit.age(2000, 12_000)).to.equal(9999);
    transit.answered(2010, 12_015, 5);
    expect(transit.age(2100, 12_105)).to.be.at.most(5);
    // An answer that took long proves little.
    transit.answered(2100, 14_000, 2000);
    expect(transit.age(2200, 14_000)).to.be.within(1790, 1800);
  });
});
