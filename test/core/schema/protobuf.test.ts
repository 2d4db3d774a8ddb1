import { create, createFileRegistry, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  Edition,
  FeatureSet_MessageEncoding as Encoding,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Type as Kind,
  FieldDescriptorProto_Label as Label,
  FeatureSet_FieldPresence as Presence,
} from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { avro } from "../../../codecs/avro/index.ts";
import { hessian2 } from "../../../codecs/hessian2/index.ts";
import { json } from "../../../codecs/json/index.ts";
import { msgpack } from "../../../codecs/msgpack/index.ts";
import { protobuf } from "../../../codecs/protobuf/index.ts";
import { fromProtobuf, structFromProtobuf } from "../../../core/schema/protobuf.ts";
import type { EnumType, Field, MapType, StructType } from "../../../core/type/type.ts";
import { decode, encode, roundTrip } from "../../codecs/suite.ts";
import * as kinds from "./kinds-pb.ts";
import * as legacy from "./legacy-pb.ts";
import { ourValue, theirBytes, valuesOf } from "./protobuf-peer.ts";

const codec = protobuf();
const typeOf = (desc: unknown): StructType => fromProtobuf(desc as DescMessage) as StructType;
const field = (type: StructType, name: string): Field => type.fields.find((one) => one.name === name) as Field;

describe("fromProtobuf", () => {
  const messages = Object.values(kinds).filter(
    (one): one is typeof one & DescMessage => (one as { kind?: string }).kind === "message",
  );

  for (const desc of messages) {
    it(`${desc.typeName}: what Protobuf-ES writes is read, and what is written it reads`, () => {
      const type = structFromProtobuf(desc as unknown as DescMessage);
      const values = valuesOf(desc as unknown as DescMessage);
      fc.assert(
        fc.property(values, (value) => {
          const theirs = theirBytes(desc as unknown as DescMessage, value);
          expect(decode(codec, type, type, theirs)).to.deep.equal(value);
          expect(decode(codec, { ...type, fields: [...type.fields] } as StructType, type, theirs)).to.deep.equal(value);
          expect(ourValue(desc as unknown as DescMessage, encode(codec, type, value))).to.deep.equal(value);
        }),
        { numRuns: 40 },
      );
    });
  }

  it("gives types that every codec carries", () => {
    const type = typeOf(kinds.AllSchema);
    fc.assert(
      fc.property(valuesOf(kinds.AllSchema as unknown as DescMessage), (value) => {
        for (const other of [json(), msgpack(), avro(), hessian2()])
          expect(roundTrip(other, type, value), other.name).to.deep.equal(value);
      }),
      { numRuns: 30 },
    );
  });

  it("pins the numbers and names of the file", () => {
    const Scalars = typeOf(kinds.ScalarsSchema);
    expect(Scalars.name).to.equal("kinds.Scalars");
    expect(Scalars.fields.map(({ number }) => number)).to.deep.equal(
      kinds.ScalarsSchema.fields.map(({ number }) => number),
    );
    expect(field(Scalars, "uint64Text").type).to.deep.include({ kind: "decimal", encoding: { protobuf: "uint64" } });
    const Mixed = typeOf(kinds.MixedSchema);
    expect(Mixed.fields.map(({ name }) => name)).to.deep.equal(
      "card other points yes level constructor_ toString_ then_ choice plainLevel".split(" "),
    );
    expect((field(Mixed, "plainLevel").type as EnumType).name).to.equal("kinds.Mixed.Level");
    const Color = fromProtobuf(kinds.ColorSchema as never) as EnumType;
    expect(Color.members).to.deep.equal(["COLOR_NONE", "COLOR_RED", "COLOR_DARK", "COLOR_BLUE"]);
    expect(Color.numbers).to.deep.equal([0, 3, -1, 2_000_000_000]);
  });

  it("gives the same type for the same descriptor, and ends recursion", () => {
    const Tree = typeOf(kinds.TreeSchema);
    expect(typeOf(kinds.TreeSchema)).to.equal(Tree);
    expect(field(Tree, "next").type).to.equal(Tree);
    const Struct = field(typeOf(kinds.WellKnownSchema), "struct").type as StructType;
    expect((field(Struct, "fields").type as MapType).value).to.deep.include({
      kind: "struct",
      name: "google.protobuf.Value",
    });
  });

  it("makes optional fields of a oneof, also where the message is nothing else", () => {
    const Choice = typeOf(kinds.ChoiceSchema);
    expect(Choice).to.deep.include({ kind: "struct", name: "kinds.Choice" });
    expect(Choice.fields.map(({ name, number }) => [name, number])).to.deep.include(["wrapper", 5]);
    expect(Choice.fields.every(({ optional }) => optional)).to.equal(true);
    expect(field(typeOf(kinds.MixedSchema), "card").optional).to.equal(true);
  });

  it("reads a oneof of which nothing is set, or a case that is not known, and writes it again", () => {
    const [Choice, Mixed] = [typeOf(kinds.ChoiceSchema), typeOf(kinds.MixedSchema)];
    const unset = toBinary(kinds.ChoiceSchema, create(kinds.ChoiceSchema));
    expect(decode(codec, Choice, Choice, unset)).to.deep.equal({});
    expect(fromBinary(kinds.ChoiceSchema, encode(codec, Choice, {})).choice.case).to.equal(undefined);
    const mixed = create(kinds.MixedSchema, { choice: {}, payment: { case: "other", value: {} } });
    const read = decode(codec, Mixed, Mixed, toBinary(kinds.MixedSchema, mixed)) as Record<string, unknown>;
    expect([read["choice"], read["other"]]).to.deep.equal([{}, {}]);
    expect(fromBinary(kinds.MixedSchema, encode(codec, Mixed, read))).to.deep.equal(mixed);
    const caseOfLater = Buffer.from("a2060178", "hex");
    expect(decode(codec, Choice, Choice, caseOfLater)).to.deep.equal({});
  });

  it("says who may be absent: implicit never, messages and `optional` may", () => {
    expect(field(typeOf(kinds.ScalarsSchema), "string").optional).to.equal(false);
    expect(field(typeOf(kinds.OptionalsSchema), "string").optional).to.equal(true);
    expect(field(typeOf(kinds.WellKnownSchema), "timestamp")).to.deep.include({
      optional: true,
      type: { kind: "timestamp" },
    });
    expect(
      decode(codec, typeOf(kinds.OptionalsSchema), typeOf(kinds.OptionalsSchema), new Uint8Array(0)),
    ).to.deep.equal({});
  });

  it("reads proto2: required, defaults, aliases, lists that are not packed, extensions skipped", () => {
    const Order = typeOf(legacy.OrderSchema);
    expect(Order.fields.filter(({ optional }) => optional).map(({ name }) => name)).to.deep.equal([
      "note",
      "otherLevel",
      "last",
    ]);
    const order = create(legacy.OrderSchema, {
      customer: "",
      first: { sku: "" },
      expanded: [1, 300],
      packed: [2],
      requiredLevel: legacy.Level.HIGH,
    });
    order.id = 0;
    const bytes = toBinary(legacy.OrderSchema, order);
    const read = {
      id: 0,
      customer: "",
      first: { sku: "" },
      retries: 3,
      greeting: "héllo",
      level: "LEVEL_HIGH",
      token: Uint8Array.of(1, 2),
      rate: Number.NEGATIVE_INFINITY,
      expanded: [1, 300],
      packed: [2],
      big: 9n,
      requiredLevel: "LEVEL_HIGH",
    };
    const extra = Buffer.from("a2060178", "hex");
    expect(decode(codec, Order, Order, Buffer.concat([bytes, extra]))).to.deep.equal(read);
    // A required zero is written, or every other implementation refuses the message.
    expect(ourValue(legacy.OrderSchema as unknown as DescMessage, encode(codec, Order, read))).to.deep.include({
      id: 0,
      customer: "",
      first: { sku: "" },
    });
    const Level = fromProtobuf(legacy.LevelSchema as never) as EnumType;
    expect([Level.members, Level.numbers]).to.deep.equal([
      ["LEVEL_LOW", "LEVEL_HIGH"],
      [5, 9],
    ]);
  });

  const edition = (messageField: object, name = "one"): DescMessage => {
    const file = create(FileDescriptorProtoSchema, {
      name: "edition.proto",
      package: "edition",
      syntax: "editions",
      edition: Edition.EDITION_2023,
      messageType: [
        { name: "M", field: [{ name, number: 1, label: Label.OPTIONAL, type: Kind.INT32, ...messageField }] },
      ],
    });
    return createFileRegistry(file, () => undefined).getMessage("edition.M") as DescMessage;
  };

  it("follows the presence that an edition resolves to, and refuses groups by name", () => {
    expect(typeOf(edition({})).fields[0]).to.deep.include({ optional: true });
    expect(typeOf(edition({ options: { features: { fieldPresence: Presence.IMPLICIT } } })).fields[0]).to.deep.include({
      optional: false,
      defaultValue: undefined,
    });
    expect(typeOf(edition({ defaultValue: "7" })).fields[0]?.defaultValue).to.equal(7);
    const group = edition({
      type: Kind.MESSAGE,
      typeName: ".edition.M",
      options: { features: { messageEncoding: Encoding.DELIMITED } },
    });
    expect(() => fromProtobuf(group as never)).to.throw(
      TypeError,
      "edition.M.one: is a group, which is not supported; make it a field of a message",
    );
  });

  it("refuses two fields of one name, and a name that no field can have", () => {
    const two = edition({});
    const [first] = two.fields;
    expect(() => fromProtobuf({ ...two, fields: [first, { ...first, number: 2 }] } as never)).to.throw(
      TypeError,
      /edition\.M\.one: another field is called one too/,
    );
    expect(() => fromProtobuf({ ...two, fields: [{ ...first, scalar: 99 }] } as never)).to.throw(
      TypeError,
      /Protobuf has no scalar type 99/,
    );
    expect(() => fromProtobuf(edition({}, "_1") as never)).to.throw(TypeError, /not a usable name/);
  });
});
