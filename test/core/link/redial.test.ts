import { expect } from "chai";
import { Redial } from "../../../core/link/redial.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

/** A link whose every attempt fails at once; when it tried, by its clock. */
function failing() {
  const platform = new ManualPlatform();
  platform.random = () => 1;
  const tried: number[] = [];
  const began = platform.now();
  const redial: Redial = new Redial(platform, { firstMs: 50, maxMs: 10_000 }, () => {
    tried.push(platform.now() - began);
    redial.later();
  });
  redial.later();
  return { platform, redial, tried };
}

describe("redial", () => {
  it("waits twice as long each time", () => {
    const { platform, tried } = failing();
    platform.advance(1600);
    expect(tried).to.deep.equal([50, 150, 350, 750, 1550]);
  });

  it("comes at once when a call waits after a long silence, and a few times a second while it does", () => {
    const { platform, redial, tried } = failing();
    platform.advance(20_000);
    expect(tried.at(-1)).to.equal(12_750);
    for (let ms = 0; ms < 2000; ms++) {
      for (let call = 0; call < 100; call++) redial.wake();
      platform.advance(1);
    }
    expect(tried.slice(8)).to.deep.equal([20_000, 20_400, 20_800, 21_200, 21_600, 22_000]);
  });

  it("is no sooner for those who wait than its first steps", () => {
    const { platform, redial, tried } = failing();
    for (let ms = 0; ms < 400; ms++) {
      redial.wake();
      platform.advance(1);
    }
    expect(tried).to.deep.equal([50, 150, 350]);
  });

  it("begins anew after a connection, and ends when it is stopped", () => {
    const { platform, redial, tried } = failing();
    platform.advance(800);
    redial.reset();
    redial.later();
    platform.advance(60);
    expect(tried).to.deep.equal([50, 150, 350, 750, 850]);
    redial.stop();
    redial.wake();
    platform.advance(60_000);
    expect(tried).to.have.length(5);
    expect(platform.timers).to.equal(0);
  });
});
