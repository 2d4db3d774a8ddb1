import { expect } from "chai";
import fc from "fast-check";
import { avro } from "../../codecs/avro/index.ts";
import { json } from "../../codecs/json/index.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import { compileCopy } from "../../core/compile/copy.ts";
import { RpcError } from "../../core/error.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { encode } from "./suite.ts";
import { All, all, Node, Order, order, Typed, typed } from "./types.ts";

const tree = { name: "a", children: [{ name: "b", children: [] }], next: { name: "c", children: [] } };
const common: [StructType, unknown][] = [
  [Order as unknown as StructType, { ...order, note: "ünï" }],
  [Node as unknown as StructType, tree],
];

/** Bytes either decode to a value that fits, or fail with a clear error, and quickly. */
function survives(codec: ReturnType<typeof json>, type: StructType, bytes: Uint8Array): void {
  let value: unknown;
  const started = performance.now();
  try {
    value = codec.compile(type, type).decode(bytes, 0, bytes.length);
  } catch (thrown) {
    expect(RpcError.is(thrown), `${codec.name}: ${String((thrown as Error).stack)}`).to.equal(true);
    expect((thrown as RpcError).code).to.equal("INVALID_ARGUMENT");
    expect((thrown as RpcError).message.length).to.be.within(5, 500);
    return;
  } finally {
    expect(performance.now() - started).to.be.lessThan(1000);
  }
  compileCopy(type as Type)(value);
}

/** A message of Protobuf has no end of its own: cut between two fields it is a shorter message. */
const endless = new Set(["protobuf"]);

for (const codec of [json(), msgpack(), msgpack({ maps: true }), protobuf(), avro()]) {
  const subjects: [StructType, unknown][] = [
    codec.selfDescribing ? [All as unknown as StructType, all] : [Typed as unknown as StructType, typed],
    ...common,
  ];
  describe(`codec ${codec.name}: hostile bytes`, () => {
    for (const [type, value] of subjects) {
      const good = encode(codec, type, value);

      it(`survives ${type.name} cut at every position`, () => {
        for (let end = 0; end < good.length; end++) {
          survives(codec, type, good.slice(0, end));
          if (endless.has(codec.name)) continue;
          // What follows in the connection's buffer is not the message's.
          expect(() => codec.compile(type, type).decode(good, 0, end), `${end} of ${good.length}`).to.throw(
            RpcError as never,
          );
        }
      });

      it(`survives ${type.name} with every byte changed`, () => {
        for (let i = 0; i < good.length; i++) {
          for (const byte of [
            0,
            0x22,
            0x5c,
            0x7f,
            0x80,
            0x9f,
            0xc0,
            0xc1,
            0xc6,
            0xd4,
            0xdb,
            0xdd,
            0xdf,
            0xff,
            (good[i] as number) ^ 1,
          ]) {
            const bytes = good.slice();
            bytes[i] = byte;
            survives(codec, type, bytes);
          }
        }
      });

      it(`survives ${type.name} with pieces replaced at random`, () => {
        fc.assert(
          fc.property(fc.nat(good.length), fc.nat(8), fc.uint8Array({ maxLength: 12 }), (at, drop, put) => {
            survives(codec, type, Uint8Array.from([...good.slice(0, at), ...put, ...good.slice(at + drop)]));
          }),
          { numRuns: 1500 },
        );
      });

      it(`survives random bytes as ${type.name}`, () => {
        fc.assert(
          fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => survives(codec, type, bytes)),
          { numRuns: 1000 },
        );
      });
    }

    it("does not grow", () => {
      const [type, value] = subjects[0] as [StructType, unknown];
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
