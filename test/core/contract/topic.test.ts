import { expect } from "chai";
import { keyMatcher } from "../../../core/contract/topic.ts";

const cases: readonly (readonly [pattern: string | undefined, matches: readonly string[], not: readonly string[]])[] = [
  [undefined, ["", "eu", "eu.berlin"], []],
  [">", ["", "eu", "eu.berlin"], []],
  ["eu", ["eu"], ["", "us", "eu.berlin", "eu."]],
  ["eu.*", ["eu.berlin", "eu."], ["eu", "eu.berlin.north", "us.berlin"]],
  ["*.berlin", ["eu.berlin", ".berlin"], ["berlin", "eu.paris"]],
  ["eu.>", ["eu.berlin", "eu.berlin.north"], ["eu", "us.berlin"]],
  // Only at the end does it stand for any words.
  ["eu.>.north", ["eu.>.north"], ["eu.berlin.north", "eu.berlin"]],
];

describe("core: the key of a topic", () => {
  for (const [pattern, matches, not] of cases) {
    it(`is matched by ${pattern ?? "no pattern"}`, () => {
      const match = keyMatcher(pattern);
      expect(matches.filter((key) => !match(key))).to.deep.equal([]);
      expect(not.filter(match)).to.deep.equal([]);
    });
  }
});
