import { expect } from "chai";
import { Agent, request } from "undici";
import { arg, defineService, implement, type RpcServer, rpc, serve, t } from "../../../../index.ts";

const Order = t.struct("shop.Order", { id: t.string, quantity: t.int32 });
const Orders = defineService(
  "shop.Orders",
  {},
  {
    place: rpc({ params: [arg("order", Order)], returns: t.string }),
  },
);

describe("transports/http/connect/unary-answer", () => {
  let server: RpcServer;
  before(async () => {
    server = await serve({
      services: [implement(Orders, { place: async ({ id, quantity }) => `${quantity} of ${id}` })],
      listen: ["http://127.0.0.1:0"],
      onError: () => {},
    });
  });
  after(async () => {
    await agent.close();
    await server.close();
  });

  const agent = new Agent({ pipelining: 0 });
  const post = (path: string, type: string, body: string | Uint8Array) =>
    request(`${server.endpoints[0]}${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body,
      dispatcher: agent,
    });

  for (const name of ["Place", "place"]) {
    it(`a POST of JSON to /shop.Orders/${name} is a call`, async () => {
      const response = await post(`/shop.Orders/${name}`, "application/json", '{"id":"a","quantity":2}');
      expect(response.statusCode).to.equal(200);
      expect(response.headers["content-type"]).to.equal("application/json");
      expect(await response.body.json()).to.deep.equal({ result: "2 of a" });
    });
  }

  it("a POST of Protobuf is a call", async () => {
    const response = await post("/shop.Orders/Place", "application/proto", Uint8Array.of(10, 1, 97, 16, 2));
    expect(response.headers["content-type"]).to.equal("application/proto");
    expect(Buffer.from(await response.body.arrayBuffer()).toString()).to.equal("\n\u00062 of a");
  });

  it("a call that fails has the code as Connect writes it, and its status", async () => {
    const response = await post("/shop.Orders/Place", "application/json", '{"id":7}');
    expect(response.statusCode).to.equal(400);
    expect(await response.body.json()).to.include({ code: "invalid_argument" });
  });
});
