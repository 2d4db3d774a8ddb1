import { expect } from "chai";
import { InProgress } from "../../../core/call/in-progress.ts";

describe("those in progress", () => {
  it("come and go in any order, and places are used again", () => {
    const all = new InProgress<{ name: string; place: number }>();
    const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, place: -1 }));
    if (a === undefined || b === undefined || c === undefined) return expect.fail();
    all.add(a);
    all.add(b);
    all.delete(a);
    expect([a.place, b.place, all.size]).to.deep.equal([-1, 1, 1]);
    all.add(c);
    expect([c.place, all.size]).to.deep.equal([0, 2]);
    expect(all.takeAll().map(({ name }) => name)).to.deep.equal(["c", "b"]);
    expect([all.size, b.place, c.place]).to.deep.equal([0, -1, -1]);
    expect(all.takeAll()).to.deep.equal([]);
  });

  it("are not confused with who has left, or was never among them", () => {
    const all = new InProgress<{ place: number }>();
    const stranger = { place: -1 };
    const first = { place: -1 };
    all.delete(stranger);
    all.add(first);
    all.delete(first);
    const second = { place: -1 };
    all.add(second);
    all.delete(first);
    all.delete({ place: 0 });
    expect(all.takeAll()).to.deep.equal([second]);
    all.delete(second);
    expect(all.size).to.equal(0);
  });
});
