import { Duplex, PassThrough } from "node:stream";
import avsc from "avsc";
import { expect } from "chai";
import { type AvroProtocol, avro, avroProtocol } from "../../codecs/avro/index.ts";
import { arg, contractOf, defineService, oneway, rpc, stream, t, topic } from "../../index.ts";
import { Shop } from "../transports/suite/contract.ts";
import { encode } from "./suite.ts";

const Item = t.struct("shop.Item", { sku: t.string, qty: t.default(t.int32, 1) });
const Order = t.struct("shop.Order", { id: t.int32, items: t.list(Item), note: t.optional(t.string) });
const OutOfStock = t.error("shop.OutOfStock", { item: Item });
const Orders = defineService(
  "shop.Orders",
  {},
  {
    place: rpc({ params: [arg("order", Order)], returns: t.int32, throws: [OutOfStock] }),
    find: rpc({ params: [arg("since", t.int32), arg("item", t.optional(Item))], returns: Order }),
    last: rpc({ returns: t.optional(t.string) }),
    audit: oneway({ params: [arg("line", t.string)] }),
    watch: stream({ params: [arg("since", t.int32)], yields: Order, throws: [OutOfStock] }),
    upload: rpc({ params: [arg("items", t.stream(Item))], returns: t.int32 }),
    steps: rpc({ params: [arg("done", t.callback([t.int32]))] }),
    echo: rpc(),
    placed: topic(Order),
  },
);

type Message = ReturnType<avsc.Service["message"]>;

/** Two ends of one pipe. */
function duplexes(): [Duplex, Duplex] {
  const [there, back] = [new PassThrough(), new PassThrough()];
  return [Duplex.from({ readable: back, writable: there }), Duplex.from({ readable: there, writable: back })];
}

function service(protocol: AvroProtocol): avsc.Service {
  return avsc.Service.forProtocol(protocol as never);
}

describe("avroProtocol", () => {
  const protocol = avroProtocol(Orders);
  const peer = service(protocol);

  it("is a protocol to avsc, with each type declared once", () => {
    expect(peer.name).to.equal("shop.Orders");
    expect(peer.messages.map(({ name, oneWay }) => [name, oneWay])).to.deep.equal([
      ["place", false],
      ["find", false],
      ["last", false],
      ["audit", true],
    ]);
    expect(peer.types.map((type) => type.name)).to.include.members(["shop.Order", "shop.OutOfStock"]);
    expect(peer.type("shop.OutOfStock")?.schema()).to.include({ type: "error" });
    expect(peer.message("place").errorType.toString()).to.equal('["string","shop.OutOfStock"]');
  });

  it("has messages whose bytes are those of the codec", () => {
    const order = { id: 7, items: [{ sku: "kettle", qty: 2 }] };
    const ours = (index: number, side: "request" | "response", value: unknown): string =>
      Buffer.from(encode(avro(), Orders.methods[index]?.[side], value)).toString("hex");
    const theirs = (type: avsc.Type, value: unknown): string => type.toBuffer(value).toString("hex");
    const [place, find, last] = peer.messages as [Message, Message, Message];
    const written = { ...order, note: null };
    expect(theirs(place.requestType, { order: written })).to.equal(ours(0, "request", order));
    expect(theirs(place.responseType, 5)).to.equal(ours(0, "response", { result: 5 }));
    expect(theirs(find.requestType, { since: 3, item: null })).to.equal(ours(1, "request", { since: 3 }));
    expect(theirs(find.responseType, written)).to.equal(ours(1, "response", order));
    expect(theirs(last.responseType, null)).to.equal(ours(2, "response", {}));
  });

  it("is served and called by avsc", async () => {
    type Answer = (error?: unknown, result?: number) => void;
    const server = peer
      .createServer({ silent: true } as object)
      .onMessage("place", ({ order }: { order: { id: number } }, done: Answer) => {
        if (order.id === 0) done({ item: { sku: "piano", qty: 1 } });
        else done(undefined, order.id * 2);
      });
    const client = peer.createClient({ buffering: true });
    const [near, far] = duplexes();
    server.createChannel(far);
    const channel = client.createChannel(near);
    const place = (id: number): Promise<unknown> =>
      new Promise((resolve) => {
        client.emitMessage("place", { order: { id, items: [], note: null } }, {}, (error: unknown, result: unknown) =>
          resolve(error ?? result),
        );
      });
    expect(await place(21)).to.equal(42);
    expect(await place(0)).to.have.nested.property("item.sku", "piano");
    channel.destroy();
  });

  it("says which operations are no messages, and what they carry", () => {
    expect(protocol.doc).to.include("x-operations");
    expect(protocol["x-operations"]).to.deep.equal([
      {
        name: "watch",
        kind: "stream",
        request: [{ name: "since", type: "int" }],
        response: "shop.Order",
        errors: ["shop.OutOfStock"],
      },
      { name: "upload", kind: "unary", request: [], response: "int", upstream: "shop.Item" },
      { name: "steps", kind: "unary", request: [{ name: "done", type: "long" }], response: "null" },
      { name: "echo", kind: "unary" },
      { name: "placed", kind: "topic", response: "shop.Order" },
    ]);
    const plain = avroProtocol(defineService("Plain", {}, { ping: rpc({}) }));
    expect(plain).to.deep.equal({
      protocol: "Plain",
      types: [],
      messages: { ping: { request: [], response: "null" } },
    });
  });

  it("keeps names apart that have a namespace and those that have none", () => {
    const Loose = t.struct("Loose", { item: Item });
    const mixed = defineService("Mixed", {}, { take: rpc({ params: [arg("loose", Loose)], returns: Item }) });
    const message = service(avroProtocol(mixed)).message("take");
    expect(message.responseType.name).to.equal("shop.Item");
    expect(service(avroProtocol(contractOf(Shop))).messages).to.have.length(7);
  });

  it("refuses untyped values in what would be a message", () => {
    const contract = defineService("shop.Any", {}, { take: rpc({ params: [arg("it", t.any)] }) });
    expect(() => avroProtocol(contract)).to.throw("avro cannot carry t.any");
  });
});
