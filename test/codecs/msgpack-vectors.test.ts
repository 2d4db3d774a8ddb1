import { createRequire } from "node:module";
import { expect } from "chai";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { t } from "../../core/schema/t.ts";
import type { Type } from "../../core/type/type.ts";
import { encode, failure } from "./suite.ts";
import { holding } from "./types.ts";

/** A value under the name of its kind, and every form of it. https://github.com/kawanet/msgpack-test-suite, MIT. */
interface Vector {
  readonly msgpack: readonly string[];
  readonly nil?: null;
  readonly bool?: boolean;
  readonly binary?: string;
  readonly number?: number;
  readonly bignum?: string;
  readonly string?: string;
  readonly array?: readonly unknown[];
  readonly map?: object;
  /** Seconds and nanoseconds. */
  readonly timestamp?: readonly [number, number];
  readonly ext?: readonly [number, string];
}
const suite = createRequire(import.meta.url)("msgpack-test-suite/dist/msgpack-test-suite.json") as Record<
  string,
  readonly Vector[]
>;
const vectors = Object.values(suite).flat();
const codec = msgpack();

const bytesOf = (form: string): Buffer => Buffer.from(form.replaceAll("-", ""), "hex");
/** A struct with one field is a list of one. */
const read = (type: Type, form: string): unknown => {
  const struct = holding(type);
  const bytes = Buffer.concat([Buffer.of(0x91), bytesOf(form)]);
  return (codec.compile(struct, struct).decode(bytes, 0, bytes.length) as { value: unknown }).value;
};
const written = (type: Type, value: unknown): string =>
  Buffer.from(encode(codec, holding(type), { value }))
    .subarray(1)
    .toString("hex");
const isFloat = (form: string): boolean => /^c[ab]/.test(form);
const isDouble = (form: string): boolean => form.startsWith("cb");
const isWide = (form: string): boolean => /^(cf|d3)/.test(form);

const INT64_MAX = 2n ** 63n - 1n;
const integerOf = ({ number, bignum }: Vector): bigint | undefined =>
  bignum !== undefined ? BigInt(bignum) : Number.isInteger(number) ? BigInt(number as number) : undefined;

/** What is not carried, and why. */
const refusals = {
  "an unsigned integer of 64 bits that int64 cannot hold: no type here is that wide": ({ bignum }: Vector) =>
    bignum !== undefined && BigInt(bignum) > INT64_MAX,
  "an extension that is no timestamp: its meaning is the application's, and no type here says it": ({ ext }: Vector) =>
    ext !== undefined,
  "the year 0, which neither RFC 3339 nor Protobuf's Timestamp has": ({ timestamp }: Vector) =>
    timestamp !== undefined && timestamp[0] < -62135596800,
};
const isRefused = (vector: Vector): boolean => Object.values(refusals).some((matches) => matches(vector));

describe("codec msgpack: public vectors", () => {
  it("are all there, and those that are refused are refused clearly", () => {
    expect(vectors).to.have.length(85);
    const counts = Object.values(refusals).map((matches) => vectors.filter(matches).length);
    expect(counts).to.deep.equal([2, 7, 1]);
    for (const vector of vectors.filter(isRefused)) {
      const type = vector.timestamp ? t.timestamp : vector.ext ? t.any : t.int64;
      for (const form of vector.msgpack) {
        expect(failure(() => read(type, form)).message, form).to.match(
          /^(msgpack: (no value that fits|an extension that is no timestamp), at byte 1|value: expected timestamp, got a Date)$/,
        );
      }
    }
  });

  it("of integers are read in every width, a float for none, and written in the shortest form", () => {
    let read53 = 0;
    for (const vector of vectors) {
      const integer = integerOf(vector);
      if (integer === undefined || isRefused(vector)) continue;
      const isInt32 = BigInt.asIntN(32, integer) === integer;
      const isInt53 = Number.isSafeInteger(Number(integer)) && vector.number !== undefined;
      const types: [Type, unknown][] = [[t.int64, integer]];
      if (isInt53) types.push([t.int53, vector.number]);
      if (isInt32) types.push([t.int32, vector.number]);
      for (const [type, value] of types) {
        for (const form of vector.msgpack) {
          if (isFloat(form)) expect(failure(() => read(type, form)).message).to.match(/^value: expected int/);
          else expect(read(type, form), form).to.equal(value);
        }
        const [shortest = "", ...rest] = vector.msgpack.map((form) => form.replaceAll("-", ""));
        // 2^63 - 1 has two forms of one length.
        expect(written(type, value)).to.be.oneOf([shortest, ...rest.filter((form) => form.length === shortest.length)]);
      }
      if (isInt53) read53++;
    }
    expect(read53).to.equal(23);
  });

  it("of numbers are read as float64 in every form, and those of a float written in theirs", () => {
    for (const { number, msgpack: forms } of vectors) {
      if (number === undefined) continue;
      for (const form of forms) expect(read(t.float64, form), form).to.equal(number);
      const double = forms.find(isDouble);
      if (double !== undefined) expect(written(t.float64, number)).to.equal(double.replaceAll("-", ""));
      const single = forms.find((form) => form.startsWith("ca"));
      if (single !== undefined) expect(written(t.float32, number)).to.equal(single.replaceAll("-", ""));
    }
  });

  it("of text, bytes and booleans are read in every form, and written in the shortest", () => {
    let seen = 0;
    for (const { string, binary, bool, msgpack: forms } of vectors) {
      const [type, value]: [Type | undefined, unknown] =
        string !== undefined
          ? [t.string, string]
          : binary !== undefined
            ? [t.bytes, new Uint8Array(bytesOf(binary))]
            : [bool === undefined ? undefined : t.bool, bool];
      if (type === undefined) continue;
      for (const form of forms) expect(read(type, form), form).to.deep.equal(value);
      expect(written(type, value)).to.equal(forms[0]?.replaceAll("-", ""));
      seen++;
    }
    expect(seen).to.equal(16);
  });

  it("of lists and maps are read in every form, and written in the shortest", () => {
    const types = [t.list(t.int32), t.list(t.string), t.list(t.list(t.int32)), t.list(t.map(t.int32))];
    const maps = [t.map(t.int32), t.map(t.string), t.map(t.map(t.int32)), t.map(t.list(t.int32))];
    let seen = 0;
    for (const { array, map, msgpack: forms } of vectors) {
      const value = array ?? map;
      if (value === undefined) continue;
      const type = (array === undefined ? maps : types).find((one) => {
        try {
          return written(one, value) !== "";
        } catch {
          return false;
        }
      });
      for (const form of forms) expect(read(type as Type, form), form).to.deep.equal(value);
      expect(written(type as Type, value)).to.equal(forms[0]?.replaceAll("-", ""));
      seen++;
    }
    expect(seen).to.equal(12);
  });

  it("of timestamps are read to the millisecond, and written in the shortest form", () => {
    let exact = 0;
    for (const vector of vectors) {
      if (vector.timestamp === undefined || isRefused(vector)) continue;
      const [seconds, nanos] = vector.timestamp;
      const date = new Date(seconds * 1000 + Math.floor(nanos / 1e6));
      for (const form of vector.msgpack) expect(read(t.timestamp, form), form).to.deep.equal(date);
      if (nanos % 1e6 !== 0) continue;
      expect(written(t.timestamp, date)).to.equal(vector.msgpack[0]?.replaceAll("-", ""));
      exact++;
    }
    expect(exact).to.equal(9);
  });

  it("are read without a type too, integers of eight bytes as bigints", () => {
    let seen = 0;
    for (const vector of vectors) {
      // A Date has a year 0.
      if (isRefused(vector) && vector.timestamp === undefined) continue;
      for (const form of vector.msgpack) {
        const value = read(t.any, form);
        expect(value, form).to.deep.equal(untyped(vector, form));
        // What was read is written so that it is read as the same again.
        expect(read(t.any, written(t.any, value))).to.deep.equal(value);
        seen++;
      }
    }
    expect(seen).to.equal(220);
  });
});

function untyped(vector: Vector, form: string): unknown {
  if (vector.nil !== undefined) return null;
  const integer = integerOf(vector);
  if (integer !== undefined) return isWide(form) ? integer : Number(integer);
  if (vector.binary !== undefined) return new Uint8Array(bytesOf(vector.binary));
  if (vector.timestamp) return new Date(vector.timestamp[0] * 1000 + Math.floor(vector.timestamp[1] / 1e6));
  return vector.number ?? vector.string ?? vector.bool ?? vector.array ?? vector.map;
}
