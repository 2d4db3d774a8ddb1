import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc, { type Arbitrary } from "fast-check";
import { avro } from "../../codecs/avro/index.ts";
import { json } from "../../codecs/json/index.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import { printProto } from "../../codecs/protobuf/proto-text.ts";
import { compileReader } from "../../codecs/protobuf/reader.ts";
import { SchemaBuilder } from "../../codecs/protobuf/schema.ts";
import { cursorOf } from "../../core/compile/cursor.ts";
import { Shape } from "../../core/compile/source.ts";
import { t } from "../../core/schema/t.ts";
import type { MapType, ScalarType, StructType, Type } from "../../core/type/type.ts";
import { descriptorOf, fromMessage, toMessage } from "./protobuf-es.ts";
import { decode, encode, failure, roundTrip } from "./suite.ts";
import { holding } from "./types.ts";

const codec = protobuf();
const hex = (type: unknown, value: unknown): string =>
  Buffer.from(encode(codec, holding(type), { value })).toString("hex");
const parse = (type: unknown, source: string): unknown =>
  (decode(codec, holding(type), holding(type), Buffer.from(source.replaceAll(" ", ""), "hex")) as { value: unknown })
    .value;
const refused = (type: unknown, value: unknown): string =>
  failure(() => encode(codec, holding(type), { value })).message;
const as = <T extends ScalarType | MapType>(word: string, type: T): T => t.encoded(type, { protobuf: word });

const INT32: readonly [bigint, bigint] = [-(2n ** 31n), 2n ** 31n - 1n];
const UINT32: readonly [bigint, bigint] = [0n, 2n ** 32n - 1n];
const INT64: readonly [bigint, bigint] = [-(2n ** 63n), 2n ** 63n - 1n];
const UINT64: readonly [bigint, bigint] = [0n, 2n ** 64n - 1n];
const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: INT32,
  sint32: INT32,
  sfixed32: INT32,
  uint32: UINT32,
  fixed32: UINT32,
  int64: INT64,
  sint64: INT64,
  sfixed64: INT64,
  uint64: UINT64,
  fixed64: UINT64,
};
const words = Object.keys(ranges);
const kinds: Readonly<Record<string, readonly [ScalarType, bigint, bigint, (integer: bigint) => unknown]>> = {
  int32: [t.int32, ...INT32, Number],
  int53: [t.int53, -(2n ** 53n) + 1n, 2n ** 53n - 1n, Number],
  int64: [t.int64, ...INT64, (integer) => integer],
  decimal: [t.decimal, -(10n ** 30n), 10n ** 30n, String],
};

interface Form {
  readonly type: ScalarType;
  /** The least and the most that both the kind and the word have. */
  readonly ends: readonly [unknown, unknown];
  readonly value: Arbitrary<unknown>;
}

const forms = words.flatMap((word) =>
  Object.values(kinds).map(([type, low, high, make]): Form => {
    const [least, most] = ranges[word] as readonly [bigint, bigint];
    const [, min = 0n, max = 0n] = [least, low, most, high].sort((a, b) => Number(a - b));
    const small = fc.bigInt({ min: min < -300n ? -300n : min, max: 300n });
    const value = fc.oneof(fc.bigInt({ min, max }), small, fc.constantFrom(min, max)).map(make);
    return { type: as(word, type), ends: [make(min), make(max)], value };
  }),
);
const wrappers = [
  ["google.protobuf.BoolValue", t.bool, fc.boolean()],
  ["google.protobuf.Int32Value", t.int32, fc.integer()],
  ["google.protobuf.UInt32Value", t.int53, fc.nat()],
  ["google.protobuf.Int64Value", t.int64, fc.bigInt({ min: -5n, max: 5n })],
  ["google.protobuf.UInt64Value", t.decimal, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)],
  ["google.protobuf.FloatValue", t.float32, fc.float()],
  ["google.protobuf.DoubleValue", t.float64, fc.double()],
  ["google.protobuf.StringValue", t.string, fc.string()],
  ["google.protobuf.BytesValue", t.bytes, fc.uint8Array({ maxLength: 5 })],
].map(([word, type, value]) => ({ type: as(word as string, type as ScalarType), value: value as Arbitrary<unknown> }));
const Code = t.enums("test.Code", { low: -7, none: 0, high: 2_000_000_000 });
const Late = t.enums("test.Late", { five: 5, four: 4 });
const described: readonly { type: Type; value: Arbitrary<unknown> }[] = [
  ...forms,
  ...wrappers,
  { type: Code as Type, value: fc.constantFrom("low", "none", "high") },
  { type: Late as Type, value: fc.constantFrom("five", "four") },
];

const keys: readonly (readonly [string, Arbitrary<string>])[] = [
  ["bool", fc.constantFrom("true", "false")],
  ["string", fc.constantFrom("a", "__proto__", "5")],
  ...words.map((word) => {
    const [min, max] = ranges[word] as readonly [bigint, bigint];
    return [word, fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 1n)).map(String)] as const;
  }),
];

/** A form wherever a value can stand. */
const placed: Arbitrary<{ type: StructType; value: unknown }> = fc
  .tuple(fc.constantFrom(...described), fc.constantFrom(...keys))
  .chain(([{ type, value }, [key, keyText]]) => {
    const many = fc.array(value, { maxLength: 4 });
    const Place = t.struct("test.Place", {
      plain: type,
      maybe: t.optional(type),
      list: t.list(type),
      lists: t.list(t.list(type)),
      map: as(key, t.map(type)),
      union: t.union("test.Union", { other: t.bool, one: type }),
    });
    const record = fc.record(
      {
        plain: value,
        maybe: value,
        list: many,
        lists: fc.array(many, { maxLength: 3 }),
        map: fc.array(fc.tuple(keyText, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
        union: value.map((one) => ({ kind: "one", value: one })),
      },
      { requiredKeys: ["plain", "list", "lists", "map", "union"] },
    );
    return record.map((one) => ({ type: Place as StructType, value: one }));
  });

describe("codec protobuf: t.encoded", () => {
  it("writes the bytes of Protobuf-ES, in every place, and reads them", () => {
    fc.assert(
      fc.property(placed, ({ type, value }) => {
        const desc = descriptorOf(type);
        const bytes = encode(codec, type, value);
        const theirs = toBinary(desc, toMessage(type, value, desc));
        expect(Buffer.from(bytes).toString("hex")).to.equal(Buffer.from(theirs).toString("hex"));
        expect(fromMessage(type, fromBinary(desc, bytes), desc)).to.deep.equal(value);
        const compiled = compileReader(type, new Shape());
        expect(compiled(cursorOf(bytes, 0, bytes.length, 1e6), 64, bytes.length)).to.deep.equal(value);
        const another = { ...type, fields: [...type.fields] } as StructType;
        expect(decode(codec, another, type, bytes, { foreign: true })).to.deep.equal(value);
      }),
      { numRuns: 300 },
    );
  });

  it("carries both ends of every range, and refuses what is beyond", () => {
    for (const { type, ends } of forms) {
      for (const end of ends) {
        expect(roundTrip(codec, holding(type), { value: end })).to.deep.equal({ value: end });
        expect(roundTrip(codec, holding(type), { value: end }, holding(type), { foreign: true })).to.deep.equal({
          value: end,
        });
      }
    }
    expect(refused(as("uint32", t.int53), -1)).to.equal(
      "value: expected int53, as uint32 from 0 to 4294967295, got -1",
    );
    expect(refused(as("fixed32", t.int53), 2 ** 32)).to.match(/^value: expected int53, as fixed32 .* got 4294967296$/);
    expect(refused(as("uint64", t.int64), -1n)).to.match(
      /^value: expected int64, as uint64 from 0 to 18446744073709551615/,
    );
    expect(refused(as("sint32", t.int64), 2n ** 31n)).to.match(/as sint32/);
    for (const text of ["-1", "18446744073709551616", "1.5", "05", "+5", "1e3", "-0"])
      expect(refused(as("uint64", t.decimal), text)).to.match(/^value: expected decimal, as uint64/);
    expect(refused(t.default(as("uint32", t.int53), -1), undefined)).to.match(/^value: expected int53, as uint32/);
    expect(refused(t.list(as("uint32", t.int53)), [1, -1])).to.match(/^value\[1\]: expected/);
    const Holder = t.struct("test.Deep", { map: t.map(t.union("test.U", { one: as("uint32", t.int53) })) });
    expect(refused(t.optional(Holder), { map: { a: { kind: "one", value: -1 } } })).to.match(
      /^value\.map\["a"\]\.one: expected int53, as uint32/,
    );
    expect(refused(as("google.protobuf.UInt32Value", t.int53), -1)).to.match(/^value: expected int53, as uint32/);
    expect(refused(as("uint32", t.int53), "1")).to.equal('value: expected int53, got "1"');
  });

  it("refuses what was read and does not fit, and takes all 64 bits as a decimal", () => {
    const most = "08 ff ff ff ff ff ff ff ff ff 01";
    expect(parse(as("uint64", t.decimal), most)).to.equal("18446744073709551615");
    const message = (type: unknown, source: string): string => failure(() => parse(type, source)).message;
    expect(message(as("uint64", t.int64), most)).to.equal("value: expected int64, got 18446744073709551615n");
    expect(message(as("fixed64", t.int64), "09 ff ff ff ff ff ff ff ff")).to.match(
      /expected int64, got 18446744073709551615n/,
    );
    expect(message(as("fixed32", t.int32), "0d ff ff ff ff")).to.match(/^value: expected int32, got 4294967295n/);
    expect(message(as("fixed32", t.int32), "0d ff ff")).to.match(/longer than its message/);
    expect(message(as("sint32", t.int32), "0d 00 00 00 00")).to.match(/with wire type 0, got 5/);
    // As other implementations do, of what is too long for 32 bits the upper half is dropped.
    expect(parse(as("uint32", t.int53), most)).to.equal(4294967295);
    expect(parse(as("sint32", t.int32), most)).to.equal(-(2 ** 31));
  });

  it("keeps a map's keys as they are printed", () => {
    expect(hex(as("sint32", t.map(t.int32)), { "-1": 2 })).to.equal("0a0408011002");
    expect(hex(as("bool", t.map(t.int32)), { true: 1, false: 2 })).to.equal("0a04080110010a0408001002");
    expect(parse(as("bool", t.map(t.int32)), "0a00")).to.deep.equal({ false: 0 });
    expect(parse(as("int64", t.map(t.int32)), "0a 02 10 01")).to.deep.equal({ 0: 1 });
    for (const key of ["", "01", "+1", "1.0", " 1", "1n", "4294967296", "-1", "__proto__"]) {
      const map = Object.fromEntries([[key, 1]]);
      expect(refused(as("uint32", t.map(t.int32)), map)).to.match(
        /^a key of value: expected the digits of an integer, as uint32/,
      );
    }
    expect(refused(as("bool", t.map(t.int32)), { yes: 1 })).to.equal(
      'a key of value: expected "true" or "false", got "yes"',
    );
  });

  it("writes an enum by its numbers, and leaves out the member with the number 0", () => {
    expect(hex(Code, "low")).to.equal("08f9ffffffffffffffff01");
    expect(hex(Code, "none")).to.equal("");
    expect(parse(Code, "")).to.equal("none");
    expect(hex(Late, "five")).to.equal("0805");
    expect(parse(Late, "")).to.equal("five");
    expect(failure(() => parse(Late, "08 00")).message).to.equal("value: expected one of five, four, got 0");
    const Other = t.enums("test.Code", { none: 1, high: 3 });
    expect(roundTrip(codec, holding(Code), { value: "high" }, holding(Other))).to.deep.equal({ value: "high" });
    expect(roundTrip(codec, holding(Code), { value: "none" }, holding(Other))).to.deep.equal({ value: "none" });
    // Absent because its writer does not have it: the first member, as with every codec.
    expect(roundTrip(codec, t.struct("test.Holder", {}), {}, holding(Code))).to.deep.equal({ value: "low" });
  });

  it("reads by the writer's form where the reader has another", () => {
    const read = (writer: unknown, value: unknown, reader: unknown): unknown =>
      (roundTrip(codec, holding(writer), { value }, holding(reader), { foreign: true }) as { value: unknown }).value;
    expect(read(as("sint32", t.int32), -5, t.int32)).to.equal(-5);
    expect(read(t.int32, -5, as("sfixed32", t.int32))).to.equal(-5);
    expect(read(as("sfixed32", t.int32), -5, as("sint64", t.int64))).to.equal(-5n);
    expect(read(as("fixed64", t.int53), 2 ** 40, t.float64)).to.equal(2 ** 40);
    expect(read(t.list(as("sint32", t.int32)), [-5, 5], t.list(t.int53))).to.deep.equal([-5, 5]);
    expect(read(as("int32", t.map(t.int32)), { "-5": 1 }, t.map(t.int32))).to.deep.equal({ "-5": 1 });
    expect(read(as("google.protobuf.StringValue", t.string), "", t.string)).to.equal("");
    expect(read(t.string, "a", as("google.protobuf.StringValue", t.string))).to.equal("a");
    expect(read(t.int32, 0, as("google.protobuf.Int32Value", t.int32))).to.equal(0);
  });

  it("refuses words that it does not know when compiling, and names the field", () => {
    const compile = (type: unknown): string => failure(() => codec.compile(holding(type), holding(type))).message;
    expect(compile(as("varint", t.int32))).to.match(
      /^test\.Holder\.value: protobuf cannot write int32 as varint; use int32, /,
    );
    expect(compile(as("constructor", t.int32))).to.match(/cannot write int32 as constructor/);
    expect(compile(as("sint32", t.string))).to.match(/cannot write string as sint32; use google.protobuf.StringValue/);
    expect(compile(as("sint32", t.timestamp))).to.match(/cannot write timestamp as sint32; leave t.encoded out/);
    expect(compile(t.list(as("float", t.map(t.int32))))).to.match(
      /^test\.Holder\.value\[\]: protobuf cannot write map as float/,
    );
    expect(compile(t.encoded(t.optional(t.int32), { protobuf: "null" }))).to.match(
      /^test\.Holder\.value: protobuf cannot write the absence of a field as null; leave t\.encoded out$/,
    );
    expect(compile(t.encoded(Code, { protobuf: "sint32" }))).to.match(
      /cannot write enum as sint32; leave t\.encoded out/,
    );
    const foreign = holding(as("huge", t.int32));
    expect(failure(() => codec.compile(foreign, holding(t.int32), { foreign: true })).message).to.match(/as huge/);
  });

  it("is nothing to other codecs", () => {
    const plain = { value: 7, list: [1], map: { 5: 1 } };
    const [Plain, Encoded] = [false, true].map((encoded) => {
      const with_ = <T extends ScalarType | MapType>(word: string, type: T): T => (encoded ? as(word, type) : type);
      return t.struct("test.Holder", {
        value: with_("fixed32", t.int53),
        list: t.list(with_("sint32", t.int32)),
        map: with_("int32", t.map(t.int32)),
      });
    });
    for (const other of [json(), msgpack(), avro()])
      expect(encode(other, Encoded, plain), other.name).to.deep.equal(encode(other, Plain, plain));
    expect(encode(codec, Encoded, plain)).to.not.deep.equal(encode(codec, Plain, plain));
  });
});

describe("protoText of t.encoded", () => {
  it("names the forms, keys, numbers and wrappers, and repeats no name of an enum", () => {
    const Color = t.enums("shop.Color", ["COLOR_NONE", "COLOR_RED"]);
    const Method = t.enums("shop.HTTPMethod", ["HTTP_METHOD_GET", "HTTP_METHOD_PUT"]);
    const All = t.struct("shop.All", {
      count: as("uint32", t.int53),
      hashes: t.list(as("fixed64", t.decimal)),
      names: as("int32", t.map(t.string)),
      note: t.optional(as("google.protobuf.StringValue", t.string)),
      code: Code,
      late: Late,
      color: Color,
      method: Method,
    });
    const builder = new SchemaBuilder("shop.Orders");
    builder.add(All as StructType);
    expect(printProto(builder.file())).to.equal(`syntax = "proto3";

package shop;

import "google/protobuf/wrappers.proto";

message All {
  uint32 count = 1;
  repeated fixed64 hashes = 2;
  map<int32, string> names = 3;
  google.protobuf.StringValue note = 4;
  TestCode code = 5;
  TestLate late = 6;
  Color color = 7;
  HTTPMethod method = 8;
}

enum TestCode {
  TEST_CODE_NONE = 0;
  TEST_CODE_LOW = -7;
  TEST_CODE_HIGH = 2000000000;
}

enum TestLate {
  TEST_LATE_UNSPECIFIED = 0;
  TEST_LATE_FIVE = 5;
  TEST_LATE_FOUR = 4;
}

enum Color {
  COLOR_NONE = 0;
  COLOR_RED = 1;
}

enum HTTPMethod {
  HTTP_METHOD_GET = 0;
  HTTP_METHOD_PUT = 1;
}
`);
  });
});
