import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AnySchema, anyPack, anyUnpack, DurationSchema } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { avro } from "../../codecs/avro/index.ts";
import { hessian2 } from "../../codecs/hessian2/index.ts";
import { json } from "../../codecs/json/index.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import {
  type AnyType,
  anyOf,
  type PackedAny,
  pack,
  protobuf,
  typeProtoText,
  unpack,
} from "../../codecs/protobuf/index.ts";
import { sameType } from "../../core/type/same.ts";
import { type StructFor, t } from "../../index.ts";
import { decode, encode, failure, roundTrip } from "./suite.ts";

const Order = t.struct("shop.Order", { id: t.int64, note: t.optional(t.string) });
const Any: AnyType = anyOf(() => [Order, Envelope]);
/** Contains what may contain it. */
const Envelope: StructFor<{ content: PackedAny }> = t.struct("shop.Envelope", { content: Any });
const Wait = t.struct("google.protobuf.Duration", { seconds: t.int64, nanos: t.int32 });

describe("google.protobuf.Any", () => {
  it("holds what was packed", () => {
    const any = pack(Order, { id: 7n });
    expect(any).to.deep.equal({ typeUrl: "type.googleapis.com/shop.Order", value: Uint8Array.of(8, 7) });
    expect(unpack(Order, any)).to.deep.equal({ id: 7n });
    expect(unpack(Envelope, any)).to.equal(undefined);
    expect(unpack(Order, { typeUrl: "example.com/a/shop.Order", value: new Uint8Array() })).to.deep.equal({ id: 0n });
  });

  it("refuses values and bytes that do not fit", () => {
    expect(failure(() => pack(Order, { id: 7 as never })).message).to.equal("id: expected int64, a bigint, got 7");
    expect(failure(() => unpack(Order, { typeUrl: "x/shop.Order", value: Uint8Array.of(8) })).code).to.equal(
      "INVALID_ARGUMENT",
    );
  });

  it("is that of Protobuf-ES", () => {
    const theirs = anyPack(DurationSchema, create(DurationSchema, { seconds: 3n }));
    const ours = decode(protobuf(), Any, Any, toBinary(AnySchema, theirs)) as PackedAny;
    expect(unpack(Wait, ours)).to.deep.equal({ seconds: 3n, nanos: 0 });
    const again = anyUnpack(
      fromBinary(AnySchema, encode(protobuf(), Any, pack(Wait, { seconds: 4n, nanos: 1 }))),
      DurationSchema,
    );
    expect(again).to.deep.include({ seconds: 4n, nanos: 1 });
  });

  it("carries types that nobody knows through every codec but JSON", () => {
    const content = { typeUrl: "type.googleapis.com/other.Thing", value: Uint8Array.of(1, 2, 3) };
    for (const codec of [protobuf(), msgpack(), avro(), hessian2()])
      expect(roundTrip(codec, Envelope, { content }), codec.name).to.deep.equal({ content });
    const known = { content: pack(Envelope, { content: pack(Order, { id: 1n, note: "n" }) }) };
    for (const codec of [protobuf(), msgpack(), avro(), hessian2(), json()])
      expect(roundTrip(codec, Envelope, known), codec.name).to.deep.equal(known);
  });

  it("is one type, whatever it may hold, and imported in a .proto file", () => {
    expect(sameType(Any, anyOf())).to.equal(true);
    expect(typeProtoText(Envelope)).to.include('import "google/protobuf/any.proto";');
    expect(typeProtoText(Envelope)).to.include("google.protobuf.Any content = 1;");
  });
});
