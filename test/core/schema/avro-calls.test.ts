import { expect } from "chai";
import { arg, connect, defineService, type Infer, implement, rpc, serve, stream, t, typeOf } from "../../../index.ts";

const Order = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "long" },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 4 } },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 8, scale: 2 } },
    { name: "paid", type: ["string", "null"] },
    { name: "extra", type: ["null", "int", { type: "array", items: ["null", "Hash"] }] },
    { name: "color", type: { type: "enum", name: "Color", symbols: ["RED", "OTHER"], default: "OTHER" } },
    { name: "parent", type: ["null", "Order"], default: null },
  ],
} as const;
type Order = Infer<typeof Order>;

const hash = Uint8Array.of(1, 2, 3, 4);
const order: Order = {
  id: 1n,
  hash,
  price: "12.50",
  paid: "Ada",
  extra: {
    kind: "array",
    value: [
      { kind: "null", value: {} },
      { kind: "Hash", value: hash },
    ],
  },
  color: "RED",
  parent: { id: 2n, hash, price: "-0.01", extra: { kind: "int", value: 7 }, color: "OTHER" },
};
const Orders = defineService(
  "shop.Orders",
  {},
  {
    echo: rpc({ params: [arg("order", Order)], returns: Order }),
    count: rpc({
      params: [arg("orders", t.list(typeOf(Order))), arg("from", { type: "int" })],
      returns: { type: "long" },
    }),
    all: stream({ params: [arg("id", { type: "long" })], yields: Order }),
  },
);

describe("an Avro schema in a contract", () => {
  for (const codec of ["avro", "json", "msgpack", "protobuf", "hessian2"]) {
    it(`travels by ${codec}`, async () => {
      await using server = await serve({
        services: [
          implement(Orders, {
            echo: async (one) => one,
            count: async (orders, from) => BigInt(orders.length + from),
            all: async function* () {
              yield order;
              yield order.parent as Order;
            },
          }),
        ],
        listen: ["tcp://127.0.0.1:0"],
      });
      await using client = await connect({ endpoints: server.endpoints });
      const orders = await client.refer(Orders, { codec });
      expect(await orders.echo(order)).to.deep.equal(order);
      expect(await orders.count([order, order], 5)).to.equal(7n);
      const seen: Order[] = [];
      for await (const one of orders.all(1n)) seen.push(one);
      expect(seen).to.deep.equal([order, order.parent]);
    });
  }

  it("of another version is resolved by what the peer says of its own", async () => {
    const Newer = {
      ...Order,
      fields: [
        { name: "added", type: ["null", "string"] },
        { name: "paid", type: ["null", "string"] },
        {
          name: "extra",
          type: ["null", { type: "array", items: ["null", { type: "fixed", name: "Hash", size: 4 }] }, "long"],
        },
        { name: "hash", type: "Hash" },
        { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 3 } },
        { name: "id", type: "long" },
        { name: "color", type: { type: "enum", name: "Color", symbols: ["OTHER", "GREEN"], default: "OTHER" } },
      ],
    } as const;
    const NewOrders = defineService(
      "shop.Orders",
      {},
      { echo: rpc({ params: [arg("order", Newer)], returns: Newer }) },
    );
    let got: unknown;
    await using server = await serve({
      services: [
        implement(NewOrders, {
          echo: async (one) => {
            got = one;
            return { ...one, extra: { kind: "long", value: 5n }, color: "GREEN" };
          },
        }),
      ],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const orders = await client.refer(Orders, { codec: "avro" });
    const { parent: _, ...rest } = order;
    // The server's answer has a branch that this side does not know.
    await orders.echo({ ...rest, extra: { kind: "int", value: 7 } }).then(
      () => expect.fail("it was read"),
      (error: Error) => expect(error.message).to.match(/extra: expected one of int, array, got "long"/),
    );
    expect(got).to.deep.equal({ ...rest, price: "12.50", extra: { kind: "long", value: 7n }, color: "OTHER" });
  });

  it("refuses a value with its path, before it is sent", async () => {
    await using server = await serve({
      services: [implement(Orders, { echo: async (one) => one, count: async () => 0n, all: async function* () {} })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const orders = await client.refer(Orders, { codec: "avro" });
    const wrong = async (change: Partial<Order>): Promise<string> =>
      orders.echo({ ...order, ...change }).then(
        () => "",
        (error: Error) => error.message,
      );
    expect(await wrong({ parent: { ...order, price: "0.001" } })).to.match(
      /parent\.price: expected decimal of at most 8 digits/,
    );
    expect(await wrong({ hash: Uint8Array.of(1) })).to.match(/hash: expected bytes, 4 of them/);
  });
});
