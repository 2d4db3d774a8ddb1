import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { protobuf, protoText } from "../../../codecs/protobuf/index.ts";
import type { StructType } from "../../../core/type/type.ts";
import {
  arg,
  type CallContext,
  connect,
  contractOf,
  defineService,
  type Infer,
  implement,
  type RpcError,
  rpc,
  serve,
  service,
  stream,
  type Topic,
  t,
  topic,
  typeOf,
  unimplemented,
} from "../../../index.ts";
import { decode, encode } from "../../codecs/suite.ts";
import { ChoiceSchema, ColorSchema, MixedSchema, OptionalsSchema, ScalarsSchema, TreeSchema } from "./kinds-pb.ts";

type Tree = Infer<typeof TreeSchema>;
type Scalars = Infer<typeof ScalarsSchema>;
type Choice = Infer<typeof ChoiceSchema>;

@service("kinds.Gardens")
abstract class Gardens {
  @rpc({ params: [arg("tree", TreeSchema)], returns: ScalarsSchema })
  count(tree: Tree): Promise<Scalars> {
    return unimplemented(tree);
  }
  @rpc({ params: [arg("choices", t.list(typeOf(ChoiceSchema))), arg("color", ColorSchema)], returns: ChoiceSchema })
  last(choices: Choice[], color: string): Promise<Choice> {
    return unimplemented(choices, color);
  }
  @stream({ params: [arg("mixed", MixedSchema)], yields: OptionalsSchema })
  watch(mixed: Infer<typeof MixedSchema>): AsyncIterable<Infer<typeof OptionalsSchema>> {
    return unimplemented(mixed);
  }
  @topic(TreeSchema)
  get planted(): Topic<Tree> {
    return unimplemented();
  }
}

const scalars: Scalars = {
  double: 0.5,
  float: 0.5,
  int64: -5n,
  uint64: 5n,
  int32: -5,
  fixed64: 5n,
  fixed32: 4294967295,
  bool: true,
  string: "s",
  bytes: Uint8Array.of(1),
  uint32: 0,
  sfixed32: -1,
  sfixed64: -1n,
  sint32: -1,
  sint64: -1n,
  uint64Text: "18446744073709551615",
};
const leaf: Tree = { name: "leaf", children: [], named: {} };

class GardensImpl extends Gardens {
  override async count(tree: Tree, ctx?: CallContext): Promise<Scalars> {
    expect(ctx).to.not.equal(undefined);
    return { ...scalars, int32: tree.children.length };
  }
  override async last(choices: Choice[], color: string): Promise<Choice> {
    return choices.at(-1) ?? { color };
  }
  override async *watch(mixed: Infer<typeof MixedSchema>): AsyncGenerator<Infer<typeof OptionalsSchema>> {
    yield {};
    if (mixed.points !== undefined) yield { uint64: mixed.points, color: "COLOR_DARK" };
  }
}

describe("a contract of Protobuf-ES descriptors", () => {
  for (const codec of ["protobuf", "msgpack", "json"] as const) {
    it(`is called over tcp by ${codec}`, async () => {
      await using server = await serve({ services: [new GardensImpl()], listen: ["tcp://127.0.0.1:0"] });
      await using client = await connect({ endpoints: server.endpoints });
      const gardens = await client.refer(Gardens, { codec });
      expect(await gardens.count({ ...leaf, children: [leaf, leaf], next: leaf })).to.deep.equal({
        ...scalars,
        int32: 2,
      });
      const choices: Choice[] = [{ at: new Date(5) }, { wrapper: { value: -1 } }, { tree: leaf }, {}];
      for (let i = 1; i <= choices.length; i++)
        expect(await gardens.last(choices.slice(0, i), "COLOR_RED")).to.deep.equal(choices[i - 1]);
      expect(await gardens.last([], "COLOR_RED")).to.deep.equal({ color: "COLOR_RED" });
      const refused = await gardens.last([], "COLOR_PINK").catch((error: unknown) => error);
      expect((refused as RpcError).message).to.match(
        /^kinds\.Gardens\.last: color: expected one of COLOR_NONE, COLOR_RED, .* got "COLOR_PINK"/,
      );
      const items: unknown[] = [];
      for await (const item of gardens.watch({ points: 7n, constructor_: 0, then_: "", plainLevel: "UNKNOWN" }))
        items.push(item);
      expect(items).to.deep.equal([{}, { uint64: 7n, color: "COLOR_DARK" }]);
    });
  }

  it("has messages whose bytes are those of Protobuf-ES", () => {
    const [count] = contractOf(Gardens).methods;
    const tree = { ...leaf, children: [leaf] };
    const bytes = encode(protobuf(), count?.request, tree);
    const message = fromBinary(TreeSchema, bytes);
    expect([message.name, message.children[0]?.name]).to.deep.equal(["leaf", "leaf"]);
    const theirs = toBinary(TreeSchema, create(TreeSchema, { name: "leaf", children: [{ name: "leaf" }] }));
    expect(decode(protobuf(), count?.request, count?.request, theirs)).to.deep.equal(tree);
  });

  it("prints as a .proto file again, with the same numbers and scalars", () => {
    const text = protoText(contractOf(Gardens));
    for (const line of [
      "rpc count(Tree) returns (Scalars);",
      "uint64 uint64Text = 16",
      "repeated Tree children = 2;",
      "map<string, Tree> named = 4;",
      "rpc last(LastRequest) returns (Choice);",
      "optional sint32 number = 2;",
      "google.protobuf.Timestamp at = 6;",
      "COLOR_DARK = -1;",
      'string then_ = 8 [json_name = "then_"];',
    ])
      expect(text).to.include(line);
    expect(text).to.not.include("COLOR_COLOR");
  });

  it("meets an older version of itself, whose fields have other forms and numbers", async () => {
    const contract = (type: StructType) =>
      defineService(
        "kinds.Meters",
        {},
        { add: rpc({ params: [arg("reading", type as typeof Newer)], returns: type as typeof Newer }) },
      );
    const Newer = t.struct("kinds.Reading", {
      value: t.encoded(t.int53, { protobuf: "sint64" }),
      unit: t.enums("kinds.Unit", { KWH: 3, WH: -1, J: 7 }),
      byDay: t.encoded(t.map(t.encoded(t.int32, { protobuf: "fixed32" })), { protobuf: "int32" }),
      note: t.optional(t.string),
    });
    const Older = t.struct("kinds.Reading", {
      unit: t.enums("kinds.Unit", { WH: 5, KWH: 6 }),
      value: t.encoded(t.int53, { protobuf: "sfixed64" }),
      byDay: t.encoded(t.map(t.int32), { protobuf: "sint64" }),
    });
    const add = async (reading: Infer<typeof Newer>): Promise<Infer<typeof Newer>> => reading;
    const newer = implement(contract(Newer as StructType), { add });
    await using server = await serve({ services: [newer], listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: server.endpoints });
    const meters = await client.refer(contract(Older as StructType), { codec: "protobuf" });
    const reading = { unit: "KWH", value: -5, byDay: { "-2": 7 } } as const;
    expect(await meters.add(reading)).to.deep.equal(reading);
  });
});
