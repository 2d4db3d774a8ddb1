import {
  createRegistry,
  type DescMessage,
  fromBinary,
  fromJsonString,
  type JsonWriteOptions,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import * as wkt from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { json, jsonSchema } from "../../codecs/json/index.ts";
import { type AnyType, anyOf, pack, protobuf } from "../../codecs/protobuf/index.ts";
import { wellKnownTypes } from "../../codecs/protobuf/well-known-types.ts";
import { fromJson, toJson } from "../../core/contract/value-json.ts";
import { fromProtobuf, structFromProtobuf } from "../../core/schema/protobuf.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import * as kinds from "../core/schema/kinds-pb.ts";
import { valuesOf } from "../core/schema/protobuf-peer.ts";
import { decode, encode, failure, roundTrip } from "./suite.ts";

const codec = json();
const print = (type: unknown, value: unknown): string => new TextDecoder().decode(encode(codec, type, value));
const read = (type: unknown, text: string): unknown => decode(codec, type, type, new TextEncoder().encode(text));
const wrong = (type: unknown, text: string): string => failure(() => read(type, text)).message;
const known = (name: string): StructType => wellKnownTypes.get(`google.protobuf.${name}`) as StructType;
const desc = (all: object, name: string): DescMessage => (all as Record<string, DescMessage>)[name] as DescMessage;

const Order = t.struct("shop.Order", { id: t.int64, lines: t.list(t.string), note: t.optional(t.string) });
const Any: AnyType = anyOf(() => [Order, Holder, Empty]);
const Empty = t.struct("shop.Empty", {});
const Holder: StructType = t.struct("shop.Holder", { any: t.optional(Any), value: t.optional(known("Value")) });

/** What Protobuf-ES says and reads, by the same bytes. */
function theirs(name: string): { print(value: unknown): string; read(text: string): unknown } {
  const schema = desc(wkt, `${name}Schema`);
  return {
    print: (value) => toJsonString(schema, fromBinary(schema, encode(protobuf(), known(name), value))),
    read: (text) => decode(protobuf(), known(name), known(name), toBinary(schema, fromJsonString(schema, text))),
  };
}

describe("JSON of google.protobuf", () => {
  const values: readonly (readonly [name: string, value: unknown, text: string])[] = [
    ["Duration", { seconds: 0n, nanos: 0 }, '"0s"'],
    ["Duration", { seconds: 1n, nanos: 500_000_000 }, '"1.500s"'],
    ["Duration", { seconds: 0n, nanos: -1 }, '"-0.000000001s"'],
    ["Duration", { seconds: -315_576_000_000n, nanos: -1000 }, '"-315576000000.000001s"'],
    ["Timestamp", { seconds: 0n, nanos: 0 }, '"1970-01-01T00:00:00Z"'],
    ["Timestamp", { seconds: -1n, nanos: 999_999_999 }, '"1969-12-31T23:59:59.999999999Z"'],
    ["Timestamp", { seconds: -62_135_596_800n, nanos: 10_000 }, '"0001-01-01T00:00:00.000010Z"'],
    ["FieldMask", { paths: [] }, '""'],
    ["FieldMask", { paths: ["user.display_name", "photo"] }, '"user.displayName,photo"'],
    ["Value", { nullValue: "NULL_VALUE" }, "null"],
    ["Value", { numberValue: -1.5 }, "-1.5"],
    ["Value", { listValue: { values: [{ stringValue: "é\n" }, { boolValue: false }] } }, '["é\\n",false]'],
    ["Struct", { fields: { a: { structValue: { fields: {} } }, b: { nullValue: "NULL_VALUE" } } }, '{"a":{},"b":null}'],
    ["ListValue", { values: [] }, "[]"],
    ["StringValue", { value: "text" }, '"text"'],
    ["Int64Value", { value: -1n }, '"-1"'],
    ["UInt64Value", { value: "18446744073709551615" }, '"18446744073709551615"'],
    ["UInt32Value", { value: 4_294_967_295 }, "4294967295"],
    ["BytesValue", { value: Uint8Array.of(255) }, '"/w=="'],
    ["DoubleValue", { value: Number.NaN }, '"NaN"'],
    ["BoolValue", { value: true }, "true"],
    ["Empty", {}, "{}"],
  ];
  for (const [name, value, text] of values) {
    it(`of ${name} is ${text}`, () => {
      expect(print(known(name), value)).to.equal(text);
      expect(read(known(name), text)).to.deep.equal(value);
      expect(theirs(name).print(value)).to.equal(text);
      expect(theirs(name).read(text)).to.deep.equal(value);
      expect(JSON.stringify(toJson(known(name), value))).to.equal(text);
      expect(fromJson(known(name), JSON.parse(text))).to.deep.equal(value);
    });
  }

  it("is read in every form that it may have", () => {
    expect(read(known("Duration"), '"1.5s"')).to.deep.equal({ seconds: 1n, nanos: 500_000_000 });
    expect(read(known("Duration"), '"-0s"')).to.deep.equal({ seconds: 0n, nanos: 0 });
    expect(read(known("Timestamp"), '"1970-01-01T01:00:00.5+01:00"')).to.deep.equal({
      seconds: 0n,
      nanos: 500_000_000,
    });
  });

  it("refuses what it is not, with the path", () => {
    const Times = t.struct("shop.Times", { wait: t.list(known("Duration")), mask: t.optional(known("FieldMask")) });
    for (const text of ['"1"', '"s"', "1", '"1.0000000001s"', '"315576000001s"', "null", '"+1s"']) {
      expect(wrong(Times, `{"wait":[${text}]}`), text).to.match(/^wait\[0\]: expected google.protobuf.Duration, like/);
    }
    for (const text of ['"a_b"', "[]", '"a b"']) {
      expect(wrong(Times, `{"mask":${text}}`), text).to.match(/^mask: expected google.protobuf.FieldMask/);
    }
    for (const text of ['"1970-01-01"', "0", '"1970-02-30T00:00:00Z"'])
      expect(wrong(known("Timestamp"), text)).to.match(/expected google.protobuf.Timestamp/);
    expect(wrong(known("Struct"), "[]")).to.match(/expected google.protobuf.Struct/);
    expect(wrong(known("ListValue"), "{}")).to.match(/expected google.protobuf.ListValue/);
    expect(wrong(known("Value"), '"\\ud800"')).to.match(/expected google.protobuf.Value/);
    expect(wrong(known("Value"), `${"[".repeat(100)}${"]".repeat(100)}`)).to.match(/maxDepth/);
  });

  it("refuses values that JSON cannot say, with the path", () => {
    const Held = t.struct("shop.Held", {
      wait: t.optional(known("Duration")),
      at: t.optional(known("Timestamp")),
      mask: t.optional(known("FieldMask")),
      values: t.list(known("Value")),
    });
    const cases: [path: string, value: object][] = [
      ["wait", { wait: { seconds: 1n, nanos: -1 } }],
      ["wait", { wait: { seconds: 0n, nanos: 1_000_000_000 } }],
      ["wait", { wait: { seconds: 315_576_000_001n, nanos: 0 } }],
      ["at", { at: { seconds: 0n, nanos: -1 } }],
      ["at", { at: { seconds: 253_402_300_800n, nanos: 0 } }],
      ["mask", { mask: { paths: ["displayName"] } }],
      ["mask", { mask: { paths: ["a_1"] } }],
      ["values[1]", { values: [{ boolValue: true }, {}] }],
      ["values[0].listValue.values[0]", { values: [{ listValue: { values: [{ numberValue: Number.NaN }] } }] }],
      ["wait.nanos", { wait: { seconds: 1n, nanos: 0.5 } }],
    ];
    for (const [path, value] of cases) {
      const error = failure(() => encode(codec, Held, { values: [], ...value }));
      expect(error.message.split(":")[0], path).to.equal(path);
      expect(() => toJson(Held, { values: [], ...value }), path).to.throw(`${path}: `);
    }
  });

  it("takes null for a value of google.protobuf.Value, and for nothing else", () => {
    const Held = t.struct("shop.Maybe", { value: t.optional(known("Value")), wait: t.optional(known("Duration")) });
    expect(read(Held, '{"value":null,"wait":null}')).to.deep.equal({ value: { nullValue: "NULL_VALUE" } });
    expect(fromJson(Held, { value: null, wait: null })).to.deep.equal({ value: { nullValue: "NULL_VALUE" } });
  });

  it("counts what it makes of untyped parts", () => {
    const text = `[${"[],".repeat(400_000)}[]]`;
    expect(wrong(known("Value"), text)).to.match(/maxMemoryBytes/);
  });

  it("leaves structs of the same name and other fields as they are", () => {
    const Mine = t.struct("google.protobuf.Duration", { ms: t.int32 });
    expect(roundTrip(codec, Mine, { ms: 1 })).to.deep.equal({ ms: 1 });
    expect(print(Mine, { ms: 1 })).to.equal('{"ms":1}');
  });

  it("has a schema", () => {
    const { $defs } = jsonSchema(t.struct("shop.Known", { d: known("Duration"), i: known("Int64Value"), a: Any })) as {
      $defs: Record<string, object>;
    };
    expect($defs["google.protobuf.Duration"]).to.include({ type: "string" });
    expect($defs["google.protobuf.Int64Value"]).to.include({ type: "string" });
    expect($defs["google.protobuf.Any"]).to.deep.include({ type: "object" });
  });
});

describe("JSON of messages", () => {
  const sound = (value: unknown): boolean => {
    try {
      toJson(fromProtobuf(kinds.AllSchema as DescMessage), value);
      return true;
    } catch {
      return false;
    }
  };
  const options: readonly Partial<JsonWriteOptions>[] = [
    {},
    { alwaysEmitImplicit: true },
    { enumAsInteger: true },
    { useProtoFieldName: true },
  ];
  /** Without Any, whose type nobody knows, and names that an object of ours cannot have. */
  const withoutAny = (value: { wellKnown?: { any?: unknown }; mixed?: unknown }): unknown => {
    delete value.wellKnown?.any;
    delete value.mixed;
    return value;
  };

  it("is what Protobuf-ES reads and writes, in all its forms", function () {
    this.timeout(60_000);
    const schema = kinds.AllSchema as unknown as DescMessage;
    const type = structFromProtobuf(schema);
    let compared = 0;
    fc.assert(
      fc.property(
        valuesOf(schema).map((value) => withoutAny(value as object)),
        (value) => {
          if (!sound(value)) return;
          compared++;
          const bytes = encode(protobuf(), type, value);
          const [ours, canonical] = [fromJsonString(schema, print(type, value)), fromBinary(schema, bytes)];
          expect(Buffer.from(toBinary(schema, ours)).toString("hex")).to.equal(
            Buffer.from(toBinary(schema, canonical)).toString("hex"),
          );
          for (const given of options) {
            const text = toJsonString(schema, canonical, given);
            const theirs = toBinary(schema, fromJsonString(schema, text));
            expect(read(type, text)).to.deep.equal(decode(protobuf(), type, type, theirs));
          }
        },
      ),
    );
    expect(compared).to.be.above(10);
  });

  it("passes over members that it does not know, as Connect's own servers do", () => {
    expect(read(Order, '{"id":"1","lines":[],"more":{"deep":[1]}}')).to.deep.equal({ id: 1n, lines: [] });
  });

  it("takes a field by the name in the .proto file, but not for one of that name", () => {
    const Both = t.struct("shop.Both", { orderId: t.int32, order_id: t.int32, lineCount: t.int32 });
    expect(read(Both, '{"order_id":1,"line_count":2}')).to.deep.equal({ orderId: 0, order_id: 1, lineCount: 2 });
    expect(read(Both, '{"lineCount":3,"line_count":2}')).to.deep.equal({ orderId: 0, order_id: 0, lineCount: 3 });
  });

  it("takes numbers in quotes, and enums by number", () => {
    const Level = t.enums("shop.Level", { none: 0, high: 9 });
    const Numbers = t.struct("shop.Numbers", { a: t.float64, b: t.float32, level: Level });
    expect(read(Numbers, '{"a":"-1.5e3","b":"2","level":9}')).to.deep.equal({ a: -1500, b: 2, level: "high" });
    expect(wrong(Numbers, '{"level":1}')).to.equal("level: expected one of none, high, got 1");
    for (const text of ['"0x1"', '" 1"', '""', '"1e999"']) expect(wrong(Numbers, `{"a":${text}}`)).to.match(/^a: /);
  });
});

describe("JSON of google.protobuf.Any", () => {
  const registry = createRegistry(
    ...(Object.values(wkt).filter((one) => (one as { kind?: string }).kind === "message") as DescMessage[]),
    kinds.ScalarsSchema as unknown as DescMessage,
  );
  const Scalars = structFromProtobuf(kinds.ScalarsSchema as unknown as DescMessage);
  const Peer = anyOf(() => [Scalars]);
  const inside = (name: string, value: unknown): object => pack(known(name), value as never);

  it("shows what is in it with its type", () => {
    const any = pack(Order, { id: 5n, lines: ["a"] });
    const text = '{"@type":"type.googleapis.com/shop.Order","id":"5","lines":["a"]}';
    expect(print(Any, any)).to.equal(text);
    expect(read(Any, text)).to.deep.equal(any);
    expect(toJson(Any, any)).to.deep.equal(JSON.parse(text));
    expect(fromJson(Any, JSON.parse(text))).to.deep.equal(any);
  });

  it("fills in what the message leaves out, and passes over what it does not know", () => {
    expect(read(Any, '{"lines":[],"more":1,"@type":"a/b/shop.Order"}')).to.deep.equal({
      typeUrl: "a/b/shop.Order",
      value: new Uint8Array(),
    });
  });

  it("has messages of google.protobuf as a member, as everybody has", () => {
    const cases: [object, string][] = [
      [
        inside("Duration", { seconds: 1n, nanos: 0 }),
        '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}',
      ],
      [
        inside("Value", { nullValue: "NULL_VALUE" }),
        '{"@type":"type.googleapis.com/google.protobuf.Value","value":null}',
      ],
      [inside("Int64Value", { value: 1n }), '{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":"1"}'],
      [inside("Empty", {}), '{"@type":"type.googleapis.com/google.protobuf.Empty"}'],
      [
        pack(Peer, inside("StringValue", { value: "x" }) as never),
        '{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"x"}}',
      ],
      [
        pack(Scalars, {
          ...(roundTrip(codec, Scalars, read(Scalars, "{}")) as object),
          int32: -1,
          uint64Text: "7",
        } as never),
        "",
      ],
    ];
    for (const [any, text] of cases) {
      const schema = wkt.AnySchema as unknown as DescMessage;
      const message = fromBinary(schema, encode(protobuf(), Peer, any));
      if (text !== "") expect(print(Peer, any)).to.equal(text);
      expect(read(Peer, toJsonString(schema, message, { registry }))).to.deep.equal(any);
      const theirs = toBinary(schema, fromJsonString(schema, print(Peer, any), { registry }));
      expect(decode(protobuf(), Peer, Peer, theirs)).to.deep.equal(any);
      expect(fromJson(Peer, toJson(Peer, any))).to.deep.equal(any);
    }
    expect(read(Peer, '{"@type":"x/google.protobuf.Empty"}')).to.deep.equal({
      typeUrl: "x/google.protobuf.Empty",
      value: new Uint8Array(),
    });
  });

  it("stands anywhere, also where nothing is in it", () => {
    const holder = { any: pack(Holder, { any: pack(Empty, {}), value: { boolValue: true } } as never) };
    expect(print(Holder, holder)).to.equal(
      '{"any":{"@type":"type.googleapis.com/shop.Holder","any":{"@type":"type.googleapis.com/shop.Empty"},"value":true}}',
    );
    expect(roundTrip(codec, Holder, holder)).to.deep.equal(holder);
    const nothing = { any: { typeUrl: "", value: new Uint8Array() } };
    expect(print(Holder, nothing)).to.equal('{"any":{}}');
    expect(read(Holder, '{"any":{}}')).to.deep.equal(nothing);
  });

  it("is written whole however large it is", () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
    const all = t.struct("shop.All", { anys: t.list(Any), end: t.string });
    const value = { anys: [1n, 2n, 3n].map((id) => pack(Order, { id, lines })), end: "end" };
    expect(roundTrip(codec, all, value)).to.deep.equal(value);
  });

  it("refuses types that it does not know, and says what to do", () => {
    const named = /any(\.@type)?: expected a type that the contract names for JSON of google.protobuf.Any, /;
    expect(wrong(Holder, '{"any":{"@type":"x/shop.Other"}}')).to.match(named);
    expect(
      failure(() => encode(codec, Holder, { any: { typeUrl: "x/shop.Other", value: new Uint8Array() } })).message,
    ).to.match(/^any: expected a type that the contract names for JSON of google.protobuf.Any, not x\/shop.Other/);
    expect(wrong(Holder, '{"any":{"@type":1}}')).to.match(/^any.@type: expected the name of a type/);
    expect(wrong(Holder, '{"any":[]}')).to.match(/^any: expected google.protobuf.Any/);
    expect(wrong(Holder, '{"any":{"id":1}}')).to.match(/^any.@type: /);
    expect(() => toJson(Holder, { any: { typeUrl: "x/shop.Other", value: new Uint8Array() } })).to.throw(
      /names for JSON/,
    );
    expect(() => fromJson(Holder, { any: { "@type": "x/shop.Other" } })).to.throw(/any.@type: .*names for JSON/);
  });

  it("refuses bytes that are no such message, and messages that JSON cannot say", () => {
    const any = { typeUrl: "x/shop.Order", value: Uint8Array.of(255) };
    expect(failure(() => encode(codec, Holder, { any })).message).to.match(/^any: expected the bytes of a shop.Order/);
    const wait = inside("Duration", { seconds: 1n, nanos: -1 });
    expect(failure(() => encode(codec, Holder, { any: wait })).message).to.match(
      /^any: .*whose google.protobuf.Duration/,
    );
    expect(wrong(Holder, '{"any":{"@type":"x/shop.Order","id":[]}}')).to.match(/^any.id: expected int64/);
  });

  it("refuses to nest without end", () => {
    const type = "type.googleapis.com/google.protobuf.Any";
    const text = `${`{"@type":"${type}","value":`.repeat(100)}{}${"}".repeat(100)}`;
    expect(wrong(Any, text)).to.match(/nested deeper/);
    let any: unknown = { typeUrl: "", value: new Uint8Array() };
    for (let i = 0; i < 100; i++) any = pack(Any, any as never);
    expect(failure(() => encode(codec, Holder, { any })).code).to.equal("INVALID_ARGUMENT");
  });
});
