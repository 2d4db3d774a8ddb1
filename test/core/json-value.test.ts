import { runInNewContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import { type JsonValue, jsonValue } from "../../core/json-value.ts";

const refused = (value: unknown, reason: RegExp): void => {
  expect(() => jsonValue(value, "details")).to.throw(TypeError, reason);
};

describe("jsonValue", () => {
  it("gives what JSON would carry, frozen all the way", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const copy = jsonValue(value, "details");
        expect(JSON.stringify(copy)).to.equal(JSON.stringify(value));
        expect(copy).to.deep.equal(JSON.parse(JSON.stringify(value)));
        const frozen = (one: JsonValue | undefined): boolean =>
          typeof one !== "object" || one === null || (Object.isFrozen(one) && Object.values(one).every(frozen));
        expect(frozen(copy)).to.equal(true);
      }),
    );
  });

  it("is a copy: what is changed later does not show", () => {
    const given = { list: [1] };
    const copy = jsonValue(given, "details");
    given.list.push(2);
    expect(copy).to.deep.equal({ list: [1] });
  });

  it("leaves out members that are undefined, and takes plain objects of any realm", () => {
    expect(jsonValue({ a: undefined, b: 1 }, "details")).to.deep.equal({ b: 1 });
    expect(jsonValue(Object.assign(Object.create(null), { a: 1 }), "details")).to.deep.equal({ a: 1 });
    expect(jsonValue(runInNewContext("({ a: [1] })"), "details")).to.deep.equal({ a: [1] });
    expect(Object.is(jsonValue(-0, "details"), 0)).to.equal(true);
  });

  it("refuses everything else by its path", () => {
    class Point {
      x = 1;
    }
    refused({ id: 1n }, /^details\.id: a bigint is not JSON; use a string, or declare an error with t\.error to carry/);
    refused([Number.NaN], /^details\[0\]: NaN is not JSON; use a string/);
    refused({ a: [{ b: Number.POSITIVE_INFINITY }] }, /^details\.a\[0\]\.b: Infinity is not JSON/);
    refused([undefined], /^details\[0\]: undefined is not JSON; use null/);
    refused({ at: new Date(0) }, /^details\.at: an instance of Date is not JSON; use a string/);
    refused({ all: new Map() }, /^details\.all: an instance of Map is not JSON; use plain data/);
    refused(new Uint8Array(1), /^details: an instance of Uint8Array is not JSON/);
    refused({ point: new Point() }, /^details\.point: an instance of Point/);
    refused({ cause: new Error("x") }, /^details\.cause: an instance of Error/);
    refused({ f: () => 1 }, /^details\.f: a function is not JSON/);
    refused(Symbol("x"), /^details: a symbol is not JSON/);
    refused(Object(1), /^details: an instance of Number/);
  });

  it("refuses what nests too deep, cycles, and what is too large, in little time", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    refused(cycle, /nested deeper than 32; a cycle is not JSON/);
    let wide: unknown = 1;
    for (let i = 0; i < 30; i++) wide = [wide, wide];
    refused(wide, /^details: larger than 32768 characters of JSON; send less/);
    refused("x".repeat(40_000), /larger than 32768/);
    refused({ ["k".repeat(40_000)]: 1 }, /larger than 32768/);
    const sparse: unknown[] = [];
    sparse.length = 4_000_000_000;
    refused(sparse, /^details\[0\]: undefined/);
    let deep: JsonValue = 1;
    for (let i = 0; i < 32; i++) deep = [deep];
    expect(jsonValue(deep, "details")).to.deep.equal(deep);
  });
});
