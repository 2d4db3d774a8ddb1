import { join } from "node:path";
import { expect } from "chai";
import protobufjs from "protobufjs";
import { protoText, typeProtoText } from "../../codecs/protobuf/index.ts";
import { arg, contractOf, defineService, oneway, rpc, stream, t, topic } from "../../index.ts";
import { Project } from "../tools/project.ts";
import { run } from "../tools/run.ts";
import { Shop } from "../transports/suite/contract.ts";
import { Item, Order, Typed } from "./types.ts";

const Bad = t.error("shop.OutOfStock", { sku: t.string });
const Orders = defineService(
  "shop.Orders",
  {},
  {
    place: rpc({ params: [arg("order", Order)], returns: t.int64, throws: [Bad], idempotent: true }),
    find: stream({ params: [arg("typed", Typed)], yields: Typed }),
    upload: rpc({ params: [arg("to", t.string), arg("items", t.stream(Item))], returns: t.int32 }),
    talk: stream({ params: [arg("words", t.stream(t.string))], yields: t.string }),
    audit: oneway({ params: [arg("line", t.string)] }),
    steps: rpc({ params: [arg("done", t.callback([t.int32], t.string))] }),
    echo: rpc(),
    placedPublish: rpc({}),
    placed: topic(Order),
  },
);

describe("the .proto file of a contract", () => {
  const text = protoText(Orders);

  it("has a method for every operation, streaming where it streams", () => {
    const service = protobufjs.parse(text, { keepCase: true }).root.lookupService("shop.Orders");
    const methods = service.methodsArray.map(({ name, requestType, responseType, requestStream, responseStream }) => [
      name,
      `${requestStream ? "stream " : ""}${requestType}`,
      `${responseStream ? "stream " : ""}${responseType}`,
    ]);
    expect(methods).to.deep.equal([
      ["place", "Order", "PlaceResponse"],
      ["find", "TestTyped", "stream TestTyped"],
      ["upload", "stream Item", "UploadResponse"],
      ["talk", "stream TalkItem", "stream TalkResponse"],
      ["audit", "AuditRequest", "AuditResponse"],
      ["steps", "StepsRequest", "StepsResponse"],
      ["placedPublish", "PlacedPublishRequest", "PlacedPublishResponse"],
      ["placedPublish2", "PlacedMessage", "PlacedPublished"],
      ["placedSubscribe", "PlacedSubscribe", "stream PlacedDelivery"],
    ]);
  });

  it("says in comments what Protobuf has no words for", () => {
    expect(text).to.include(`// Without types, and so without a place here: echo.
service Orders {
  // Errors: OutOfStock.
  rpc place(Order) returns (PlaceResponse) {
    option idempotency_level = IDEMPOTENT;
  }
`);
    for (const said of [
      "// The first message of the stream is a UploadRequest, with the arguments beside it, in the place of an item.\n  rpc upload",
      "// A oneway: nobody waits for the response, which is empty.\n  rpc audit",
      "// done is a function of the caller: StepsDoneRequest to StepsDoneResponse. gRPC cannot call it.\n  rpc steps",
      "// The topic placed.\n  rpc placedPublish2",
      "// The first PlacedDelivery confirms the subscription and has no value.\n  rpc placedSubscribe",
    ]) {
      expect(text).to.include(said);
    }
    const root = protobufjs.parse(text).root;
    for (const name of ["OutOfStock", "UploadRequest", "StepsDoneRequest"]) root.lookupType(`shop.${name}`);
  });

  it("of one type has that type and what it contains", () => {
    const root = protobufjs.parse(typeProtoText(Order)).root;
    expect(Object.keys(root.lookup("shop")?.toJSON().nested ?? {})).to.deep.equal(["Order", "Item"]);
  });

  it("takes no word of Protobuf for the name of a type", () => {
    const words = ["string", "int32", "map", "message", "stream"].map((word) => t.struct(`a.${word}`, { x: t.int32 }));
    const fields = Object.fromEntries(words.map((type, i) => [`f${i}`, type]));
    const { root } = protobufjs.parse(typeProtoText(t.struct("a.All", fields)));
    const All = root.lookupType("a.All");
    for (const field of All.fieldsArray)
      expect(field.resolve().resolvedType, field.type).to.be.instanceOf(protobufjs.Type);
    expect(All.fieldsArray.map(({ type }) => type)).to.deep.equal(["string2", "int322", "map2", "message2", "stream2"]);
  });

  it("compiles with protoc", async function () {
    await using project = await Project.create();
    const files = {
      "orders.proto": text,
      "shop.proto": protoText(contractOf(Shop)),
      "type.proto": typeProtoText(Typed),
    };
    for (const [name, content] of Object.entries(files)) await project.write(name, content);
    const found = await run("protoc", ["--version"], { cwd: project.path });
    if (found.code !== 0) {
      console.warn("      protoc is not installed: the printed .proto files are only read by protobufjs");
      this.skip();
    }
    for (const name of Object.keys(files)) {
      const args = [`-I${project.path}`, `--descriptor_set_out=${join(project.path, "out")}`, name];
      const { code, stderr } = await run("protoc", args, { cwd: project.path });
      expect(stderr, name).to.equal("");
      expect(code).to.equal(0);
    }
  });
});
