import { expect } from "chai";
import { accept, type Client } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";
import type { Limited } from "./limits.ts";

const COUNT = 3;

export function connectionsSuite(limited: Limited): void {
  describe("several connections to an endpoint", () => {
    let fixture: Fixture | undefined;
    afterEach(() => fixture?.dispose());

    const start = async (service: object, over: object = {}) => {
      fixture = limited({ maxPendingCalls: 2 });
      let opened = 0;
      const pair = await fixture.pair(service, {
        serve: { authenticate: () => accept(++opened) },
        connect: { connections: COUNT, ...over },
      });
      await useAll(pair.shop, () => opened);
      // Until all are ready.
      for await (const reply of pair.shop.nothing.multicast()) expect(reply.ok).to.equal(true);
      return { ...pair, opened: () => opened };
    };

    /** Calls until each connection has come in: without a handshake its first call brings it. */
    const useAll = async (proxy: Client<typeof Shop>, opened: () => number): Promise<void> => {
      while (opened() < COUNT) {
        const calls = Array.from({ length: COUNT }, () => proxy.nothing().catch(() => {}));
        await Promise.all([...calls, (fixture as Fixture).sleep(1)]);
      }
    };

    it("share the calls, each by the least busy one", async () => {
      const go = signal();
      const wait = (key: string): Promise<string> => go.promise.then(() => key);
      const { shop: proxy, opened } = await start(shop({ wait }));
      const keys = Array.from({ length: 2 * COUNT }, (_, i) => `k${i}`);
      const calls = keys.map((key) => proxy.wait(key));
      await refused(proxy.wait("more"), "RESOURCE_EXHAUSTED", /give connect more connections/);
      go.resolve();
      expect(await Promise.all(calls)).to.deep.equal(keys);
      expect(opened()).to.equal(COUNT);
    });

    it("are one instance to multicasts, subscriptions and publishers", async () => {
      let asked = 0;
      const { shop: proxy } = await start(shop({ wait: async () => `${++asked}` }));
      const replies: boolean[] = [];
      for await (const { ok } of proxy.wait.multicast("m")) replies.push(ok);
      expect([asked, replies]).to.deep.equal([1, [true]]);
      const seen: number[] = [];
      const all = signal();
      await proxy.prices.subscribe(({ cents }) => {
        if (seen.push(cents) === 20) all.resolve();
      });
      const cents = Array.from({ length: 20 }, (_, i) => i);
      for (let i = 0; i < 20; i += 2) {
        await Promise.all([i, i + 1].map((one) => proxy.prices.publish({ sku: "a", cents: one })));
      }
      await all.promise;
      expect(seen).to.deep.equal(cents);
    });

    it("all come back when the server does, and are named once while they are away", async () => {
      const { shop: proxy, server, url, opened } = await start(shop(), { timeoutMs: 5000 });
      server.destroy();
      for (let why = ""; !why.includes(`: ${url}: cannot connect`) || why.includes(`; ${url}: `); ) {
        await (fixture as Fixture).sleep(1);
        why = (await refused(proxy.wait.with({ failFast: true })("w"), "UNAVAILABLE")).message;
      }
      const waiting = proxy.wait("w");
      let again = 0;
      await (fixture as Fixture).serve({ services: [shop()], listen: [url], authenticate: () => accept(++again) });
      expect(await waiting).to.equal("w");
      await useAll(proxy, () => again);
      expect(opened()).to.equal(COUNT);
      const replies: string[] = [];
      for await (const { endpoint } of proxy.wait.multicast("m")) replies.push(endpoint);
      expect(replies).to.deep.equal([url]);
    });

    it("close with the client, and with its last reference", async () => {
      const { client, shop: proxy, url } = await start(shop());
      const other = await client.refer(Shop);
      await client.release(proxy);
      expect(await other.wait("w")).to.equal("w");
      await client.release(other);
      await client.close();
      expect(url).to.be.a("string");
    });
  });
}
