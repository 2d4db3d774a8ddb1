import { expect } from "chai";
import { readLimit } from "../../../core/wire/message.ts";

describe("wire: a limit that the peer names", () => {
  it("counts where it is a whole number from 1, and never above ours", () => {
    expect([1, 99, 100, 101, 2 ** 53 - 1].map((value) => readLimit(value, 100))).to.deep.equal([1, 99, 100, 100, 100]);
  });

  it("is ours where it makes no sense", () => {
    const strange = [0, -1, 1.5, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, "5", null, undefined, [5], true];
    expect(strange.map((value) => readLimit(value, 100))).to.deep.equal(strange.map(() => 100));
  });
});
