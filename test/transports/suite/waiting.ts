import { expect } from "chai";
import { defineService, RpcError, type RpcServer, rpc, t } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { collect, type Fixture, refused, signal } from "./fixture.ts";

const NOBODY = /no instance of suite\.Shop 1\.2\.0 can be reached: .*: cannot connect to /;

export function waitingSuite(fixture: () => Fixture): void {
  const start = (url: string, service = shop(), over: object = {}): Promise<RpcServer> =>
    fixture().serve({ services: [service], listen: [url], ...over });
  /** Where a server can listen, and none does. */
  const vacant = async (): Promise<string> => {
    const server = await start(fixture().listen());
    await server.close();
    return server.endpoints[0] as string;
  };
  /** A client of what does not listen yet, and that knows it. */
  const early = async (given: object = {}) => {
    const url = await vacant();
    const client = await fixture().connect({ endpoints: [url], ...given });
    const proxy = await client.refer(Shop, { check: false });
    await refused(proxy.nothing.with({ failFast: true })(), "UNAVAILABLE", NOBODY);
    return { url, client, proxy };
  };

  describe("waiting for a connection", () => {
    it("is what everything that was never sent does", async () => {
      const { url, proxy } = await early();
      const lines: string[] = [];
      const prices = signal<number>();
      const calls = Promise.all([
        proxy.wait("a"),
        proxy.read.future("b"),
        proxy.audit.sent("c"),
        proxy.prices.publish({ sku: "a", cents: 1 }),
        collect(proxy.count(3)),
        collect(proxy.wait.multicast("m")),
        proxy.prices.subscribe(({ cents }) => cents === 7 && prices.resolve(cents)),
        new Promise((resolve) => proxy.read.callback("d", (error, value) => resolve(error ?? value))),
      ]);
      proxy.audit("e");
      await fixture().sleep(60);
      await start(url, shop({ audit: (line) => void lines.push(line) }));
      const [a, b, , , count, [reply], , d] = await calls;
      expect([a, b, count, reply?.ok, d]).to.deep.equal(["a", "value of b", [0, 1, 2], true, "value of d"]);
      await proxy.prices.publish({ sku: "a", cents: 7 });
      expect(await prices.promise).to.equal(7);
      expect(lines.sort()).to.deep.equal(["c", "e"]);
    });

    it("is what refer does for an endpoint that was away: it tries once more before it says so", async () => {
      const { url, client } = await early();
      await refused(client.refer(Shop), "UNAVAILABLE", NOBODY);
      await start(url);
      expect(await (await client.refer(Shop)).read("r")).to.equal("value of r");
    });

    it("is what an idempotent call does whose connection was lost, and no other", async () => {
      const started = signal();
      let executed = 0;
      const hang = (): Promise<never> => {
        if (++executed === 2) started.resolve();
        return new Promise(() => {});
      };
      const { shop: proxy, server, url } = await fixture().pair(shop({ read: hang, wait: hang }));
      const idempotent = proxy.read("r");
      const once = refused(proxy.wait("w"), "UNAVAILABLE", /outcome unknown/);
      await started.promise;
      server.destroy();
      await once;
      await fixture().sleep(60);
      await start(url);
      expect(await idempotent).to.equal("value of r");
    });

    it("brings idempotent calls through while two instances are restarted in turn", async () => {
      const urls = [await vacant(), await vacant()];
      const servers = [await start(urls[0] as string), await start(urls[1] as string)];
      const proxy = await (await fixture().connect({ endpoints: urls })).refer(Shop);
      const calls: Promise<string>[] = [];
      for (const [i, url] of [...urls, ...urls].entries()) {
        for (let k = 0; k < 10; k++) calls.push(proxy.read("k"));
        (servers[i % 2] as RpcServer).destroy();
        for (let k = 0; k < 10; k++) calls.push(proxy.read("k"));
        servers[i % 2] = await start(url);
      }
      expect(new Set(await Promise.all(calls))).to.deep.equal(new Set(["value of k"]));
    });

    it("ends at the deadline, with the reason why there is none", async () => {
      const { proxy } = await early({ timeoutMs: 60 });
      const late = async (action: PromiseLike<unknown>): Promise<void> => {
        const error = await refused(action, "DEADLINE_EXCEEDED", NOBODY);
        expect(error.message).to.match(/^[a-z.]+: never sent, because no connection came before the deadline: /);
        expect(error.retryable).to.equal(true);
      };
      await Promise.all([
        late(proxy.wait("w")),
        late(proxy.wait.with({ timeoutMs: 20 })("w")),
        late(proxy.audit.sent("a")),
        late(proxy.prices.publish({ sku: "a", cents: 1 })),
        late(proxy.prices.subscribe(() => {})),
        late(collect(proxy.count(1))),
        late(collect(proxy.count.with({ timeoutMs: 20 })(1))),
        late(collect(proxy.wait.multicast("m"))),
      ]);
    });

    it("ends at the deadline of an idempotent call that had been sent, which says so", async () => {
      const started = signal();
      const hang = (): Promise<never> => {
        started.resolve();
        return new Promise(() => {});
      };
      const { shop: proxy, server } = await fixture().pair(shop({ read: hang }));
      const call = proxy.read.with({ timeoutMs: 200 })("r");
      await started.promise;
      server.destroy();
      const error = await refused(call, "DEADLINE_EXCEEDED", /^read: its connection was lost, and no other came/);
      expect(error.retryable).to.equal(false);
    });

    it("ends when its caller gives it up", async () => {
      const { proxy } = await early();
      const future = proxy.read.future("a");
      future.cancel();
      await refused(future, "CANCELLED");
      const controller = new AbortController();
      const { signal } = controller;
      const calls = [proxy.wait.with({ signal })("w"), collect(proxy.count.with({ signal })(1))];
      controller.abort();
      for (const call of calls) await refused(call, "CANCELLED");
      const stream = proxy.count(1)[Symbol.asyncIterator]();
      const first = stream.next();
      await stream.return?.();
      expect(await first).to.deep.equal({ value: undefined, done: true });
    });

    it("ends when the client closes", async () => {
      const { proxy, client } = await early();
      const calls = [proxy.wait("w"), proxy.prices.subscribe(() => {}), collect(proxy.count(1))];
      const all = Promise.all(calls.map((call) => refused(call, "UNAVAILABLE", /the client is closed/)));
      await client.close();
      await all;
    });

    it("is left out where failFast says so: of the client, of the reference or of the call", async () => {
      const { proxy, client, url } = await early({ failFast: true });
      await refused(proxy.wait("w"), "UNAVAILABLE", NOBODY);
      await refused(collect(proxy.count(1)), "UNAVAILABLE", NOBODY);
      await refused(proxy.prices.publish({ sku: "a", cents: 1 }), "UNAVAILABLE", NOBODY);
      const patient = await client.refer(Shop, { check: false, failFast: false });
      await refused(patient.wait.with({ failFast: true })("w"), "UNAVAILABLE", NOBODY);
      const call = patient.wait("w");
      const again = proxy.wait.with({ failFast: false })("v");
      await start(url);
      expect(await Promise.all([call, again])).to.deep.equal(["w", "v"]);
    });

    it("is not for what it cannot mend: refused credentials and contracts that do not fit", async () => {
      const url = await vacant();
      const authenticate = (): never => {
        throw new RpcError({ code: "UNAUTHENTICATED", message: "who are you?" });
      };
      await start(url, shop(), { authenticate });
      const stranger = await (await fixture().connect({ endpoints: [url] })).refer(Shop, { check: false });
      await refused(stranger.wait("w"), "UNAUTHENTICATED");
      await refused(collect(stranger.count(1)), "UNAUTHENTICATED");
      const other = await vacant();
      await start(other);
      const Next = defineService("suite.Shop", { version: "2.0.0" }, { go: rpc({ params: [], returns: t.string }) });
      const next = await (await fixture().connect({ endpoints: [other] })).refer(Next, { check: false });
      await refused(next.go(), "FAILED_PRECONDITION", /version 2\.0\.0 is not served here/);
    });

    it("leaves the turns of the event loop to others, however often a caller tries again", async () => {
      const { proxy, url, client } = await early();
      let tries = 0;
      const loop = async (): Promise<string> => {
        for (;;) {
          tries++;
          try {
            return await proxy.read.with({ failFast: true })("k");
          } catch (error) {
            expect(error).to.include({ code: "UNAVAILABLE" });
          }
        }
      };
      const streamed = async (): Promise<number[]> => {
        for (;;) {
          try {
            return await collect(proxy.count.with({ failFast: true })(1));
          } catch {}
        }
      };
      const both = Promise.all([loop(), streamed()]);
      await fixture().sleep(20);
      await start(url);
      expect(await both).to.deep.equal(["value of k", [0]]);
      expect(tries).to.be.above(1);
      client.destroy();
      let turns = true;
      const clock = fixture()
        .sleep(5)
        .then(() => {
          turns = false;
        });
      while (turns)
        await Promise.all([
          refused(proxy.wait("w"), "UNAVAILABLE"),
          refused(client.refer(Shop), "FAILED_PRECONDITION"),
        ]);
      await clock;
    });

    it("sends a call that ends every server which it reaches no more than five times", async () => {
      const url = await vacant();
      let executed = 0;
      let server: RpcServer | undefined;
      let restarted = Promise.resolve();
      const again = async (): Promise<void> => {
        server = await start(url, shop({ read: poison }));
      };
      const poison = (): Promise<never> => {
        executed++;
        server?.destroy();
        restarted = again();
        return new Promise(() => {});
      };
      await again();
      const proxy = await (await fixture().connect({ endpoints: [url] })).refer(Shop);
      await refused(proxy.read("poison"), "UNAVAILABLE", /^read: the connection was lost/);
      expect(executed).to.equal(5);
      await restarted;
    });
  });
}
