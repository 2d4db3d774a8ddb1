import { expect } from "chai";
import { avro } from "../../codecs/avro/index.ts";
import { hessian2 } from "../../codecs/hessian2/index.ts";
import { json } from "../../codecs/json/index.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import { checkReadable } from "../../core/type/compat.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { arg, connect, defineService, implement, rpc, serve, stream, t, topic } from "../../index.ts";
import { refused } from "../transports/suite/fixture.ts";
import { failure, roundTrip } from "./suite.ts";

const line = (version?: string) => t.struct("shop.Line", { sku: t.string }, version === undefined ? {} : { version });
const holding = (type: unknown): StructType => t.struct("shop.Holder", { x: type as never }) as unknown as StructType;
const inside = (type: Type, tag = "line"): Type => t.union("shop.Either", { [tag]: type, none: t.bool });

/** Where a struct of a version may stand, and the path of it. */
const places: readonly (readonly [string, (line: Type) => StructType, string])[] = [
  ["the message itself", (one) => one as StructType, "shop.Line"],
  ["a field", holding, "shop.Holder.x"],
  ["an optional field", (one) => holding(t.optional(one)), "shop.Holder.x"],
  ["a list's item", (one) => holding(t.list(one)), "shop.Holder.x[]"],
  ["a map's value", (one) => holding(t.map(one)), "shop.Holder.x[]"],
  ["a union's case", (one) => holding(inside(one)), "shop.Holder.x.line"],
  ["a struct in a struct", (one) => holding(t.struct("shop.Box", { lines: t.list(one) })), "shop.Holder.x.lines[]"],
];

/** A codec leaves the look at a foreign writer to whoever agrees on the contract. */
const looks = [
  ...[json(), msgpack(), protobuf(), avro(), hessian2()].map((codec) => ({
    by: codec.name,
    look: (writer: StructType, reader: StructType): unknown => codec.compile(writer, reader),
  })),
  {
    by: "the binding",
    look: (writer: StructType, reader: StructType): unknown => checkReadable(writer, reader, reader.name),
  },
];

describe("version ids", () => {
  for (const { by, look } of looks) {
    it(`are looked at by ${by}, wherever they stand`, () => {
      const compile = (writer: Type, reader: Type, place: (line: Type) => StructType): void => {
        look(place(writer), place(reader));
      };
      for (const [where, place, path] of places) {
        const message = failure(() => compile(line("1"), line("2"), place)).message;
        expect(message, where).to.equal(
          `the contracts of client and server do not fit: ${path}: one side has shop.Line of version 1, the other of version 2; deploy both sides with the same type, or give the new one a field of its own`,
        );
        expect(failure(() => compile(line(), line("2"), place)).message).to.include(
          `${path}: one side has shop.Line without a version, the other of version 2;`,
        );
        expect(failure(() => compile(line("1"), line(), place)).message).to.include(
          `${path}: one side has shop.Line of version 1, the other without a version;`,
        );
        compile(line("2"), line("2"), place);
        compile(line(), line(), place);
      }
    });
  }

  for (const codec of [json(), msgpack(), protobuf(), avro(), hessian2()]) {
    it(`of ${codec.name} leave no trace in the bytes, and let the fields differ where they are the same`, () => {
      const Wider = t.struct("shop.Line", { sku: t.string, qty: t.default(t.int32, 1) }, { version: "2" });
      expect(roundTrip(codec, line("2"), { sku: "a" })).to.deep.equal({ sku: "a" });
      expect(roundTrip(codec, line("2"), { sku: "a" }, Wider)).to.deep.equal({ sku: "a", qty: 1 });
    });
  }

  it("do not matter in a case or field that one side lacks", () => {
    json().compile(holding(inside(line("1"), "old")), holding(inside(line("2"), "new")));
    json().compile(holding(line("1")), t.struct("shop.Holder", { y: t.optional(line("2")) }) as unknown as StructType);
  });
});

/** Services of one method or topic, through which a line of a version travels in one way. */
const ways: readonly (readonly [string, (version?: string) => ReturnType<typeof defineService>])[] = [
  ["request", (v) => service({ call: rpc({ params: [arg("line", line(v))] }) })],
  ["argument", (v) => service({ call: rpc({ params: [arg("n", t.int32), arg("lines", t.list(line(v)))] }) })],
  ["result", (v) => service({ call: rpc({ returns: line(v) }) })],
  ["stream", (v) => service({ call: stream({ yields: line(v) }) })],
  ["upstream", (v) => service({ call: rpc({ params: [arg("lines", t.stream(line(v)))] }) })],
  ["callback", (v) => service({ call: rpc({ params: [arg("on", t.callback([line(v)], t.bool))] }) })],
  ["topic", (v) => service({ call: topic(line(v)) })],
  ["declared error", (v) => service({ call: rpc({ throws: [t.error("shop.Bad", { line: line(v) })] }) })],
];
function service(members: Parameters<typeof defineService>[2]): ReturnType<typeof defineService> {
  return defineService("shop.Lines", {}, members);
}

for (const [scheme, listen] of [
  ["tcp", "tcp://127.0.0.1:0"],
  ["memory", "memory://version-ids"],
] as const) {
  describe(`version ids over ${scheme}`, () => {
    for (const [way, declare] of ways) {
      it(`refuse at refer another version: ${way}`, async () => {
        for (const [mine, theirs] of [
          ["1", "2"],
          ["1", undefined],
          [undefined, "2"],
        ]) {
          await using server = await serve({
            services: [implement(declare(theirs), {} as never)],
            listen: [listen],
            partial: true,
          });
          await using client = await connect({ endpoints: server.endpoints });
          const error = await refused(
            client.refer(declare(mine)),
            "FAILED_PRECONDITION",
            /shop\.Lines\.call.*shop\.Line /,
          );
          for (const version of [mine, theirs])
            expect(error.message).to.include(version === undefined ? "without a version" : `of version ${version}`);
          expect(error.message).to.include("deploy both sides with the same type");
          await client.refer(declare(theirs));
        }
      });
    }
  });
}
