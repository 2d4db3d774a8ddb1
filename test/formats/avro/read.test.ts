import { join } from "node:path";
import { expect } from "chai";
import { avroProtocol } from "../../../codecs/avro/index.ts";
import type { ContractDescriptor } from "../../../core/contract/contract.ts";
import type { Field } from "../../../core/type/type.ts";
import { readAvro } from "../../../formats/avro/read.ts";
import { InputError } from "../../../formats/input-error.ts";
import { Project } from "../../tools/project.ts";

const protocol = {
  protocol: "Orders",
  namespace: "shop",
  doc: "the doc",
  types: [
    { type: "fixed", name: "Hash", size: 4 },
    { type: "enum", name: "Color", symbols: ["RED", "GREEN"] },
    {
      type: "record",
      name: "Order",
      fields: [
        { name: "id", type: "long" },
        { name: "hash", type: "Hash" },
        { name: "color", type: ["null", "Color"], default: null },
      ],
    },
    {
      type: "error",
      name: "Refused",
      fields: [
        { name: "message", type: "string" },
        { name: "order", type: "Order" },
        { name: "last", type: ["int", "null"] },
        { name: "tries", type: "int", default: 1 },
      ],
    },
  ],
  messages: {
    place: {
      request: [
        { name: "order", type: "Order" },
        { name: "note", type: ["null", "string"] },
        { name: "amount", type: "int", default: 1 },
      ],
      response: "long",
      errors: ["Refused"],
    },
    find: { request: [{ name: "id", type: "long" }], response: ["null", "Order"] },
    either: { request: [], response: ["int", "string"], errors: ["string", "Refused"] },
    clear: { request: [], response: "null" },
    audit: { request: [{ name: "line", type: "string" }], response: "null", "one-way": true },
  },
};

async function reading(name: string, text: string) {
  await using project = await Project.create();
  await project.write(name, text);
  return await readAvro(join(project.path, name));
}
const refused = async (name: string, text: string): Promise<Error> =>
  reading(name, text).then(
    () => expect.fail("it was read"),
    (error: Error) => error,
  );

const shown = ({ name, type, optional, defaultValue }: Field): string =>
  `${name}${optional ? "?" : ""}: ${"name" in type ? type.name : type.kind}${defaultValue === undefined ? "" : ` = ${defaultValue}`}`;

describe("readAvro", () => {
  it("makes a contract of a protocol", async () => {
    const { contracts, types } = await reading("orders.avpr", JSON.stringify(protocol));
    expect([...contracts.keys()]).to.deep.equal(["shop.Orders"]);
    const methods = contracts.get("shop.Orders")?.methods ?? [];
    const lines = methods.map(
      ({ name, kind, request, response, throws }) =>
        `${kind} ${name}(${request.fields.map(shown)}) ${response.fields.map(shown)} ${throws.map((one) => one.name)}`,
    );
    expect(lines).to.deep.equal([
      "unary place(order: shop.Order,note?: string,amount: int32 = 1) result: int64 shop.Refused",
      "unary find(id: int64) result?: shop.Order ",
      "unary either() result: shop.IntOrString shop.Refused",
      "unary clear()  ",
      "oneway audit(line: string)  ",
    ]);
    expect(types.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal([
      "enum shop.Color",
      "struct shop.Order",
      "error shop.Refused",
      "union shop.IntOrString",
    ]);
    const error = types.find((one) => one.kind === "error");
    // What every error has as a member of its own keeps its place, and so its bytes.
    expect(error?.fields.map(shown)).to.deep.equal([
      "message_: string",
      "order: shop.Order",
      "last?: int32",
      "tries: int32 = 1",
    ]);
    expect(error?.fields[2]?.encoding).to.deep.equal({ avro: "null:1" });
  });

  it("reads what avroProtocol prints of what it has read", async () => {
    const first = await reading("orders.avpr", JSON.stringify(protocol));
    const printed = avroProtocol(first.contracts.get("shop.Orders") as ContractDescriptor);
    const second = await reading("again.avpr", JSON.stringify(printed));
    const [a, b] = [first, second].map(({ contracts }) => contracts.get("shop.Orders"));
    expect(b?.fingerprint).to.equal(a?.fingerprint);
  });

  it("reads the types of a schema, and of a protocol without messages", async () => {
    const order = protocol.types[2] as object;
    const schema = {
      ...order,
      namespace: "shop",
      fields: [{ name: "lines", type: { type: "array", items: ["null", "long"] } }],
    };
    const { contracts, types } = await reading("order.avsc", JSON.stringify(schema));
    expect(contracts.size).to.equal(0);
    expect(types.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal([
      "struct shop.Order",
      "union shop.NullOrLong",
    ]);
    const only = await reading("types.avpr", JSON.stringify({ ...protocol, messages: {} }));
    expect([only.contracts.size, only.types.length]).to.deep.equal([0, 3]);
  });

  it("reads Avro's own language, as far as avsc understands it", async () => {
    const { contracts } = await reading(
      "mail.avdl",
      `@namespace("org.mail") protocol Mail {
         record Message { string to; union { null, string } body = null; }
         error Bounced { string why; }
         string send(Message message, int times) throws Bounced;
         void forget(string id) oneway;
       }`,
    );
    const [send, forget] = contracts.get("org.mail.Mail")?.methods ?? [];
    expect(send?.request.fields.map(shown)).to.deep.equal(["message: org.mail.Message", "times: int32"]);
    expect(send?.throws.map(({ name }) => name)).to.deep.equal(["org.mail.Bounced"]);
    expect(forget?.kind).to.equal("oneway");
  });

  it("keeps what the file says in words", async () => {
    const { docs } = await reading(
      "orders.avpr",
      JSON.stringify({ ...protocol, messages: { clear: { doc: "Empties." } } }),
    );
    expect(Object.fromEntries(docs ?? [])).to.deep.equal({ "shop.Orders": "the doc", "shop.Orders.clear": "Empties." });
    const inner = {
      type: "record",
      name: "b.Inner",
      doc: "Inside.",
      fields: [{ name: "x", type: "int", doc: "Field." }],
    };
    const fields = [{ name: "all", type: { type: "array", items: ["null", inner] } }];
    const schema = await reading(
      "r.avsc",
      JSON.stringify({ type: "record", name: "R", namespace: "a", doc: "Outside.", fields }),
    );
    expect(Object.fromEntries(schema.docs ?? [])).to.deep.equal({
      "a.R": "Outside.",
      "b.Inner": "Inside.",
      "b.Inner.x": "Field.",
    });
  });

  it("refuses what it cannot read, and says where", async () => {
    const field = (type: unknown) => JSON.stringify({ type: "record", name: "R", fields: [{ name: "a", type }] });
    expect((await refused("r.avsc", field("Other"))).message).to.match(
      /^Avro schema: R\.a: "Other" is no type of Avro/,
    );
    expect((await refused("r.avsc", '{\n"type": "record"\n"name": 1}')).message).to.match(
      /^line 3: Expected ',' or '}'/,
    );
    const broken = await refused("r.avdl", "protocol {");
    expect(broken).to.be.instanceOf(InputError);
    expect(broken.message).to.match(/r\.avdl: line 1: /);
    for (const wrong of [{ protocol: 5 }, { protocol: "P", types: {} }, { protocol: "P", messages: [] }]) {
      expect((await refused("r.avpr", JSON.stringify(wrong))).message).to.match(/^is no protocol of Avro: /);
    }
    for (const message of [null, [], { request: [null] }, { request: {} }, { errors: "string" }]) {
      const text = JSON.stringify({ protocol: "P", messages: { place: message } });
      expect((await refused("r.avpr", text)).message).to.match(/^message place: request is a list/);
    }
    const none = { ...protocol, messages: { place: { response: "null", errors: ["Color"] } } };
    expect((await refused("r.avpr", JSON.stringify(none))).message).to.equal(
      'place: errors: "Color" is no error; declare one',
    );
  });
});
