import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DescMessage } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc from "fast-check";
import { protobuf, protoText } from "../../codecs/protobuf/index.ts";
import { printProto } from "../../codecs/protobuf/proto-text.ts";
import { SchemaBuilder } from "../../codecs/protobuf/schema.ts";
import { structFromProtobuf } from "../../core/schema/protobuf.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { arg, defineService, oneway, rpc, stream, topic } from "../../index.ts";
import * as kinds from "../core/schema/kinds-pb.ts";
import * as legacy from "../core/schema/legacy-pb.ts";
import { valuesOf } from "../core/schema/protobuf-peer.ts";
import { Project, root } from "../tools/project.ts";
import { missingProtoc, protoc } from "../tools/protoc.ts";
import { typedAndValue } from "./arbitrary.ts";
import { decode, encode, failure } from "./suite.ts";
import { Color, Item, Node, Order, Payment, Typed, typed } from "./types.ts";

const codec = protobuf();
const schemas = join(root, "test/core/schema");
const All = structFromProtobuf(kinds.AllSchema as unknown as DescMessage);

describe("codec protobuf: protoc", function () {
  this.timeout(120_000);

  before(function () {
    const missing = missingProtoc();
    if (missing === undefined) return;
    if (process.env["CI"] === "true") throw new Error(`${missing}: the tests against protoc cannot run`);
    console.warn(`      SKIPPED: all tests of Protobuf against Google's protoc, since ${missing}`);
    this.skip();
  });

  /** What Google's implementation reads of our bytes, as text, and writes again. */
  function through(folder: string, file: string, message: string, bytes: Uint8Array): { text: string; bytes: Buffer } {
    const text = protoc(folder, [`--decode=${message}`, file], bytes);
    // A field that it does not know is printed by its number.
    expect(String(text)).to.not.match(/^ *\d+[:{ ]/m);
    return { text: String(text), bytes: protoc(folder, [`--encode=${message}`, file], text) };
  }

  it("writes what is read, in every kind of field", () => {
    const text = `
      scalars {
        double: -1.5 float: 0.25 int64: -9223372036854775808 uint64: 9223372036854775807 int32: -2147483648
        fixed64: 1 fixed32: 4294967295 bool: true string: "h\\303\\251" bytes: "\\000\\377" uint32: 4294967295
        sfixed32: -2147483648 sfixed64: -1 sint32: -2147483648 sint64: -9223372036854775808 uint64_text: 18446744073709551615
      }
      optionals { double: 0 string: "" color: COLOR_NONE }
      lists { int32: [1, -1] fixed32: [1, 2] color: [COLOR_RED, COLOR_DARK, COLOR_NONE] wrapper { value: "a" } wrapper {} }
      maps {
        int32 { key: -1 value: "minus" } int64 { key: -9223372036854775808 value: true } uint64 { key: 18446744073709551615 value: "x" }
        bool { key: true value { name: "yes" } } fixed32 { key: 7 value: COLOR_BLUE } sfixed32 { key: 1 value { seconds: 1 } }
      }
      tree { name: "a" children { name: "b" } named { key: "k" value { next { name: "c" } } } }
      mixed { other { at { seconds: -1 nanos: 5000000 } } yes: false constructor: 5 to_string: "s" plain_level: HIGH }
      well_known {
        timestamp { seconds: 1700000000 } duration { seconds: 3 nanos: 4 } empty {} mask { paths: "a.b" }
        struct { fields { key: "list" value { list_value { values { number_value: 1 } values { null_value: NULL_VALUE } } } } }
        uint64 { value: 9 } bool {} string { value: "w" }
      }`;
    const value = decode(codec, All, All, protoc(schemas, ["--encode=kinds.All", "kinds.proto"], text)) as Record<
      string,
      object
    >;
    expect(value["scalars"]).to.deep.equal({
      double: -1.5,
      float: 0.25,
      int64: -(2n ** 63n),
      uint64: 2n ** 63n - 1n,
      int32: -(2 ** 31),
      fixed64: 1n,
      fixed32: 2 ** 32 - 1,
      bool: true,
      string: "hé",
      bytes: Uint8Array.of(0, 255),
      uint32: 2 ** 32 - 1,
      sfixed32: -(2 ** 31),
      sfixed64: -1n,
      sint32: -(2 ** 31),
      sint64: -(2n ** 63n),
      uint64Text: "18446744073709551615",
    });
    expect(value["optionals"]).to.deep.equal({ double: 0, string: "", color: "COLOR_NONE" });
    expect(value["lists"]).to.deep.include({
      int32: [1, -1],
      fixed32: [1, 2],
      color: ["COLOR_RED", "COLOR_DARK", "COLOR_NONE"],
      wrapper: [{ value: "a" }, { value: "" }],
    });
    const leaf = { name: "", children: [], named: {} };
    expect(value["maps"]).to.deep.include({
      int32: { "-1": "minus" },
      int64: { "-9223372036854775808": true },
      uint64: { "18446744073709551615": Uint8Array.of(120) },
      bool: { true: { ...leaf, name: "yes" } },
      fixed32: { 7: "COLOR_BLUE" },
      sfixed32: { 1: new Date(1000) },
    });
    expect(value["tree"]).to.deep.equal({
      name: "a",
      children: [{ ...leaf, name: "b" }],
      named: { k: { ...leaf, next: { ...leaf, name: "c" } } },
    });
    expect(value["mixed"]).to.deep.equal({
      other: { at: new Date(-995) },
      yes: false,
      constructor_: 5,
      toString_: "s",
      then_: "",
      plainLevel: "HIGH",
    });
    expect(value["wellKnown"]).to.deep.equal({
      timestamp: new Date(1_700_000_000_000),
      duration: { seconds: 3n, nanos: 4 },
      empty: {},
      mask: { paths: ["a.b"] },
      struct: {
        fields: {
          list: { listValue: { values: [{ numberValue: 1 }, { nullValue: "NULL_VALUE" }] } },
        },
      },
      uint64: 9n,
      bool: false,
      string: "w",
    });
  });

  it("reads what is written: random values of a rich .proto file", () => {
    fc.assert(
      fc.property(valuesOf(kinds.AllSchema as unknown as DescMessage), (value) => {
        const again = through(schemas, "kinds.proto", "kinds.All", encode(codec, All, value));
        expect(decode(codec, All, All, again.bytes)).to.deep.equal(value);
      }),
      { numRuns: 25 },
    );
  });

  it("finds every required field of proto2, zeros too, and its lists in both forms", () => {
    const Old = structFromProtobuf(legacy.OrderSchema as unknown as DescMessage);
    const bytes = protoc(
      schemas,
      ["--encode=legacy.Order", "legacy.proto"],
      'id: 0 customer: "" first { sku: "" } expanded: [1, 300] packed: [1, 300] required_level: LEVEL_LOW [legacy.extra]: "x"',
    );
    const order = decode(codec, Old, Old, bytes) as object;
    expect(order).to.deep.include({
      id: 0,
      customer: "",
      expanded: [1, 300],
      packed: [1, 300],
      requiredLevel: "LEVEL_LOW",
      retries: 3,
      level: "LEVEL_HIGH",
      greeting: "héllo",
    });
    const { text } = through(schemas, "legacy.proto", "legacy.Order", encode(codec, Old, order));
    for (const line of ["id: 0", 'customer: ""', "required_level: LEVEL_LOW", "retries: 3", "level: LEVEL_HIGH"])
      expect(text).to.include(line);
  });

  it("sends newer messages, of which an older reader skips what it does not know", async () => {
    await using project = await Project.create();
    const newer = (await readFile(join(schemas, "kinds.proto"), "utf8"))
      .replace(
        "message Tree {",
        "message Tree {\n  Scalars more = 100; repeated sint64 numbers = 5; map<string, Tree> others = 6; fixed32 four = 7; fixed64 eight = 2000; oneof any { string either = 9; }",
      )
      .replace("Tree next = 3;", "Tree next = 3; optional string text = 536870911;");
    await project.write("kinds.proto", newer);
    const extra =
      'more { string: "x" } numbers: [1, -1] others { key: "k" value { name: "n" } } four: 4 eight: 8 either: "" text: "t"';
    const text = `tree { name: "a" ${extra} children { ${extra} name: "b" } named { key: "c" value { ${extra} } } next { ${extra} } }`;
    const bytes = protoc(project.path, ["--encode=kinds.All", "kinds.proto"], text);
    const leaf = { name: "", children: [], named: {} };
    expect(decode(codec, All, All, bytes)).to.deep.equal({
      tree: { name: "a", children: [{ ...leaf, name: "b" }], named: { c: leaf }, next: leaf },
    });
    const later = newer
      .replace("string text = 1;", "string text = 1; bool later = 50;")
      .replace("COLOR_RED = 3;", "COLOR_RED = 3; COLOR_PINK = 4;");
    await project.write("kinds.proto", later);
    const read = (sent: string): unknown =>
      decode(codec, All, All, protoc(project.path, ["--encode=kinds.All", "kinds.proto"], sent));
    expect(read("mixed { choice { later: true } }")).to.have.deep.nested.property("mixed.choice", {});
    // A member of an enum that the reader does not have is no value that it could give.
    expect(failure(() => read("optionals { color: COLOR_PINK }")).message).to.match(
      /^optionals\.color: expected one of .*, got 4$/,
    );
  });

  it("compiles the .proto files of contracts, and reads and writes their messages", async () => {
    const encoded = <T extends Parameters<typeof t.encoded>[0]>(word: string, type: T): T =>
      t.encoded(type, { protobuf: word });
    const Forms = t.struct("other.Forms", {
      hash: encoded("fixed64", t.decimal),
      counts: t.list(encoded("uint32", t.int53)),
      byId: encoded("int32", t.map(t.list(encoded("sint32", t.int32)))),
      flags: encoded("bool", t.map(t.bool)),
      note: t.optional(encoded("google.protobuf.StringValue", t.string)),
      state: t.enums("other.State", { STATE_OFF: 5, STATE_ON: -5 }),
      color: t.default(Color, "green"),
      pay: t.optional(t.list(Payment)),
    });
    const contract = defineService(
      "shop.Orders",
      {},
      {
        place: rpc({
          params: [arg("order", Order), arg("forms", Forms)],
          returns: Node,
          throws: [t.error("shop.Out", { sku: t.string })],
        }),
        typed: rpc({ params: [arg("typed", Typed)], returns: Typed, idempotent: true }),
        audit: oneway({ params: [t.string] }),
        find: stream({
          params: [arg("items", t.stream(Item)), arg("since", t.optional(t.timestamp))],
          yields: t.map(Item),
        }),
        placed: topic(Payment),
      },
    );
    await using project = await Project.create();
    await project.write("orders.proto", protoText(contract));
    protoc(project.path, ["--descriptor_set_out=set.binpb", "orders.proto"]);
    const forms = {
      hash: "18446744073709551615",
      counts: [0, 2 ** 32 - 1],
      byId: { "-7": [-1, 1] },
      flags: { true: false, false: true },
      note: "",
      state: "STATE_ON",
      color: "red",
      pay: [{ kind: "cash", value: { amount: "0" } }],
    };
    const order = { id: 1, customer: "Ada", items: [{ sku: "s", qty: 1, price: 0.5 }] };
    const [place, of] = contract.methods as unknown as [{ request: StructType }, { request: StructType }];
    for (const [name, type, value] of [
      ["shop.PlaceRequest", place.request, { order, forms }],
      ["shop.TestTyped", of.request, typed],
    ] as const) {
      const again = through(project.path, "orders.proto", name, encode(codec, type, value));
      expect(decode(codec, type, type, again.bytes)).to.deep.equal(value);
    }
  });

  it("compiles the .proto files of random types, and reads and writes their values", async () => {
    await using project = await Project.create();
    await fc.assert(
      fc.asyncProperty(typedAndValue, async ({ type, value }) => {
        const builder = new SchemaBuilder("shop.Test");
        const name = builder.add(type);
        await project.write("random.proto", printProto(builder.file()));
        const again = through(project.path, "random.proto", `shop.${name}`, encode(codec, type, value));
        expect(decode(codec, type, type, again.bytes)).to.deep.equal(value);
      }),
      { numRuns: 25 },
    );
  });

  it("generates with Protobuf-ES the code that the tests of schemas use", async () => {
    await using project = await Project.create();
    for (const name of ["kinds", "legacy"]) {
      const again = `generate it anew: protoc --es_out=. --es_opt=target=ts ${name}.proto, and call it ${name}-pb.ts`;
      protoc(schemas, [`--es_out=${project.path}`, "--es_opt=target=ts", `${name}.proto`]);
      const written = await readFile(join(project.path, `${name}_pb.ts`), "utf8");
      expect(await readFile(join(schemas, `${name}-pb.ts`), "utf8"), again).to.equal(written);
    }
  });
});
