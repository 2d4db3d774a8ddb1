import { expect } from "chai";
import { arg, type CallContext, connect, defineService, implement, rpc, serve, t } from "../../../../index.ts";
import { hessian } from "../../../../transports/http/hessian/index.ts";
import { order } from "../../../java/order.ts";
import { type DubboPeer, missingDubbo, startDubbo } from "../../../java-dubbo/peer.ts";
import { OutOfStock, Shop } from "./contracts.ts";

const Attachments = defineService(
  "shop.Attachments",
  {},
  { attachment: rpc({ params: [arg("key", t.string)], returns: t.optional(t.string) }) },
);

describe("transport hessian: Dubbo's protocol hessian", function () {
  this.timeout(300_000);
  let dubbo: DubboPeer;

  before(async function () {
    const missing = await missingDubbo();
    if (missing === undefined) {
      dubbo = await startDubbo();
      return;
    }
    if (process.env["CI"] === "true") throw new Error(`${missing}: the tests against Dubbo cannot run`);
    console.warn(`      SKIPPED: all tests of Hessian with Dubbo, since ${missing}`);
    this.skip();
  });
  after(() => dubbo?.close());

  const services = () => {
    return [
      implement(Shop, {
        place: async (one, amount, note) => ({ ...one, id: one.id + amount, note }),
        add: async (a, b) => a + b,
        fail: async (sku) => {
          throw new OutOfStock({ sku }, { message: `no ${sku}` });
        },
      }),
      implement(Attachments, { attachment: async (key, ctx?: CallContext) => ctx?.metadata[key] }),
    ];
  };

  it("its clients call us, and their attachments are metadata", async () => {
    await using server = await serve({ services: services(), listen: ["hessian://127.0.0.1:0"], onError: () => {} });
    const url = `${server.endpoints[0]}/shop.Shop`;
    const told = ["add: 42", "place: 7 n a", "fail: no s s", "attachment: t1"];
    expect(await dubbo.call(url)).to.deep.equal(told);
    expect(await dubbo.call(url, "1.0.0")).to.deep.equal(told);
    const [failed] = await dubbo.call(url, "7.0.0", "blue");
    expect(failed).to.include("version 7.0.0, group blue is not served here");
  });

  it("its services are called, metadata as attachments", async () => {
    await using client = await connect({
      endpoints: [`hessian://127.0.0.1:${dubbo.port}`],
      transports: [hessian({ dubbo: true })],
    });
    const shop = await client.refer(Shop);
    expect(await shop.add(2, 40)).to.equal(42);
    const placed = await shop.place({ ...order, items: [] } as never, 2n, "n");
    expect(placed.id).to.equal(order.id + 2n);
    const error = await shop.fail("s").catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(OutOfStock);
    expect(error).to.include({ sku: "s", message: "no s" });
    const traced = shop.place.with({ metadata: { trace: "t2" } });
    expect((await traced({ ...order, items: [] } as never, 2n, "n")).note).to.equal("n t2");
  });
});
