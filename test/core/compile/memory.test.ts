import { expect } from "chai";
import { defaultCodecLimits } from "../../../core/codec.ts";
import {
  absentCost,
  memoryFor,
  optionalCosts,
  overMemory,
  structCost,
  valueCost,
} from "../../../core/compile/memory.ts";
import { t } from "../../../core/schema/t.ts";
import type { StructType } from "../../../core/type/type.ts";

describe("memory of a message", () => {
  it("is 20 times its size and what the limits allow", () => {
    expect(memoryFor(defaultCodecLimits, 1000)).to.equal(20_020_000);
    expect(memoryFor({ ...defaultCodecLimits, maxMemoryBytes: 1 }, 0)).to.equal(1);
  });

  it("refuses with the name of the limit, and says what to do", () => {
    const { code, message } = overMemory();
    expect(code).to.equal("RESOURCE_EXHAUSTED");
    expect(message).to.match(/20 times its bytes and maxMemoryBytes; .*raise that limit/);
  });

  it("is charged once for what a struct always has, and apart for what may be there", () => {
    const type = t.struct("test.S", { a: t.int32, b: t.string, c: t.optional(t.timestamp) }) as unknown as StructType;
    expect(structCost(type)).to.equal(24 + 8 + (8 + 24));
    expect(type.fields.map((field) => optionalCosts(type).get(field))).to.deep.equal([undefined, undefined, 8 + 112]);
    expect(structCost(t.struct("test.None", {}) as unknown as StructType)).to.equal(56);
  });

  it("counts the defaults that are filled in, with all that is in them", () => {
    const { fields } = t.struct("test.D", { a: t.default(t.list(t.string), ["x", "y"]), b: t.list(t.int32) });
    expect(fields.map(absentCost)).to.deep.equal([48 + 2 * (8 + 24), 48]);
    expect(valueCost({ a: new Uint8Array(10), b: [1n, new Date(0), null, true] })).to.equal(
      128 + 2 * 80 + (208 + 10) + (48 + 4 * 8 + 24 + 112),
    );
  });
});
