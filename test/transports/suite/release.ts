import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import { arg, defineService, implement, rpc, t } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

const Other = defineService("suite.Other", {}, { twice: rpc({ params: [arg("n", t.int32)], returns: t.int32 }) });
const other = implement(Other, { twice: async (n) => 2 * n });

export function releaseSuite(fixture: () => Fixture): void {
  describe("release", () => {
    it("ends nothing that is under way, while others take its place", async () => {
      const [go, started] = [signal(), signal()];
      const service = shop({
        wait: async (key) => {
          started.resolve();
          await go.promise;
          return key;
        },
      });
      const { client, shop: first, server } = await fixture().pair(service, { serve: { services: [service, other] } });
      const call = first.wait("k");
      const stream = first.count(100)[Symbol.asyncIterator]();
      expect((await stream.next()).value).to.equal(0);
      const last = await client.refer(Other);
      await started.promise;
      await client.release(first);
      await client.release(last);
      // With numbers that calls of the others came by.
      const again = await client.refer(Other);
      expect(await again.twice(2)).to.equal(4);
      go.resolve();
      expect(await call).to.equal("k");
      for (let i = 1; i < 100; i++) expect((await stream.next()).value).to.equal(i);
      expect((await stream.next()).done).to.equal(true);
      expect(await again.twice(3)).to.equal(6);
      await client.close();
      await server.close();
    });

    it("refuses what comes later, a stream that nobody has begun to read among it", async () => {
      const service = shop();
      const { client, shop: first } = await fixture().pair(service, { serve: { services: [service, other] } });
      const late = first.count(3)[Symbol.asyncIterator]();
      const rest = await client.refer(Other);
      await client.release(first);
      const instead = await client.refer(Shop);
      await refused(first.wait("k"), "UNAVAILABLE", /the reference was released; refer again to call suite\.Shop/);
      await refused(late.next(), "UNAVAILABLE", /the reference was released; refer again to call suite\.Shop/);
      expect(await instead.wait("k")).to.equal("k");
      expect(await rest.twice(1)).to.equal(2);
    });

    it("of one reference leaves the others what they share, over a new connection too", async () => {
      const { client, shop: first, server, url } = await fixture().pair(shop());
      const second = await client.refer(Shop);
      const third = await client.refer(Shop, { codec: { ...json() } });
      await client.release(first);
      await client.release(third);
      await client.release(third);
      expect(await second.read("a")).to.equal("value of a");
      server.destroy();
      await fixture().serve({ services: [shop()], listen: [url] });
      expect(await second.read("b")).to.equal("value of b");
    });

    it("a thousand times leaves nothing behind", async () => {
      const { client, shop: first } = await fixture().pair(shop());
      const round = async (times: number): Promise<void> => {
        for (let i = 0; i < times; i++) await client.release(await client.refer(Shop, { codec: { ...json() } }));
      };
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      await round(200);
      collect();
      const before = process.memoryUsage().heapUsed;
      await round(1000);
      collect();
      // A reference, its port and its operations are over 10 KB.
      expect(process.memoryUsage().heapUsed - before).to.be.below(2_000_000);
      expect(await first.wait("k")).to.equal("k");
    });
  });
}
