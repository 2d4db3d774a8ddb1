import { expect } from "chai";
import fc from "fast-check";
import { Ring } from "../../../core/topic/ring.ts";

describe("Ring", () => {
  it("is a queue, as an array is", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.constant("shift" as const)), { maxLength: 400 }), (steps) => {
        const ring = new Ring<number>();
        const array: number[] = [];
        for (const step of steps) {
          if (step === "shift") expect(ring.shift()).to.equal(array.shift());
          else {
            ring.push(step);
            array.push(step);
          }
          expect([ring.length, ring.first]).to.deep.equal([array.length, array[0]]);
        }
      }),
    );
  });

  it("keeps its order when it grows around its end, and when it shrinks", () => {
    const ring = new Ring<number>();
    const out: (number | undefined)[] = [];
    for (let i = 0; i < 5000; i++) {
      ring.push(i);
      if (i % 3 === 0) out.push(ring.shift());
    }
    while (ring.length > 0) out.push(ring.shift());
    expect(out).to.deep.equal(Array.from({ length: 5000 }, (_, i) => i));
    ring.push(1);
    expect([ring.shift(), ring.shift(), ring.first]).to.deep.equal([1, undefined, undefined]);
  });
});
