import { expect } from "chai";
import { arg, connect, defineService, implement, type RpcError, rpc, serve, t } from "../../index.ts";

const OldColor = t.enums("shop.Color", ["red", "green"]);
const NewColor = t.enums("shop.Color", ["red", "green", "blue"]);
const OldPayment = t.union("shop.Payment", { card: t.string });
const NewPayment = t.union("shop.Payment", { card: t.string, cash: t.int32 });

const OldOrder = t.struct("shop.Order", {
  id: t.int32,
  customer: t.string,
  note: t.optional(t.string),
  size: t.default(t.int32, 3),
});
/** Everything between peers that fits: fields moved, added and removed, a number widened. */
const NewOrder = t.struct("shop.Order", {
  customer: t.string,
  id: t.int64,
  urgent: t.optional(t.bool),
  address: t.default(t.struct("shop.Address", { city: t.string }), { city: "?" }),
});

const Old = defineService(
  "shop.Orders",
  {},
  {
    place: rpc({ params: [arg("order", OldOrder)], returns: t.string }),
    paint: rpc({ params: [arg("color", OldColor)], returns: t.string }),
    pay: rpc({ params: [arg("payment", OldPayment)], returns: t.string }),
  },
);
const New = defineService(
  "shop.Orders",
  { version: "1.1.0" },
  {
    place: rpc({ params: [arg("order", NewOrder)], returns: t.string }),
    paint: rpc({ params: [arg("color", NewColor)], returns: t.string }),
    pay: rpc({ params: [arg("payment", NewPayment)], returns: t.string }),
    find: rpc({ params: [arg("id", t.int64)], returns: t.string }),
  },
);
/** The new one with what old servers can read. */
const NewCaller = defineService(
  "shop.Orders",
  { version: "1.1.0" },
  {
    place: rpc({
      params: [arg("order", t.struct("shop.Order", { customer: t.string, id: t.int32, urgent: t.optional(t.bool) }))],
      returns: t.string,
    }),
    paint: rpc({ params: [arg("color", NewColor)], returns: t.string }),
    pay: rpc({ params: [arg("payment", NewPayment)], returns: t.string }),
  },
);
const Unreadable = defineService(
  "shop.Orders",
  {},
  {
    place: rpc({
      params: [arg("order", t.struct("shop.Order", { id: t.int32, customer: t.bool }))],
      returns: t.string,
    }),
  },
);

const say = async (value: unknown): Promise<string> =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? `${one}n` : one));

async function failure(call: Promise<unknown>): Promise<RpcError> {
  return call.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: RpcError) => error,
  );
}

describe("evolution between peers over TCP", () => {
  for (const codec of ["json", "msgpack", "protobuf", "avro", "hessian2"]) {
    it(`lets an old client call a new server, with ${codec}`, async () => {
      const handlers = { place: say, paint: say, pay: say, find: say };
      await using server = await serve({ services: [implement(New, handlers)], listen: ["tcp://127.0.0.1:0"] });
      await using client = await connect({ endpoints: server.endpoints, codec });
      const orders = await client.refer(Old);

      const read = await orders.place({ id: 7, customer: "Ada", note: "gone", size: 4 });
      expect(JSON.parse(read)).to.deep.equal({ customer: "Ada", id: "7n", address: { city: "?" } });
      expect(await orders.paint("green")).to.equal('"green"');
      expect(JSON.parse(await orders.pay({ kind: "card", value: "1" }))).to.deep.equal({ kind: "card", value: "1" });
    });

    it(`lets a new client call an old server, and names the field it cannot read, with ${codec}`, async () => {
      const handlers = { place: say, paint: say, pay: say };
      await using server = await serve({ services: [implement(Old, handlers)], listen: ["tcp://127.0.0.1:0"] });
      await using client = await connect({ endpoints: server.endpoints, codec });
      const orders = await client.refer(NewCaller);

      const read = await orders.place({ id: 7, customer: "Ada", urgent: true });
      expect(JSON.parse(read)).to.deep.equal({ id: 7, customer: "Ada", size: 3 });
      expect(await orders.paint("red")).to.equal('"red"');
      expect((await failure(orders.paint("blue"))).message).to.match(/^color: expected one of red, green, got /);
      expect((await failure(orders.pay({ kind: "cash", value: 5 }))).message).to.match(/^payment: expected .*card/);

      const refused = await failure(client.refer(New));
      expect(refused.code).to.equal("FAILED_PRECONDITION");
      expect(refused.message).to.include("shop.Orders.place: request.id: one side has int64, the other int32");
      const unlike = await failure(client.refer(Unreadable));
      expect(unlike.message).to.include("shop.Orders.place: request.customer: one side has bool, the other string");
    });
  }
});
