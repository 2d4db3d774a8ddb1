import { expect } from "chai";
import { connect, serve } from "../../index.ts";
import { memory } from "../../transports/memory/index.ts";
import { Shop, shop } from "./suite/contract.ts";
import { realFixture, refused } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

describe("transport memory", () => {
  let names = 0;
  const listen = (): string => `memory://suite-${++names}`;
  const backoff = { firstMs: 5 };

  transportSuite((limits) => realFixture({ listen, transports: () => [memory({ backoff, limits })] }), {
    bytes: false,
  });

  it("is found by its URL alone, by whoever is in the process", async () => {
    const url = listen();
    await using server = await serve({ services: [shop()], listen: [url] });
    await using client = await connect({ endpoints: server.endpoints, codec: "json" });
    expect(server.endpoints).to.deep.equal([url]);
    expect(await (await client.refer(Shop)).read("k")).to.equal("value of k");
  });

  it("connects by itself when somebody begins to listen", async () => {
    const url = listen();
    const transports = [memory({ backoff })];
    await using client = await connect({ endpoints: [url], transports, codec: "json" });
    await refused(client.refer(Shop), "UNAVAILABLE", /nobody listens there in this process/);
    const late = await client.refer(Shop, { check: false });
    await using _server = await serve({ services: [shop()], listen: [url] });
    let value: string | undefined;
    while (value === undefined)
      value = await late.read("k").catch(() => new Promise<undefined>((go) => setImmediate(go, undefined)));
    expect(value).to.equal("value of k");
  });

  it("hands values over as they are with isolate: false on both sides", async () => {
    const transports = [memory({ isolate: false })];
    const url = listen();
    await using server = await serve({ services: [shop()], listen: [url], transports });
    await using client = await connect({ endpoints: server.endpoints, transports, codec: "json" });
    const order = { id: 1n, items: [] };
    expect(await (await client.refer(Shop)).echo(order)).to.equal(order);
    await using careful = await connect({ endpoints: server.endpoints, codec: "json" });
    expect(await (await careful.refer(Shop)).echo(order)).not.to.equal(order);
  });

  it("refuses a URL without a name", async () => {
    let thrown: unknown;
    try {
      await serve({ services: [shop()], listen: ["memory://"] });
    } catch (error) {
      thrown = error;
    }
    expect(thrown)
      .to.have.property("message")
      .that.matches(/expected memory:\/\/name/);
  });
});
