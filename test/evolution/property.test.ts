import { expect } from "chai";
import fc from "fast-check";
import { Adapters } from "../../adapters.ts";
import type { Codec } from "../../core/codec.ts";
import type { StructType } from "../../core/type/type.ts";
import { compareContracts } from "../../evolution/compare.ts";
import { meaningOf } from "../../evolution/meaning.ts";
import type { Change } from "../../evolution/outcome.ts";
import { differs } from "../../evolution/same-value.ts";
import { typedAndValue } from "../codecs/arbitrary.ts";
import { decode, encode } from "../codecs/suite.ts";
import { contractWith } from "./measure.ts";
import { mutation } from "./mutation.ts";

const settings = ["negotiated", "stored"] as const;

describe("compareContracts", () => {
  let codecs: readonly Codec[];
  let fits = 0;
  before(async () => {
    codecs = await new Adapters([]).allCodecs();
  });

  /** Whatever the rules say fits is read as what was written. */
  function check(
    writer: StructType,
    reader: StructType,
    value: object,
    changes: readonly Change[],
    to: "toOld" | "toNew",
  ): void {
    const meaning = meaningOf(value, writer, reader);
    for (const codec of codecs) {
      for (const setting of settings) {
        const verdicts = changes.map(({ verdicts }) => verdicts[codec.name]?.[setting][to].outcome ?? "ok");
        // By number or place a renamed field is read under its new name, which is not what its name means.
        const renamed = changes.some(({ kind }) => /renamed/.test(kind));
        if (verdicts.some((outcome) => outcome !== "ok") || (renamed && setting === "stored")) continue;
        fits++;
        const told = setting === "stored" ? reader : writer;
        const read = decode(codec, told, reader, encode(codec, writer, value), { foreign: setting === "negotiated" });
        expect(differs(meaning?.value, read), `${codec.name}, ${setting}: ${JSON.stringify(changes)}`).to.equal(
          undefined,
        );
      }
    }
  }

  it("says ok of nothing that is read wrongly: random types, changes and values", () => {
    fc.assert(
      fc.property(typedAndValue, mutation, ({ type, value }, mutate) => {
        const other = mutate(type);
        const [mine, theirs] = [contractWith(type), contractWith(other)];
        check(type, other, value as object, compareContracts(mine, theirs, codecs), "toNew");
        check(type, other, value as object, compareContracts(theirs, mine, codecs), "toOld");
      }),
      { numRuns: 30 },
    );
    expect(fits).to.be.above(100);
  });

  it("finds nothing where nothing differs", () => {
    fc.assert(
      fc.property(typedAndValue, ({ type }) => {
        expect(compareContracts(contractWith(type), contractWith(type), codecs)).to.deep.equal([]);
      }),
      { numRuns: 50 },
    );
  });
});
