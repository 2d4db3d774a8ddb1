import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create, type DescFile, type DescMessage, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { protobuf } from "../../../codecs/protobuf/index.ts";
import { printProto } from "../../../codecs/protobuf/proto-text.ts";
import { SchemaBuilder } from "../../../codecs/protobuf/schema.ts";
import { httpRule } from "../../../core/contract/http-rule.ts";
import { fromProtobuf } from "../../../core/schema/protobuf.ts";
import { sameType } from "../../../core/type/same.ts";
import type { Field, StructType, Type } from "../../../core/type/type.ts";
import { InputError } from "../../../formats/input-error.ts";
import { readProto } from "../../../formats/proto/read.ts";
import { typedAndValue } from "../../codecs/arbitrary.ts";
import { decode, encode } from "../../codecs/suite.ts";
import * as kinds from "../../core/schema/kinds-pb.ts";
import * as legacy from "../../core/schema/legacy-pb.ts";
import { Project, root } from "../../tools/project.ts";
import { missingProtoc, protoc } from "../../tools/protoc.ts";

const schema = (name: string): string => join(root, "test/core/schema", name);

/** What generated code says of the same files. */
function generated(module: object): Map<string, Type> {
  const descriptors = Object.values(module).filter(({ kind }) => kind === "message" || kind === "enum");
  return new Map(descriptors.map((desc: DescMessage) => [desc.typeName, fromProtobuf(desc)]));
}

function sameDefault(a: Field, b: Field): boolean {
  expect(a.defaultValue, a.name).to.deep.equal(b.defaultValue);
  return true;
}

function expectSameTypes(found: readonly { readonly name: string }[], module: object): void {
  const expected = generated(module);
  expect(found.map(({ name }) => name).sort()).to.deep.equal([...expected.keys()].sort());
  for (const type of found) {
    const other = expected.get(type.name) as Type;
    expect(sameType(type as unknown as Type, other, sameDefault), type.name).to.equal(true);
  }
}

/** Closed by `await using`. */
async function files(contents: Record<string, string>): Promise<Project> {
  const project = await Project.create();
  for (const [name, text] of Object.entries(contents)) await project.write(name, text);
  return project;
}

async function refused(project: Project, name: string, options = {}): Promise<string> {
  const error = await readProto(join(project.path, name), options).catch((thrown: unknown) => thrown);
  expect(error).to.be.instanceOf(InputError);
  return (error as InputError).message.replaceAll(project.path, "");
}

/** google.api.http, as its file has it. */
const annotations = `syntax = "proto3"; package google.api;
  import "google/protobuf/descriptor.proto";
  extend google.protobuf.MethodOptions { HttpRule http = 72295728; }
  message HttpRule {
    string selector = 1;
    oneof pattern {
      string get = 2; string put = 3; string post = 4; string delete = 5; string patch = 6; CustomHttpPattern custom = 8;
    }
    string body = 7;
    string response_body = 12;
    repeated HttpRule additional_bindings = 11;
  }
  message CustomHttpPattern { string kind = 1; string path = 2; }`;

describe("readProto", () => {
  it("gives the types of generated code, of proto3 and proto2", async () => {
    expectSameTypes((await readProto(schema("kinds.proto"))).types, kinds);
    expectSameTypes((await readProto(schema("legacy.proto"))).types, legacy);
  });

  it("gives services as contracts, whose messages are the service's", async () => {
    const { contracts } = await readProto(schema("kinds.proto"));
    const contract = contracts.get("kinds.Kinds");
    expect(contract?.name).to.equal("kinds.Kinds");
    const methods = contract?.methods.map(
      ({ name, kind, request, response, bareRequest, bareResponse, upstream, idempotent }) => ({
        name,
        kind,
        request: bareRequest ? request.name : "",
        response: bareResponse ? response.name : "",
        upstream: upstream?.bare === true ? upstream.type.name : "",
        idempotent,
      }),
    );
    const Empty = "google.protobuf.Empty";
    expect(methods).to.deep.equal([
      { name: "Echo", kind: "unary", request: "kinds.All", response: "kinds.All", upstream: "", idempotent: false },
      { name: "Ping", kind: "unary", request: Empty, response: Empty, upstream: "", idempotent: true },
      {
        name: "Watch",
        kind: "stream",
        request: "kinds.Tree",
        response: "kinds.Choice",
        upstream: "",
        idempotent: false,
      },
      {
        name: "Collect",
        kind: "unary",
        request: "",
        response: "kinds.Lists",
        upstream: "kinds.Choice",
        idempotent: false,
      },
      {
        name: "Chat",
        kind: "stream",
        request: "",
        response: "kinds.Mixed",
        upstream: "kinds.Mixed",
        idempotent: false,
      },
    ]);
    // A message that is nothing but a oneof.
    expect(contract?.methods[2]?.response.fields.every(({ optional }) => optional)).to.equal(true);
  });

  it("reads a compiled descriptor set to the same", async () => {
    const file: DescFile = kinds.file_kinds;
    const set = create(FileDescriptorSetSchema, { file: [...file.dependencies, file].map(({ proto }) => proto) });
    await using project = await files({});
    const path = join(project.path, "kinds.binpb");
    await writeFile(path, toBinary(FileDescriptorSetSchema, set));
    const [compiled, parsed] = [await readProto(path), await readProto(schema("kinds.proto"))];
    expectSameTypes(compiled.types, kinds);
    const fingerprints = [compiled, parsed].map(({ contracts }) => contracts.get("kinds.Kinds")?.fingerprint);
    expect(fingerprints[0]).to.be.a("string").and.equal(fingerprints[1]);
  });

  it("reads the paths of google.api.http, from text and from a compiled set, by protoc where it is", async () => {
    await using project = await files({
      "books.proto": `syntax = "proto3"; package lib;
        import "google/api/annotations.proto";
        message Author { string full_name = 1; }
        message Book { string book_name = 1; Author main_author = 2; }
        service Books {
          rpc Get(Book) returns (Book) {
            option idempotency_level = NO_SIDE_EFFECTS;
            option (google.api.http) = { get: "/v1/{book_name=shelves/*}/{main_author.full_name}" response_body: "main_author" };
          }
          rpc Put(Book) returns (Book) {
            option (google.api.http).put = "/v1/{book_name}";
            option (google.api.http).body = "main_author";
            option (google.api.http).additional_bindings = { custom { kind: "MERGE" path: "/v1/all" } body: "*" };
          }
          rpc Feed(Book) returns (stream Book) { option (google.api.http) = { get: "/v1/feed" }; }
          rpc Load(stream Book) returns (Book) { option (google.api.http) = { post: "/v1/load" body: "*" }; }
        }`,
      "wrong.proto": `syntax = "proto3"; package lib; import "google/api/annotations.proto";
        message Book { string name = 1; }
        service Books { rpc Get(Book) returns (Book) { option (google.api.http) = { get: "/v1/{isbn}" }; } }`,
    });
    const rulesOf = async (file: string) => {
      const { contracts, types } = await readProto(join(project.path, file));
      const { methods = [] } = contracts.get("lib.Books") ?? {};
      const rules = Object.fromEntries(methods.map(({ name, http }) => [name, httpRule(http)]));
      return {
        rules,
        reading: methods.filter((one) => one.noSideEffects).map(({ name }) => name),
        types: types.length,
      };
    };
    const expected = {
      rules: {
        Get: { get: "/v1/{bookName=shelves/*}/{mainAuthor.fullName}", responseBody: "mainAuthor" },
        Put: {
          put: "/v1/{bookName}",
          body: "mainAuthor",
          additionalBindings: [{ custom: { kind: "MERGE", path: "/v1/all" }, body: "*" }],
        },
        Feed: { get: "/v1/feed" },
        Load: undefined,
      },
      reading: ["Get"],
      types: 2,
    };
    expect(await rulesOf("books.proto")).to.deep.equal(expected);
    expect(await refused(project, "wrong.proto")).to.include(
      "/wrong.proto: lib.Books.Get: http: {isbn}: isbn is no field of lib.Book; it has name",
    );
    const missing = missingProtoc();
    if (missing !== undefined) {
      if (process.env["CI"] === "true") throw new Error(`${missing}: compiled paths cannot be read`);
      console.warn(`      SKIPPED: paths in a compiled set, since ${missing}`);
      return;
    }
    // The library's is older than response_body.
    await project.write("google/api/annotations.proto", annotations);
    protoc(project.path, ["--include_imports", "--descriptor_set_out=books.binpb", "books.proto"]);
    expect(await rulesOf("books.binpb")).to.deep.equal(expected);
  });

  it("follows imports: beside the file, in folders that are named, and those that are built in", async () => {
    await using project = await files({
      "api/orders.proto": `syntax = "proto3"; package shop;
        import "item.proto"; import "common/money.proto"; import "google/protobuf/descriptor.proto";
        extend google.protobuf.FieldOptions { bool secret = 50001; }
        message Order { Item item = 1; common.Money total = 2 [(secret) = true]; reserved 3; }
        service Orders { rpc Place(Order) returns (Item); }`,
      "api/item.proto": 'syntax = "proto3"; package shop; message Item { string sku = 1; }',
      "shared/common/money.proto": `syntax = "proto3"; package common;
        import "common/currency.proto"; message Money { Currency currency = 1; sint64 units = 2; }`,
      "shared/common/currency.proto": 'syntax = "proto3"; package common; enum Currency { EUR = 0; USD = 1; }',
    });
    const { types, contracts } = await readProto(join(project.path, "api/orders.proto"), {
      includes: [join(project.path, "shared")],
    });
    expect(types.map(({ name }) => name)).to.deep.equal(["shop.Order"]);
    const [Order] = types as [StructType];
    expect(Order.fields.map(({ name, type }) => [name, (type as StructType).name])).to.deep.equal([
      ["item", "shop.Item"],
      ["total", "common.Money"],
    ]);
    expect(contracts.get("shop.Orders")?.methods[0]?.request).to.deep.include({ name: "shop.Order" });
    expect(await refused(project, "api/orders.proto")).to.equal(
      "/api/orders.proto: cannot find the import common/money.proto; say in which folder by --include",
    );
  });

  it("reads what protoText prints of random types, to types that write the same bytes", async () => {
    await using project = await files({});
    const codec = protobuf();
    await fc.assert(
      fc.asyncProperty(typedAndValue, async ({ type, value }) => {
        const builder = new SchemaBuilder("shop.Test");
        const name = builder.add(type);
        await project.write("printed.proto", printProto(builder.file()));
        const { types } = await readProto(join(project.path, "printed.proto"));
        const read = types.find((one) => one.name === `shop.${name}`) as StructType;
        const bytes = encode(codec, type, value);
        const again = encode(codec, read, decode(codec, read, read, bytes));
        expect(Buffer.from(again).toString("hex")).to.equal(Buffer.from(bytes).toString("hex"));
      }),
      { numRuns: 100 },
    );
  });

  it("reads editions, and numbers, names and nesting of every kind", async () => {
    await using project = await files({
      "edition.proto": `edition = "2023"; package e;
        message M {
          int32 explicit = 1;
          int32 implicit = 2 [features.field_presence = IMPLICIT];
          string needed = 3 [features.field_presence = LEGACY_REQUIRED];
          message Inner { enum Kind { A = 0; B = 7; } Kind the_kind = 1; }
          repeated Inner all__of_them = 4;
          oneof which { string x1_y = 5 [default = "z"]; Inner Upper = 6; }
          string value_of = 7;
        }`,
    });
    const { types } = await readProto(join(project.path, "edition.proto"));
    expect(types.map(({ name }) => name)).to.have.members(["e.M", "e.M.Inner", "e.M.Inner.Kind"]);
    const M = types.find(({ name }) => name === "e.M") as StructType;
    expect(M.fields.map(({ name, optional, defaultValue }) => [name, optional, defaultValue])).to.deep.equal([
      ["explicit", true, undefined],
      ["implicit", false, undefined],
      ["needed", false, ""],
      ["allOfThem", false, undefined],
      ["x1Y", true, undefined],
      ["Upper", true, undefined],
      ["valueOf_", true, undefined],
    ]);
  });

  it("passes a service without methods over, and keeps the comments of all else", async () => {
    await using project = await files({
      "shop.proto": `syntax = "proto3"; package shop;
        // For later.
        service None {}
        /* Orders. */
        service Orders {
          // Places one.
          rpc Place(Order) returns (Order);
        }
        message Order {
          int64 order_id = 1; // Unique.
        }`,
    });
    const { contracts, docs } = await readProto(join(project.path, "shop.proto"));
    expect([...contracts.keys()]).to.deep.equal(["shop.Orders"]);
    expect(Object.fromEntries(docs ?? [])).to.deep.equal({
      "shop.None": "For later.",
      "shop.Orders": "Orders.",
      "shop.Orders.Place": "Places one.",
      "shop.Order.orderId": "Unique.",
    });
    const { "shop.None": _, ...own } = Object.fromEntries(docs ?? []);
    expect(contracts.get("shop.Orders")?.docs).to.deep.equal(own);
  });

  it("refuses what it cannot read, and says where", async () => {
    await using project = await files({
      "broken.proto": 'syntax = "proto3"; message {',
      "unknown.proto": 'syntax = "proto3"; message M { Nothing one = 1; }',
      "group.proto": 'syntax = "proto2"; package g; message M { optional group Old = 1 { optional int32 x = 1; } }',
      "then.proto": 'syntax = "proto3"; package g; message M {} service S { rpc then(M) returns (M); }',
      "big.proto": 'syntax = "proto2"; package g; message M { optional int64 x = 1 [default = 9223372036854775807]; }',
      "bad.binpb": "no descriptors",
    });
    expect(await refused(project, "broken.proto")).to.match(/^\/broken\.proto: illegal type name '\{'.*line 1/);
    expect(await refused(project, "unknown.proto")).to.match(/^\/unknown\.proto: no such Type or Enum 'Nothing'/);
    expect(await refused(project, "group.proto")).to.match(
      /^\/group\.proto: g\.M\.\w+: is a group, which is not supported/,
    );
    expect(await refused(project, "then.proto")).to.match(
      /^\/then\.proto: member of g\.S: "then" is not a usable name/,
    );
    expect(await refused(project, "big.proto")).to.equal(
      "g.M.x: its default is beyond 2^53 and cannot be read exactly; leave it out",
    );
    expect(await refused(project, "bad.binpb")).to.match(/^\/bad\.binpb: no whole set of descriptors/);
    expect(await refused(project, "none.proto")).to.match(/^\/none\.proto: ENOENT/);
    expect(await refused(project, "none.binpb")).to.match(/^cannot read \/none\.binpb: ENOENT/);
  });
});
