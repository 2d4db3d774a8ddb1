import { expect } from "chai";
import { compileCopy } from "../../../core/compile/copy.ts";
import { roomFor } from "../../../core/compile/entry.ts";
import { plain, setOwn } from "../../../core/compile/plain.ts";
import { clone } from "../../../core/schema/clone.ts";
import { t } from "../../../core/schema/t.ts";
import type { Type } from "../../../core/type/type.ts";

/** The bytes that 3,000 maps take which `make` makes: the median of five looks, since others' garbage comes and goes. */
function memoryOf(make: () => unknown): number {
  const looks = Array.from({ length: 5 }, () => {
    const before = process.memoryUsage().heapUsed;
    const made = Array.from({ length: 3000 }, make);
    const after = process.memoryUsage().heapUsed;
    expect(made.length).to.equal(3000);
    return after - before;
  });
  return looks.sort((a, b) => a - b)[2] as number;
}

describe("entries of maps", () => {
  it("named like indexes take no room for those that are not there, in copies neither", () => {
    const map = JSON.parse('{"1023":1,"2575":2}') as Record<string, number>;
    const copy = compileCopy(t.map(t.int32) as Type);
    const makers: Record<string, () => unknown> = {
      copy: () => copy(map),
      plain: () => plain(map, 64),
      clone: () => clone(map, t.map(t.int32)),
    };
    // A plain assignment takes 31 kB for each, 93 MB in all.
    for (const [name, make] of Object.entries(makers)) {
      expect(make()).to.deep.equal(map);
      expect(memoryOf(make), name).to.be.below(45_000_000);
    }
  });

  it("keep their order and stay members like any other, near and far", () => {
    const keys = ["2", "0", "1", "b", "900", "899", "4294967294", "4294967295", "01", "a"];
    const map: Record<string, number> = {};
    let indexes = 0;
    keys.forEach((key, i) => {
      indexes = roomFor(map, key, indexes);
      setOwn(map, key, i);
    });
    const expected = Object.fromEntries(keys.map((key, i) => [key, i]));
    expect(map).to.deep.equal(expected);
    expect(Object.keys(map)).to.deep.equal(Object.keys(expected));
    expect(Object.getOwnPropertyDescriptor(map, "4294967294")).to.deep.include({ enumerable: true, writable: true });
  });
});
