import { expect } from "chai";
import { Health, type HealthStatus } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

export function healthSuite(fixture: () => Fixture): void {
  describe("health", () => {
    it("is told of the server and of each service, as the server says", async () => {
      const { client, server } = await fixture().pair(shop());
      const health = await client.refer(Health);
      expect([await health.check(""), await health.check("suite.Shop")]).to.deep.equal(["SERVING", "SERVING"]);
      await refused(health.check("suite.None"), "NOT_FOUND", /health: suite\.None is not served here/);
      server.health.set("NOT_SERVING", Shop);
      expect([await health.check(""), await health.check("suite.Shop")]).to.deep.equal(["SERVING", "NOT_SERVING"]);
      expect(server.health.status(Shop)).to.equal("NOT_SERVING");
      server.health.set("SERVING", Shop);
      expect(await health.check("suite.Shop")).to.equal("SERVING");
    });

    it("is watched: every change, and NOT_SERVING at the end, which holds no drain up", async () => {
      const { client, server } = await fixture().pair(shop());
      const health = await client.refer(Health);
      const seen: HealthStatus[] = [];
      const steps = [signal(), signal(), signal()];
      const watching = (async () => {
        for await (const status of health.watch("suite.Shop")) steps[seen.push(status) - 1]?.resolve();
      })();
      await steps[0]?.promise;
      server.health.set("SERVING", Shop);
      server.health.set("NOT_SERVING", Shop);
      await steps[1]?.promise;
      server.health.set("SERVING", Shop);
      await steps[2]?.promise;
      expect(server.health.state).to.equal("serving");
      const closed = server.close();
      expect(server.health.state).to.equal("draining");
      expect(server.health.status()).to.equal("NOT_SERVING");
      server.health.set("SERVING");
      expect(server.health.status()).to.equal("NOT_SERVING");
      await watching;
      await closed;
      expect(server.health.state).to.equal("closed");
      expect(seen).to.deep.equal(["SERVING", "NOT_SERVING", "SERVING", "NOT_SERVING"]);
    });

    it("of what is not served is SERVICE_UNKNOWN to who watches it, and may be left", async () => {
      const { client } = await fixture().pair(shop());
      const health = await client.refer(Health);
      for await (const status of health.watch("suite.None")) {
        expect(status).to.equal("SERVICE_UNKNOWN");
        break;
      }
      expect(await health.check("")).to.equal("SERVING");
    });

    it("is not told where the server does not want it", async () => {
      const { client } = await fixture().pair(shop(), { serve: { health: false } });
      await refused(client.refer(Health), "UNIMPLEMENTED", /trunkline\.Health is not served here/);
    });
  });
}
