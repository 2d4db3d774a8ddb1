import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { create, createFileRegistry, type DescMethod, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { protoDescriptorSet, protoText } from "../../codecs/protobuf/index.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { structFromProtobuf } from "../../core/schema/protobuf.ts";
import type { StructType } from "../../core/type/type.ts";
import { withDocs } from "../../formats/docs.ts";
import { arg, contractOf, defineService, oneway, rpc, stream, t, topic } from "../../index.ts";
import * as kinds from "../core/schema/kinds-pb.ts";
import { Project } from "../tools/project.ts";
import { missingProtoc, protoc } from "../tools/protoc.ts";
import { Shop } from "../transports/suite/contract.ts";
import { typedAndValue } from "./arbitrary.ts";
import { Color, Item, Node, Order, Payment, Typed } from "./types.ts";

const Gone = t.error("shop.Gone", { sku: t.string });
const Odd = t.struct("shop.Odd", {
  some_name: t.map(t.list(t.int32)),
  URL: t.optional(t.string),
  a_1b: t.default(t.int32, 7),
  by_number: t.encoded(t.map(Item), { protobuf: "sint64" }),
  color: t.optional(Color),
  when: t.timestamp,
  maybe: t.optional(t.timestamp),
  wrapped: t.optional(t.encoded(t.string, { protobuf: "google.protobuf.StringValue" })),
});
const Orders = withDocs(
  contractOf(
    defineService(
      "shop.v1.Orders",
      {},
      {
        place: rpc({ params: [arg("order", Order)], returns: t.int64, throws: [Gone], idempotent: true }),
        get: rpc({ params: [arg("id", t.int64)], returns: Odd, noSideEffects: true }),
        find: stream({ params: [arg("typed", Typed)], yields: Typed }),
        upload: rpc({ params: [arg("to", t.string), arg("items", t.stream(Item))], returns: t.int32 }),
        talk: stream({ params: [arg("words", t.stream(Payment))], yields: Node }),
        audit: oneway({ params: [arg("line", t.string)] }),
        placed: topic(Order),
      },
    ),
  ),
  new Map([
    ["shop.v1.Orders", "All of them.\n\nAnd more."],
    ["shop.v1.Orders.get", "One."],
    ["shop.Order", "An order."],
    ["shop.Order.id", "Its number."],
  ]),
);

function filesIn(set: Uint8Array): FileDescriptorProto[] {
  return fromBinary(FileDescriptorSetSchema, set).file;
}

/** What of a file is compared: not where things stand in its text, and no options for the code that others generate. */
function essence(file: FileDescriptorProto): unknown {
  const {
    options: _,
    sourceCodeInfo: __,
    ...rest
  } = toJson(FileDescriptorProtoSchema, file) as Record<string, unknown>;
  return rest;
}

function commentsOf(file: FileDescriptorProto | undefined): [string, string][] {
  const said = (file?.sourceCodeInfo?.location ?? []).filter(({ leadingComments }) => leadingComments !== "");
  return said.map(({ path, leadingComments }): [string, string] => [path.join(), leadingComments]).sort();
}

describe("the descriptors of a contract", () => {
  it("are known to the registry of Protobuf-ES", () => {
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, protoDescriptorSet(Orders)));
    const service = registry.getService("shop.v1.Orders");
    const methods = (service?.methods ?? []).map(({ name, methodKind, input, output, idempotency }: DescMethod) =>
      [name, methodKind, input.typeName, output.typeName, idempotency].join(" "),
    );
    expect(methods).to.deep.equal([
      "place unary shop.v1.ShopOrder shop.v1.PlaceResponse 2",
      "get unary shop.v1.GetRequest shop.v1.ShopOdd 1",
      "find server_streaming shop.v1.TestTyped shop.v1.TestTyped 0",
      "upload client_streaming shop.v1.ShopItem shop.v1.UploadResponse 0",
      "talk bidi_streaming shop.v1.TalkItem shop.v1.TreeNode 0",
      "audit unary shop.v1.AuditRequest shop.v1.AuditResponse 0",
      "placedPublish unary shop.v1.PlacedMessage shop.v1.PlacedPublished 0",
      "placedSubscribe server_streaming shop.v1.PlacedSubscribe shop.v1.PlacedDelivery 0",
    ]);
  });

  it("are of a contract without a package, too", () => {
    const Bare = defineService("Bare", {}, { get: rpc({ params: [arg("by", t.map(t.bool))], returns: t.timestamp }) });
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, protoDescriptorSet(contractOf(Bare))));
    expect(registry.getService("Bare")?.methods.map(({ input }) => input.typeName)).to.deep.equal(["GetRequest"]);
  });

  it("keep their zeros when they are read and written", () => {
    const set = protoDescriptorSet(Orders);
    expect(
      Buffer.from(toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: filesIn(set) }))),
    ).to.deep.equal(Buffer.from(set));
  });
});

describe("the descriptors of a contract: protoc", function () {
  this.timeout(120_000);
  let project: Project;

  before(async function () {
    const missing = missingProtoc();
    if (missing !== undefined) {
      if (process.env["CI"] === "true") throw new Error(`${missing}: the tests against protoc cannot run`);
      console.warn(`      SKIPPED: the descriptors against Google's protoc, since ${missing}`);
      this.skip();
    }
    project = await Project.create();
  });
  after(() => project?.[Symbol.asyncDispose]());

  /** What protoc makes of the printed file. */
  async function compiled(contract: ContractDescriptor): Promise<FileDescriptorProto[]> {
    const path = `${contract.name.replaceAll(".", "/")}.proto`;
    await project.write(path, protoText(contract));
    protoc(project.path, ["--include_imports", "--include_source_info", "--descriptor_set_out=out.binpb", path]);
    return filesIn(await readFile(join(project.path, "out.binpb")));
  }

  it("are those that it makes of the printed file, with the files that it imports", async () => {
    for (const contract of [Orders, contractOf(Shop)]) {
      const [ours, theirs] = [filesIn(protoDescriptorSet(contract)), await compiled(contract)];
      expect(ours.map(essence)).to.deep.equal(theirs.map(essence));
      expect(commentsOf(ours.at(-1))).to.deep.equal(commentsOf(theirs.at(-1)));
    }
  });

  it("are so of every file of google.protobuf that a contract may import", async () => {
    const All = structFromProtobuf(kinds.AllSchema as never);
    const Known = defineService("known.All", {}, { all: rpc({ params: [arg("all", All)], returns: All }) });
    const [ours, theirs] = [filesIn(protoDescriptorSet(contractOf(Known))), await compiled(contractOf(Known))];
    expect(ours.map(({ name }) => name)).to.include.members([
      "google/protobuf/any.proto",
      "google/protobuf/struct.proto",
    ]);
    const sorted = (files: FileDescriptorProto[]): unknown =>
      files.map(essence).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    expect(sorted(ours)).to.deep.equal(sorted(theirs));
  });

  it("are so of contracts of any types", async () => {
    const types = fc.sample(typedAndValue, { numRuns: 12, seed: 15 }).map(({ type }) => type as StructType);
    for (const [i, type] of types.entries()) {
      const contract = contractOf(
        defineService(`any.T${i}`, {}, { get: rpc({ returns: t.struct(`any.R${i}`, { type }) }) }),
      );
      const theirs = await compiled(contract);
      expect(filesIn(protoDescriptorSet(contract)).map(essence)).to.deep.equal(theirs.map(essence));
    }
  });

  it("are what it decodes messages by", async () => {
    await project.write("set.binpb", "");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(join(project.path, "set.binpb"), protoDescriptorSet(Orders));
    const text = protoc(
      project.path,
      ["--descriptor_set_in=set.binpb", "--decode=shop.v1.GetRequest"],
      Uint8Array.of(8, 5),
    );
    expect(String(text).trim()).to.equal("id: 5");
  });
});

function nameOf(file: unknown): string {
  return (file as { name: string }).name;
}
