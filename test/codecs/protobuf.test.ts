import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc from "fast-check";
import protobufjs from "protobufjs";
import { decoder, Readers } from "../../codecs/protobuf/decoder.ts";
import { tagOf } from "../../codecs/protobuf/format.ts";
import { protobuf, protoText } from "../../codecs/protobuf/index.ts";
import { printProto } from "../../codecs/protobuf/proto-text.ts";
import { compileReader } from "../../codecs/protobuf/reader.ts";
import { SchemaBuilder } from "../../codecs/protobuf/schema.ts";
import { defaultCodecLimits } from "../../core/codec.ts";
import { cursorOf } from "../../core/compile/cursor.ts";
import { Shape } from "../../core/compile/source.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { arg, contractOf, defineService, rpc, stream } from "../../index.ts";
import { typedAndValue } from "./arbitrary.ts";
import { descriptorOf, fromMessage, toMessage } from "./protobuf-es.ts";
import { codecSuite, decode, encode, failure, roundTrip } from "./suite.ts";
import {
  Color,
  Empty,
  Forms,
  forms,
  holding,
  Item,
  Node,
  Optionals,
  Order,
  order,
  Payment,
  Typed,
  typed,
} from "./types.ts";

const codec = protobuf();
const hex = (type: unknown, value: unknown): string => Buffer.from(encode(codec, type, value)).toString("hex");
const parse = (type: unknown, source: string): unknown =>
  decode(codec, type, type, Buffer.from(source.replaceAll(" ", ""), "hex"));
const wrong = (type: unknown, source: string): string => failure(() => parse(type, source)).message;

codecSuite("protobuf", codec);

describe("codec protobuf: the bytes", () => {
  it("are those of the mapping", () => {
    const golden: [unknown, unknown, string][] = [
      [t.bool, true, "0801"],
      [t.bool, false, ""],
      [t.int32, 150, "089601"],
      [t.int32, -1, "08ffffffffffffffffff01"],
      [t.int53, 2 ** 32, "088080808010"],
      [t.int64, -(2n ** 63n), "0880808080808080808001"],
      [t.decimal, "0", "0a0130"],
      [t.float32, 0.5, "0d0000003f"],
      [t.float64, 1, "09000000000000f03f"],
      [t.float64, 0, ""],
      [t.float64, -0, "090000000000000080"],
      [t.string, "é", "0a02c3a9"],
      [t.string, "", ""],
      [t.bytes, Uint8Array.of(1, 2), "0a020102"],
      [t.timestamp, new Date(0), "0a00"],
      [t.timestamp, new Date(1001), "0a06080110c0843d"],
      [t.list(t.int32), [], ""],
      [t.list(t.int32), [1, 150], "0a03019601"],
      [t.list(t.string), ["a", ""], "0a01610a00"],
      [t.list(t.list(t.int32)), [[1], []], "0a030a01010a00"],
      [t.map(t.int32), { a: 0 }, "0a050a01611000"],
      [t.map(t.list(t.int32)), { a: [1] }, "0a080a016112030a0101"],
      [t.optional(t.int32), 0, "0800"],
      [t.optional(t.int32), undefined, ""],
      [t.optional(t.list(t.int32)), [], "0a00"],
      [t.default(t.int32, 7), 0, "0800"],
      [t.default(t.int32, 7), 7, "0807"],
      [t.field(16, t.bool), true, "800101"],
      [Color, "red", ""],
      [Color, "blue", "0802"],
      [Payment, { kind: "cash", value: { amount: "1" } }, "0a0512030a0131"],
      [Payment, { kind: "card", value: "" }, "0a020a00"],
      [Item, { sku: "s", qty: 0, price: 0 }, "0a030a0173"],
      [Node, { name: "a", children: [{ name: "b", children: [] }] }, "0a080a01611203 0a0162"],
    ];
    for (const [type, value, bytes] of golden) {
      const source = bytes.replaceAll(" ", "");
      const holder = value === undefined ? {} : { value };
      expect(hex(holding(type), holder), source).to.equal(source);
      expect(parse(holding(type), source)).to.deep.equal(holder);
    }
    expect(hex(Empty, {})).to.equal("");
  });

  it("of packed floats are the same and refused the same, few or many", () => {
    for (const many of [1, 7, 8, 9, 1000]) {
      const value = Array.from({ length: many }, (_, i) => [i / 3, -0, Number.NaN, Number.NEGATIVE_INFINITY][i % 4]);
      for (const [type, Packed] of [
        [t.float64, Float64Array],
        [t.float32, Float32Array],
      ] as const) {
        const List = holding(t.list(type));
        const packed = Packed.from(value as number[]);
        const bytes = encode(codec, List, { value });
        expect(Buffer.from(bytes.subarray(-packed.byteLength))).to.deep.equal(Buffer.from(packed.buffer));
        expect(decode(codec, List, List, bytes)).to.deep.equal({ value: Array.from(packed) });
        for (const wrong of ["1", undefined, ...(type === t.float32 ? [1e39] : [])]) {
          const error = failure(() => encode(codec, List, { value: [...value.slice(1), wrong] }));
          expect(error.message).to.include(`value[${many - 1}]: expected ${type.kind}`);
        }
      }
    }
  });

  it("of fixed values are Protobuf-ES's", () => {
    const cases: [unknown, unknown][] = [
      [Typed, typed],
      [Order, order],
      [Order, { ...order, note: "" }],
      [Node, { name: "a", children: [{ name: "b", children: [] }], next: { name: "", children: [] } }],
      [Optionals, { a: 0, b: "", d: [] }],
    ];
    for (const [type, value] of cases) expectSame(type as StructType, value);
  });

  it("of random values of random types are Protobuf-ES's, both ways, in the usual form", () => {
    fc.assert(
      fc.property(typedAndValue, ({ type, value }) => expectSame(type, value)),
      { numRuns: 500 },
    );
  });

  it("are written and read with a .proto file by protobufjs", () => {
    fc.assert(
      fc.property(typedAndValue, ({ type, value }) => {
        const builder = new SchemaBuilder("shop.Test");
        const name = builder.add(type);
        const root = parseProto(printProto(builder.file()));
        const message = root.lookupType(`shop.${name}`);
        const bytes = encode(codec, type, value);
        const again = message.encode(message.decode(bytes)).finish();
        expect(decode(codec, type, type, again)).to.deep.equal(value);
      }),
      { numRuns: 200 },
    );
  });
});

function parseProto(text: string): protobufjs.Root {
  const root = new protobufjs.Root();
  const timestamp = protobufjs.common.get("google/protobuf/timestamp.proto");
  root.addJSON(timestamp?.nested as Record<string, protobufjs.INamespace>);
  protobufjs.parse(text, root, { keepCase: true });
  root.resolveAll();
  return root;
}

function expectSame(type: StructType, value: unknown): void {
  const desc = descriptorOf(type);
  const bytes = encode(codec, type, value);
  expect(Buffer.from(bytes).toString("hex")).to.equal(
    Buffer.from(toBinary(desc, toMessage(type, value, desc))).toString("hex"),
  );
  expect(fromMessage(type, fromBinary(desc, bytes), desc)).to.deep.equal(value);
  // The exact reader would hide that the compiled one gave up.
  expect(compileReader(type, new Shape())(cursorOf(bytes, 0, bytes.length, 1e6), 64, bytes.length)).to.deep.equal(
    value,
  );
}

describe("codec protobuf: unusual bytes of other writers", () => {
  it("are read as Protobuf says", () => {
    const List = holding(t.list(t.int32));
    expect(parse(List, "08 01 08 02")).to.deep.equal({ value: [1, 2] });
    expect(parse(List, "08 01 0a 02 02 03 08 04")).to.deep.equal({ value: [1, 2, 3, 4] });
    expect(parse(List, "0a 01 01 0a 01 02")).to.deep.equal({ value: [1, 2] });
    const [Doubles, Floats] = [holding(t.list(t.float64)), holding(t.list(t.float32))];
    const one = "000000000000f03f";
    expect(parse(Doubles, `0a 08 ${one} 0a 10 ${one}${one}`)).to.deep.equal({ value: [1, 1, 1] });
    expect(parse(Floats, "0a 04 0000003f 0a 04 0000803f 0d 0000003f")).to.deep.equal({ value: [0.5, 1, 0.5] });
    expect(parse(Floats, "0a 04 0000003f 0a 04 0000803f")).to.deep.equal({ value: [0.5, 1] });
    expect(wrong(Doubles, `0a 09 ${one} 00`)).to.match(/longer than its message/);
    expect(parse(holding(t.int32), "08 01 08 02")).to.deep.equal({ value: 2 });
    expect(parse(holding(t.int32), "88 00 01")).to.deep.equal({ value: 1 });
    expect(parse(holding(t.int32), "08 ff ff ff ff 0f")).to.deep.equal({ value: -1 });
    expect(parse(holding(t.bool), "08 80 01")).to.deep.equal({ value: true });
    expect(parse(holding(t.timestamp), "0a 06 10 c0 84 3d 08 01")).to.deep.equal({ value: new Date(1001) });
    expect(parse(holding(t.timestamp), "")).to.deep.equal({ value: new Date(0) });
    expect(parse(holding(t.timestamp), "0a 02 08 01 0a 04 10 c0 84 3d")).to.deep.equal({ value: new Date(1001) });
    expect(parse(holding(t.decimal), "")).to.deep.equal({ value: "0" });
    expect(parse(holding(t.map(t.int32)), "0a 00")).to.deep.equal({ value: { "": 0 } });
    expect(parse(holding(t.map(t.int32)), "0a 05 10 01 0a 01 61")).to.deep.equal({ value: { a: 1 } });
    expect(parse(holding(t.map(Item)), "0a 03 0a 01 61")).to.deep.equal({
      value: { a: { sku: "", qty: 0, price: 0 } },
    });
  });

  it("merge a message that comes in pieces, in a field, a union and a map", () => {
    const merged = { sku: "s", qty: 2, price: 0 };
    expect(parse(holding(Item), "0a 03 0a 01 73 0a 02 10 02")).to.deep.equal({ value: merged });
    expect(parse(holding(t.optional(Item)), "0a 02 10 01 0a 05 0a 01 73 10 02")).to.deep.equal({ value: merged });
    const U = t.union("test.U", { item: Item, card: t.string });
    expect(parse(holding(U), "0a 05 0a 03 0a 01 73 0a 04 0a 02 10 02")).to.deep.equal({
      value: { kind: "item", value: merged },
    });
    expect(parse(holding(U), "0a 05 0a 03 0a 01 73 0a 02 12 00")).to.deep.equal({ value: { kind: "card", value: "" } });
    expect(parse(holding(t.map(Item)), "0a 0b 12 02 10 01 12 05 0a 01 73 10 02")).to.deep.equal({
      value: { "": merged },
    });
    // A required message may come with the second piece.
    const Outer = t.struct("test.Outer", { item: Item, n: t.int32 });
    expect(parse(holding(Outer), "0a 02 10 01 0a 05 0a 03 0a 01 73")).to.deep.equal({
      value: { n: 1, item: { sku: "s", qty: 0, price: 0 } },
    });
  });

  it("have unknown fields of every kind, which are skipped", () => {
    const unknown = "50 01 51 0000000000000000 52 02 ffff 55 00000000 53 5b 58 01 5c 54";
    expect(parse(holding(t.int32), `${unknown} 08 01 ${unknown}`)).to.deep.equal({ value: 1 });
    expect(parse(Order, hex(Order, order) + unknown.replaceAll(" ", ""))).to.deep.equal(order);
  });
});

describe("codec protobuf: bad bytes", () => {
  it("are refused with the path, or the position", () => {
    expect(wrong(holding(Item), "")).to.equal("value: expected shop.Item, got undefined");
    expect(wrong(holding(Payment), "0a 00")).to.equal("value: expected one of card, cash, points, got undefined");
    expect(wrong(holding(Color), "08 03")).to.equal("value: expected one of red, green, blue, got 3");
    expect(wrong(holding(t.list(Color)), "0a 02 00 03")).to.equal("value[1]: expected one of red, green, blue, got 3");
    expect(wrong(holding(t.string), "0a 01 ff")).to.match(/^value: expected string, well-formed UTF-8/);
    expect(wrong(holding(t.int53), "08 ff ff ff ff ff ff ff ff 7f")).to.equal(
      "value: expected int53, got 9223372036854775807n",
    );
    expect(wrong(Order, "1a 06 12 04 61 62 63 64")).to.match(
      /^items\[0\]\.qty: expected int32 with wire type 0, got 2/,
    );
    expect(wrong(Order, "0a")).to.match(/^id: expected int53 with wire type 0, got 2/);
    expect(wrong(Order, "1a 7f")).to.match(/longer than its message, which ends at byte 2/);
    expect(wrong(holding(t.float64), "09 00")).to.match(/longer than its message/);
    expect(wrong(Empty, "07")).to.match(/no field's tag|wire type/);
    expect(wrong(Empty, "0f")).to.match(/wire type 7/);
    expect(wrong(Empty, "0c")).to.match(/group ends/);
    expect(wrong(Empty, "0b 14")).to.match(/group ends/);
    expect(wrong(Empty, "0b")).to.match(/longer than its message/);
    expect(wrong(Empty, "08 80 80 80 80 80 80 80 80 80 80 01")).to.match(/varint of more than 10 bytes/);
    expect(wrong(Empty, "0b".repeat(100))).to.include("maxDepth");
    expect(wrong(holding(t.timestamp), "0a 06 10 80 ec b0 ee 07")).to.match(/^value: expected timestamp/);
  });

  it("that declare more than they hold allocate nothing, and empty items have a budget", () => {
    const before = process.memoryUsage().rss;
    for (const type of [t.list(t.string), t.list(Item), t.map(t.int32), t.string, t.bytes, Item, t.list(t.bool)]) {
      expect(wrong(holding(type), "0a ff ff ff ff 07")).to.match(/longer than its message/);
      expect(wrong(holding(type), "0a ff ff ff ff ff ff ff 07")).to.match(/longer than its message/);
    }
    const Wide = t.struct("test.Wide", Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, t.int32])));
    const bytes = Buffer.from("0a00".repeat(20_000), "hex");
    expect(failure(() => decode(codec, holding(t.list(Wide)), holding(t.list(Wide)), bytes)).message).to.include(
      "maxMemoryBytes",
    );
    expect(process.memoryUsage().rss - before).to.be.lessThan(128 << 20);
  });

  it("in the worst order cost no more than their length", () => {
    const names = Array.from({ length: 400 }, (_, i) => `f${i}`);
    const Wide = t.struct("test.Wide", Object.fromEntries(names.map((name) => [name, t.int32])));
    const backwards = names.flatMap((_, i) => tagOf(400 - i, 0).concat(1));
    const bytes = new Uint8Array(backwards.length * 500);
    for (let i = 0; i < bytes.length; i += backwards.length) bytes.set(backwards, i);
    const started = performance.now();
    expect(decode(codec, Wide, Wide, bytes)).to.include({ f0: 1, f399: 1 });
    expect(performance.now() - started).to.be.lessThan(1000);
  });

  it("that repeat a recursive message in pieces cost no more than their length", () => {
    // In each piece the next: read naively, the first piece is read twice at each level.
    let message = "";
    for (let i = 0; i < 24; i++) message = `1a${(message.length / 2).toString(16).padStart(2, "0")}${message}1a00`;
    const started = performance.now();
    parse(Node, message);
    expect(performance.now() - started).to.be.lessThan(100);
  });
});

describe("codec protobuf: changed bytes", () => {
  const holders: readonly [StructType, unknown][] = [
    [Typed as StructType, typed],
    [Order as StructType, { ...order, note: "n" }],
    [Node as StructType, { name: "a", children: [{ name: "b", children: [] }], next: { name: "c", children: [] } }],
    [Forms as StructType, forms],
  ];
  const changed = fc.tuple(
    fc.constantFrom(...holders),
    fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.uint8Array({ maxLength: 4 })), { minLength: 1, maxLength: 3 }),
  );

  it("mean to the compiled reader what they mean to the exact one, and to Protobuf-ES", () => {
    const read = new Map(
      holders.map(([type]) => {
        const readers = new Readers(new Shape());
        const exact = decoder(undefined, readers.exact(type, type), defaultCodecLimits);
        return [type, { desc: descriptorOf(type), compiled: compileReader(type, new Shape()), exact }];
      }),
    );
    let accepted = 0;
    fc.assert(
      fc.property(changed, ([[type, value], changes]) => {
        const { desc, compiled, exact } = read.get(type) as NonNullable<ReturnType<typeof read.get>>;
        const bytes = [...encode(codec, type, value)];
        for (const [at, drop, put] of changes) bytes.splice(at % bytes.length, drop, ...put);
        const input = Uint8Array.from(bytes);
        let got: unknown;
        try {
          got = exact(input, 0, input.length);
        } catch {
          expect(() => compiled(cursorOf(input, 0, input.length, 1e6), 64, input.length)).to.throw();
          return;
        }
        accepted++;
        let same: unknown = got;
        try {
          same = compiled(cursorOf(input, 0, input.length, 1e6), 64, input.length);
        } catch {}
        expect(same).to.deep.equal(got);
        expect(fromMessage(type, fromBinary(desc, input), desc)).to.deep.equal(got);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).to.be.greaterThan(100);
  });
});

describe("codec protobuf: between versions of a type", () => {
  it("tells a zero that was left out from a field that was not there", () => {
    const [Plain, Without] = [holding(t.int32), t.struct("test.Holder", {})];
    const [Default, Optional] = [holding(t.default(t.int32, 7)), holding(t.optional(t.int32))];
    expect(roundTrip(codec, Plain, { value: 0 }, Default)).to.deep.equal({ value: 0 });
    expect(roundTrip(codec, Plain, { value: 0 }, Optional)).to.deep.equal({ value: 0 });
    expect(roundTrip(codec, Without, {}, Default)).to.deep.equal({ value: 7 });
    expect(roundTrip(codec, Optional, {}, Default)).to.deep.equal({ value: 7 });
    expect(roundTrip(codec, Default, {}, holding(t.default(t.int32, 8)))).to.deep.equal({ value: 7 });
    const [E1, E2] = [t.enums("E", ["old", "a"]), t.enums("E", ["a", "b"])];
    expect(roundTrip(codec, holding(E1), { value: "a" }, holding(E2))).to.deep.equal({ value: "a" });
    expect(failure(() => roundTrip(codec, holding(E1), { value: "old" }, holding(E2))).message).to.equal(
      'value: expected one of a, b, got "old"',
    );
  });
});

describe("protoText", () => {
  const Bad = t.error("shop.OutOfStock", { sku: t.string });
  const Orders = defineService(
    "shop.Orders",
    {},
    {
      place: rpc({ params: [arg("order", Order)], returns: t.int64, throws: [Bad] }),
      find: stream({ params: [arg("customer", t.string), arg("since", t.optional(t.timestamp))], yields: Typed }),
    },
  );

  it("is a .proto file with the contract's service, messages and enums", () => {
    const text = protoText(contractOf(Orders));
    const root = parseProto(text);
    const service = root.lookupService("shop.Orders");
    expect(service.methods["place"]?.requestType).to.equal("Order");
    expect(service.methods["place"]?.responseType).to.equal("PlaceResponse");
    expect(service.methods["find"]?.responseStream).to.equal(true);
    for (const name of ["Item", "TestTyped", "Payment", "Cash", "OutOfStock", "Int32List", "FindRequest"])
      root.lookupType(`shop.${name}`);
    expect(text).to.include("enum Color {\n  COLOR_RED = 0;\n  COLOR_GREEN = 1;\n  COLOR_BLUE = 2;\n}");
    expect(text).to.include("  google.protobuf.Timestamp since = 2;");
    expect(text).to.include("  oneof value {\n    string card = 1;\n    Cash cash = 2;\n    int64 points = 3;\n  }");
  });
});
