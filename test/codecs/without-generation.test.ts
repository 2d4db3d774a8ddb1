import { expect } from "chai";
import fc from "fast-check";
import { avro } from "../../codecs/avro/index.ts";
import { hessian2 } from "../../codecs/hessian2/index.ts";
import { json } from "../../codecs/json/index.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import type { Codec } from "../../core/codec.ts";
import { compileCopy } from "../../core/compile/copy.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { typeAndValue, typedAndValue } from "./arbitrary.ts";
import { decode, encode } from "./coding.ts";

const NO_CODE_GENERATION = Symbol.for("trunkline.noCodeGeneration");

/** What `run` does where no code may be made from text. */
function withoutGeneration<T>(run: () => T): T {
  Reflect.set(globalThis, NO_CODE_GENERATION, true);
  try {
    return run();
  } finally {
    Reflect.deleteProperty(globalThis, NO_CODE_GENERATION);
  }
}

function outcome(run: () => unknown): unknown {
  try {
    return { value: run() };
  } catch (thrown) {
    const { name, code, message } = thrown as Error & { code?: string };
    return { name, code, message };
  }
}

/** Compiled anew for each: what a codec made for a type it keeps. */
function sameBothWays(type: Type, run: (type: StructType) => unknown): void {
  const compiled = outcome(() => run({ ...type } as StructType));
  expect(withoutGeneration(() => outcome(() => run({ ...type } as StructType)))).to.deep.equal(compiled);
}

/** Values of which some do not fit: a member of one is another's. */
const spoilt = (value: unknown, other: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, one], i) => [key, i === 0 ? other : one]))
    : other;

for (const codec of [json(), msgpack(), msgpack({ maps: true }), protobuf(), avro(), hessian2()] as Codec[]) {
  describe(`codec ${codec.name} without code generation`, () => {
    const subjects = codec.selfDescribing ? typeAndValue : typedAndValue;

    it("writes the same bytes, and reads the same values", () => {
      fc.assert(
        fc.property(subjects, ({ type, value }) => {
          sameBothWays(type, (own) => encode(codec, own, value));
          const bytes = encode(codec, type, value);
          sameBothWays(type, (own) => decode(codec, own, own, bytes));
        }),
        { numRuns: 40 },
      );
    });

    it("fails with the same errors, at values and at bytes", () => {
      fc.assert(
        fc.property(
          subjects,
          fc.jsonValue({ maxDepth: 1 }),
          fc.nat(),
          fc.nat(255),
          ({ type, value }, other, at, byte) => {
            sameBothWays(type, (own) => encode(codec, own, spoilt(value, other)));
            const bytes = encode(codec, type, value);
            if (bytes.length > 0) bytes[at % bytes.length] = byte;
            sameBothWays(type, (own) => decode(codec, own, own, bytes));
            sameBothWays(type, (own) => decode(codec, own, own, bytes.subarray(0, at % (bytes.length + 1))));
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}

describe("copies without code generation", () => {
  it("are the same, and fail with the same errors", () => {
    fc.assert(
      fc.property(typeAndValue, fc.jsonValue({ maxDepth: 1 }), ({ type, value }, other) => {
        sameBothWays(type, (own) => compileCopy(own)(value));
        sameBothWays(type, (own) => compileCopy(own)(spoilt(value, other)));
      }),
      { numRuns: 40 },
    );
  });
});
