import { expect } from "chai";
import fc from "fast-check";
import { parseScalar } from "../../../core/type/scalar-text.ts";
import type { EnumType, ScalarType } from "../../../core/type/type.ts";
import { RpcError, t } from "../../../index.ts";

const Color = t.enums("test.TextColor", ["red", "green"]);
const Sparse = t.enums("test.TextSparse", { none: 0, low: 5, high: -7 });

const read: readonly (readonly [ScalarType | EnumType, string, unknown])[] = [
  [t.bool, "true", true],
  [t.bool, "false", false],
  [t.int32, "0", 0],
  [t.int32, "-0", 0],
  [t.int32, "2147483647", 2147483647],
  [t.int32, "-2147483648", -2147483648],
  [t.int53, "9007199254740991", 9007199254740991],
  [t.int53, "-9007199254740991", -9007199254740991],
  [t.int64, "9223372036854775807", 9223372036854775807n],
  [t.int64, "-9223372036854775808", -9223372036854775808n],
  [t.int64, "0", 0n],
  [t.float64, "1.5e-7", 1.5e-7],
  [t.float64, "-0", -0],
  [t.float64, "1e308", 1e308],
  [t.float64, "NaN", Number.NaN],
  [t.float64, "Infinity", Number.POSITIVE_INFINITY],
  [t.float32, "-Infinity", Number.NEGATIVE_INFINITY],
  [t.float32, "0.1", Math.fround(0.1)],
  [t.string, "", ""],
  [t.string, " a/ö€😀%20 ", " a/ö€😀%20 "],
  [t.bytes, "", new Uint8Array()],
  [t.bytes, "-_8=", new Uint8Array([251, 255])],
  [t.bytes, "+/8", new Uint8Array([251, 255])],
  [t.timestamp, "2024-05-17T08:30:15.123Z", new Date("2024-05-17T08:30:15.123Z")],
  [t.timestamp, "2024-05-17t10:30:15+02:00", new Date("2024-05-17T08:30:15Z")],
  [t.decimal, "-12.50", "-12.50"],
  [t.decimal, "1e400", "1e400"],
  [t.any, "7", "7"],
  [Color, "green", "green"],
  [Color, "0", "red"],
  [Sparse, "low", "low"],
  [Sparse, "-7", "high"],
];

const refused: readonly (readonly [ScalarType | EnumType, readonly string[], string])[] = [
  [t.bool, ["", "1", "0", "TRUE", "True", "yes", " true", "true\n"], "bool, true or false"],
  [t.int32, ["", " ", "2147483648", "-2147483649", "1.0", "1e2", "+1", "01", "0x1", "1_0", " 1", "1\n", "１"], "int32"],
  [t.int53, ["9007199254740992", "-9007199254740992", "NaN", "", "9".repeat(10_000)], "int53"],
  [t.int64, ["9223372036854775808", "-9223372036854775809", "1n", "", "9".repeat(100_000)], "int64"],
  [t.float64, ["", " ", "1e309", "-1e309", "infinity", "nan", "+1", ".5", "5.", "0x10", "1e", "--1", "1 "], "float64"],
  [t.float32, ["3.5e38", "-3.5e38"], "float32"],
  [t.string, ["\ud800", "a\udc00b"], "string, well-formed Unicode"],
  [t.bytes, ["a", "ab=", "a b=", "abc*", "=", "====", "ab\n="], "bytes, as base64"],
  [
    t.timestamp,
    ["", "2024-05-17", "2024-02-30T00:00:00Z", "2024-05-17T25:00:00Z", "0000-01-01T00:00:00Z", "now", "17"],
    "timestamp, as RFC 3339",
  ],
  [t.decimal, ["", "NaN", "1,5", "12 ", "1e9999999999"], "decimal, like 12.50"],
  [Color, ["", "Red", "2", "-1", "1.0", "__proto__", "constructor", "00"], "one of red, green"],
  [Sparse, ["1", "7", "length"], "one of none, low, high"],
];

describe("core: a scalar from text", () => {
  for (const [type, text, value] of read) {
    it(`is ${type.kind} ${JSON.stringify(text)}`, () => {
      const found = parseScalar(type, text);
      if (Number.isNaN(value)) expect(found).to.be.NaN;
      else expect(found).to.deep.equal(value);
      if (typeof value === "number") expect(Object.is(found, value), "the sign of zero").to.equal(true);
    });
  }

  for (const [type, texts, expected] of refused) {
    it(`is refused by name, the place and a few words of it: ${type.kind} ${"name" in type ? type.name : ""}`, () => {
      for (const text of texts) {
        let thrown: unknown;
        try {
          parseScalar(type, text, "order.id");
        } catch (error) {
          thrown = error;
        }
        expect(thrown, JSON.stringify(text)).to.be.instanceOf(RpcError).and.include({ code: "INVALID_ARGUMENT" });
        const { message } = thrown as RpcError;
        expect(message.startsWith(`order.id: expected ${expected}, got "`), message).to.equal(true);
        expect(message.length).to.be.below(120);
      }
    });
  }

  it("is whatever was written by JavaScript", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer, long) => {
        expect(parseScalar(t.int53, String(integer))).to.equal(integer);
        expect(parseScalar(t.int64, String(long))).to.equal(long);
      }),
    );
    fc.assert(fc.property(fc.double(), (value) => Object.is(parseScalar(t.float64, numeral(value)), value)));
  });

  it("takes time that grows with its length alone", () => {
    const long = "1".repeat(1_000_000);
    for (const type of [t.float64, t.int64, t.decimal, t.timestamp, t.bool]) {
      for (const text of [long, `${long}x`, `${long}.${long}x`]) {
        try {
          parseScalar(type, text);
        } catch (error) {
          expect(error).to.be.instanceOf(RpcError);
        }
      }
    }
  });
});

/** As JavaScript writes it, but for the sign of zero. */
function numeral(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
