import { expect } from "chai";
import { type Codec, defaultCodecLimits } from "../../core/codec.ts";
import type { RpcError } from "../../core/error.ts";
import { t } from "../../core/schema/t.ts";
import { decode, encode, failure, roundTrip } from "./coding.ts";
import { holding } from "./types.ts";

/** What the values of a message take here, by every codec. */
export function memorySuite(codec: Codec): void {
  describe("bounds the memory of a message", () => {
    /** The lowest `maxMemoryBytes` by which a value is read, and the error by one less. */
    const least = (type: unknown, value: unknown, reader = type): { bytes: number; error: RpcError } => {
      const bytes = encode(codec, type, value);
      const read = (maxMemoryBytes: number): unknown =>
        decode(codec, type, reader, bytes, { limits: { ...defaultCodecLimits, maxMemoryBytes } });
      let [low, high] = [1, 1 << 20];
      while (low < high) {
        const middle = (low + high) >> 1;
        try {
          read(middle);
          high = middle;
        } catch {
          low = middle + 1;
        }
      }
      read(low);
      return { bytes: low, error: failure(() => read(low - 1)) };
    };
    const many = (count: number, of: () => unknown): { value: unknown } => ({
      value: Array.from({ length: count }, of),
    });
    const nothing = (): unknown => new Uint8Array(0);

    it("to the byte, by what values take here", () => {
      const Bytes = holding(t.list(t.bytes));
      const [few, twice] = [least(Bytes, many(500, nothing)), least(Bytes, many(1000, nothing))];
      for (const { error } of [few, twice]) {
        expect(error.code).to.equal("RESOURCE_EXHAUSTED");
        expect(error.message).to.match(/maxMemoryBytes.*raise that limit/);
      }
      // Each of them takes 184 bytes and a place in the list, and brings at most 3 bytes with it.
      expect(twice.bytes - few.bytes).to.be.within(500 * (184 + 8 - 60), 500 * (208 + 32));
    });

    it("of a reader of another version, too", () => {
      const [Other, Same] = ["Other", "Same"].map((name) => t.struct(`test.${name}`, { value: t.list(t.bytes) }));
      const { error } = least(Other, many(500, nothing), Same);
      expect(error.code).to.equal("RESOURCE_EXHAUSTED");
    });

    it("of lists in lists, maps, structs and unions", () => {
      const Struct = t.struct("test.Few", { a: t.optional(t.bytes), b: t.bytes });
      const Union = t.union("test.Either", { a: t.bytes, b: t.int32 });
      const cases: [unknown, () => unknown][] = [
        [t.list(t.bytes), () => [nothing()]],
        [t.map(t.bytes), () => ({ "": nothing() })],
        [Struct, () => ({ a: nothing(), b: nothing() })],
        [Union, () => ({ kind: "a", value: nothing() })],
      ];
      for (const [type, of] of cases) {
        const value = many(500, of);
        expect(least(holding(t.list(type as never)), value).error.code).to.equal("RESOURCE_EXHAUSTED");
      }
    });

    if (!codec.selfDescribing) return;
    it("of untyped values", () => {
      const value = many(1000, () => ({}));
      expect(least(holding(t.any), value).error.code).to.equal("RESOURCE_EXHAUSTED");
    });
  });

  it("keeps members named like indexes in order, near and far, among others", () => {
    const keys = ["7", "1023", "a", "0", "4294967294", "4294967295", "007", "1e3", "-1", "1.5", "2575", "__proto__"];
    const map = Object.fromEntries(keys.map((key, i) => [key, i]));
    for (const type of codec.selfDescribing ? [t.map(t.int32), t.any] : [t.map(t.int32)]) {
      const { value: read } = roundTrip(codec, holding(type as never), { value: map }) as { value: object };
      expect(read).to.deep.equal(map);
      expect(Object.keys(read)).to.deep.equal(Object.keys(map));
      expect(Object.getPrototypeOf(read)).to.equal(Object.prototype);
    }
  });

  it("reads, by its default limits, a long list of little", () => {
    const Pair = t.struct("test.Pair", { id: t.int32, name: t.string });
    const cases: [unknown, number, () => unknown][] = [
      [t.int32, 1_000_000, () => 0],
      [t.string, 300_000, () => "text"],
      [Pair, 100_000, () => ({ id: 1, name: "ab" })],
      [t.map(t.string), 20_000, () => ({ a: "x", b: "y" })],
    ];
    for (const [type, length, of] of cases) {
      const value = Array.from({ length }, of);
      const { value: read } = roundTrip(codec, holding(t.list(type as never)), { value }) as { value: unknown[] };
      expect(read.length).to.equal(length);
      expect(read.at(-1)).to.deep.equal(value[0]);
    }
  }).timeout(30_000);
}
