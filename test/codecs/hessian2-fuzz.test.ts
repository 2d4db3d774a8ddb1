import { expect } from "chai";
import fc from "fast-check";
import { hessian2, typed } from "../../codecs/hessian2/index.ts";
import type { Codec } from "../../core/codec.ts";
import { compileCopy } from "../../core/compile/copy.ts";
import { RpcError } from "../../core/error.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { encode } from "./suite.ts";
import { All, all, Node, Order, order, Typed, typed as wholeTyped } from "./types.ts";

const Any = t.struct("test.Any", { value: t.any }) as unknown as StructType;
const shared = { name: "x", tags: ["a", "b"] };
const cycle: Record<string, unknown> = { shared };
cycle["self"] = cycle;
const java = {
  list: [shared, shared, cycle, new Set([1n, 2.5]), new Map([[1, "one"]])],
  time: typed("java.time.ZonedDateTime", "2024-02-29T01:02:03+01:00[Europe/Berlin]"),
  number: [2n ** 80n, typed("java.math.BigDecimal", "1.5")],
  dog: typed("shop.Dog", { name: "Rex", age: 3 }),
  bytes: [new Uint8Array(20), new Date(60_000), "é😀"],
};
const leaf = { name: "c", children: [] };
const tree = { name: "a", children: [{ name: "b", children: [leaf, leaf] }], next: leaf };
const subjects: [StructType, unknown, boolean][] = [
  [All as unknown as StructType, all, false],
  [Order as unknown as StructType, { ...order, note: "ünï" }, true],
  [Node as unknown as StructType, { name: "a", children: [{ name: "b", children: [] }] }, true],
  [Any, { value: java }, false],
];

/** Bytes either decode to a value that fits, or fail with a clear error, and quickly. */
function survives(codec: Codec, type: StructType, bytes: Uint8Array, copies: boolean): void {
  let value: unknown;
  const started = process.cpuUsage().user;
  try {
    value = codec.compile(type, type).decode(bytes, 0, bytes.length);
  } catch (thrown) {
    expect(RpcError.is(thrown), `${String((thrown as Error).stack)}`).to.equal(true);
    expect((thrown as RpcError).code).to.equal("INVALID_ARGUMENT");
    expect((thrown as RpcError).message.length).to.be.within(5, 500);
    return;
  } finally {
    expect(process.cpuUsage().user - started).to.be.lessThan(1_000_000);
  }
  // Untyped values may hold what only Java has, or themselves.
  if (copies) compileCopy(type as Type)(value);
}

for (const [name, codec] of [
  ["", hessian2()],
  [", exact", hessian2({ exact: true })],
] as const) {
  describe(`codec hessian2${name}: hostile bytes`, () => {
    for (const [type, value, copies] of subjects) {
      const good = encode(codec, type, value);

      it(`survives ${type.name} cut at every position`, () => {
        for (let end = 0; end < good.length; end++) {
          survives(codec, type, good.slice(0, end), copies);
          expect(() => codec.compile(type, type).decode(good, 0, end), `${end} of ${good.length}`).to.throw(
            RpcError as never,
          );
        }
      });

      it(`survives ${type.name} with every byte changed`, () => {
        const bytes = [0, 1, 0x1f, 0x30, 0x41, 0x43, 0x48, 0x49, 0x4d, 0x4e, 0x4f, 0x51, 0x52, 0x55, 0x57, 0x58, 0x5a];
        for (let i = 0; i < good.length; i++) {
          for (const byte of [
            ...bytes,
            0x60,
            0x61,
            0x72,
            0x7a,
            0x7f,
            0x80,
            0xcf,
            0xed,
            0xff,
            (good[i] as number) ^ 1,
          ]) {
            const changed = good.slice();
            changed[i] = byte;
            survives(codec, type, changed, copies);
          }
        }
      });

      it(`survives ${type.name} with pieces replaced at random`, () => {
        fc.assert(
          fc.property(fc.nat(good.length), fc.nat(8), fc.uint8Array({ maxLength: 12 }), (at, drop, put) => {
            survives(codec, type, Uint8Array.from([...good.slice(0, at), ...put, ...good.slice(at + drop)]), copies);
          }),
          { numRuns: 1500 },
        );
      });

      it(`survives random bytes as ${type.name}`, () => {
        fc.assert(
          fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => survives(codec, type, bytes, copies)),
          { numRuns: 1000 },
        );
      });
    }

    it("does not grow", () => {
      const [type, value] = subjects[3] as [StructType, unknown, boolean];
      const good = encode(codec, type, value);
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < 20_000; i++) {
        const bytes = good.slice(0, 1 + (i % good.length));
        try {
          codec.compile(type, type).decode(bytes, 0, bytes.length);
        } catch {}
      }
      expect(process.memoryUsage().heapUsed - before).to.be.lessThan(128 << 20);
    });
  });
}

describe("codec hessian2: its two ways to read", () => {
  const ways = [hessian2(), hessian2({ exact: true })] as const;
  /** The fields of shop.Order, not in our order, with references to what is known and what is not. */
  const java = Buffer.from(
    "430a73686f702e4f7264657294056f74686572056974656d7302696408637573746f6d657260" +
      "430973686f702e4974656d930570726963650371747903736b7561" +
      "5c910173" +
      "7b510161" +
      "5d0293013151017a43015990625151903703416461",
    "hex",
  );
  const read = (way: Codec, type: StructType, bytes: Uint8Array): unknown => {
    try {
      return way.compile(type, type).decode(bytes, 0, bytes.length);
    } catch {
      return undefined;
    }
  };

  for (const [name, type, good] of [
    ["our bytes", Typed as unknown as StructType, encode(ways[0], Typed, wholeTyped)],
    ["Java's order", Order as unknown as StructType, new Uint8Array(java)],
    ["a tree", Node as unknown as StructType, encode(ways[0], Node, tree)],
  ] as const) {
    it(`agree about ${name} with every byte changed, and pieces replaced`, () => {
      const agree = (bytes: Uint8Array): void => {
        expect(read(ways[0], type, bytes), Buffer.from(bytes).toString("hex")).to.deep.equal(
          read(ways[1], type, bytes),
        );
      };
      agree(good);
      for (let i = 0; i < good.length; i++) {
        for (let byte = i % 5; byte < 256; byte += 5) {
          const changed = good.slice();
          changed[i] = byte;
          agree(changed);
        }
      }
      fc.assert(
        fc.property(fc.nat(good.length), fc.nat(8), fc.uint8Array({ maxLength: 12 }), (at, drop, put) => {
          agree(Uint8Array.from([...good.slice(0, at), ...put, ...good.slice(at + drop)]));
        }),
        { numRuns: 1500 },
      );
    });
  }
});
