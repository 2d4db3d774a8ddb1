import { expect } from "chai";
import { KeyIndex } from "../../../core/topic/key-index.ts";

/** The rule, as plainly as it can be said: what the index must find. */
function matches(pattern: string | undefined, key: string): boolean {
  if (pattern === undefined || pattern === ">") return true;
  const [words, parts] = [pattern.split("."), key.split(".")];
  const open = words.at(-1) === ">";
  const fixed = open ? words.slice(0, -1) : words;
  if (open ? parts.length <= fixed.length : parts.length !== fixed.length) return false;
  return fixed.every((word, i) => word === "*" || word === parts[i]);
}

const cases: readonly (readonly [pattern: string | undefined, wanted: readonly string[], not: readonly string[]])[] = [
  [undefined, ["", "eu", "eu.berlin"], []],
  [">", ["", "eu", "eu.berlin"], []],
  ["eu", ["eu"], ["", "us", "eu.berlin", "eu."]],
  ["eu.*", ["eu.berlin", "eu."], ["eu", "eu.berlin.north", "us.berlin"]],
  ["*.berlin", ["eu.berlin", ".berlin"], ["berlin", "eu.paris"]],
  ["eu.>", ["eu.berlin", "eu.berlin.north"], ["eu", "us.berlin"]],
  // Only at the end does it stand for any words.
  ["eu.>.north", ["eu.>.north"], ["eu.berlin.north", "eu.berlin"]],
];

const words = ["eu", "us", "", "*", ">", "berlin"];

/** Every row of words of the length. */
function rows(length: number): string[] {
  if (length === 1) return words;
  return rows(length - 1).flatMap((begin) => words.map((word) => `${begin}.${word}`));
}

const wanted = <T>(index: KeyIndex<T>, key: string): T[] => index.matching(key).flatMap((set) => [...set]);

describe("KeyIndex", () => {
  for (const [pattern, keys, not] of cases) {
    it(`finds who asked for ${pattern ?? "no key"}`, () => {
      const index = new KeyIndex<number>();
      index.add(pattern, 1);
      for (const key of keys) expect(wanted(index, key), key).to.deep.equal([1]);
      for (const key of not) expect(wanted(index, key), key).to.deep.equal([]);
    });
  }

  it("finds for every key whom asking each would find, each once", () => {
    const patterns = [undefined, ...rows(1), ...rows(2), ...rows(3)];
    const index = new KeyIndex<number>();
    for (const [i, pattern] of patterns.entries()) index.add(pattern, i);
    for (const key of [...rows(1), ...rows(2), ...rows(3), "eu.berlin.north.west", "us.", "."]) {
      const asked = patterns.flatMap((pattern, i) => (matches(pattern, key) ? [i] : []));
      expect(
        wanted(index, key).sort((a, b) => a - b),
        key,
      ).to.deep.equal(asked);
    }
  });

  it("forgets who left, and nobody else, down to nothing", () => {
    const patterns = [undefined, ...rows(1), ...rows(2), ...rows(3)];
    const index = new KeyIndex<string>();
    for (const pattern of patterns) {
      index.add(pattern, `a ${pattern}`);
      index.add(pattern, `b ${pattern}`);
    }
    for (const pattern of patterns) index.delete(pattern, `a ${pattern}`);
    for (const key of ["eu.berlin", "us", ""]) {
      const left = patterns.filter((pattern) => matches(pattern, key)).map((pattern) => `b ${pattern}`);
      expect(wanted(index, key).sort()).to.deep.equal(left.sort());
    }
    expect(index.empty).to.equal(false);
    for (const pattern of patterns) index.delete(pattern, `b ${pattern}`);
    expect(index.empty).to.equal(true);
    expect(wanted(index, "eu.berlin")).to.deep.equal([]);
  });

  it("is not harmed by the leaving of one who never came", () => {
    const index = new KeyIndex<number>();
    index.add("eu.*.x", 1);
    for (const pattern of [undefined, "eu", "eu.*", "eu.*.x", "eu.*.x.>", "*.>", "us.*"]) index.delete(pattern, 2);
    expect(wanted(index, "eu.berlin.x")).to.deep.equal([1]);
  });

  it("does not meet who leaves while the others are told", () => {
    const index = new KeyIndex<number>();
    for (const one of [1, 2, 3]) index.add("eu", one);
    const met: number[] = [];
    for (const set of index.matching("eu"))
      for (const one of set) {
        met.push(one);
        index.delete("eu", 2);
      }
    expect(met).to.deep.equal([1, 3]);
  });

  it("takes a deep pattern and a long key in time that grows with their length", () => {
    const index = new KeyIndex<number>();
    const depth = 2000;
    // Each of the two words leads on at each step: asked for each of 2^2000 ways, this would not end.
    for (let i = 0; i < 20; i++) index.add(`${"*.".repeat(depth)}${i}`, i);
    index.add(`${"a.".repeat(depth)}*`, 20);
    expect(wanted(index, `${"a.".repeat(depth)}7`)).to.have.members([7, 20]);
    expect(wanted(index, "b".repeat(1_000_000))).to.deep.equal([]);
  });
});
