import { expect } from "chai";
import type { Type } from "../../../core/type/type.ts";
import { arg, defineService, implement, oneway, rpc, t } from "../../../index.ts";
import { order, Shop, shop } from "./contract.ts";
import { collect, type Fixture, refused, signal } from "./fixture.ts";

export function lifecycleSuite(fixture: () => Fixture): void {
  describe("close", () => {
    it("under load loses no call", async () => {
      let executed = 0;
      const slow = shop({
        wait: async (key) => {
          await fixture().sleep(5);
          executed++;
          return key;
        },
      });
      const first = await fixture().serve({ services: [slow], listen: [fixture().listen()] });
      const second = await fixture().serve({ services: [slow], listen: [fixture().listen()] });
      const endpoints = [first, second].map((server) => server.endpoints[0] as string);
      const client = await (await fixture().connect({ endpoints })).refer(Shop);
      for await (const _ of client.nothing.multicast());
      const calls: Promise<string>[] = [];
      let closing: Promise<void> | undefined;
      for (let i = 0; i < 300; i++) {
        calls.push(client.wait(`k${i}`));
        if (i === 100) closing = first.close();
        if (i % 10 === 0) await fixture().sleep(1);
      }
      expect(await Promise.all(calls)).to.deep.equal(Array.from({ length: 300 }, (_, i) => `k${i}`));
      await closing;
      expect(executed).to.equal(300);
    });

    it("of the server ends at the latest when drainMs is over", async () => {
      const started = signal();
      const { shop: client, server } = await fixture().pair(
        shop({
          wait: () => {
            started.resolve();
            return new Promise(() => {});
          },
        }),
        { serve: { drainMs: 30 } },
      );
      const lost = refused(client.wait("k"), "UNAVAILABLE", /outcome unknown/);
      await started.promise;
      await server.close();
      await lost;
    });

    it("of the client waits for its calls and refuses new ones", async () => {
      const go = signal();
      const started = signal();
      const {
        shop: shopClient,
        client,
        server,
      } = await fixture().pair(
        shop({
          wait: async (key) => {
            started.resolve();
            await go.promise;
            return key;
          },
        }),
      );
      const call = shopClient.wait("k");
      await started.promise;
      const closed = client.close();
      await refused(shopClient.read("k"), "UNAVAILABLE", /client is closed/);
      go.resolve();
      expect(await call).to.equal("k");
      await closed;
      await server.close();
    });

    it("of the client first hands over its oneway calls", async () => {
      const lines: string[] = [];
      const all = signal();
      const { shop: shopClient, client } = await fixture().pair(
        shop({
          audit: (line) => {
            lines.push(line);
            if (lines.length === 20) all.resolve();
          },
        }),
      );
      for (let i = 0; i < 20; i++) shopClient.audit(`l${i}`);
      await client.close();
      await all.promise;
      expect(lines).to.have.length(20);
    });
  });

  describe("closing a server", () => {
    it("waits for the oneway handlers at work", async () => {
      const started = signal();
      let done = false;
      const pair = await fixture().pair(
        shop({
          audit: async () => {
            started.resolve();
            await fixture().sleep(100);
            done = true;
          },
        }),
      );
      pair.shop.audit("line");
      await started.promise;
      pair.client.destroy();
      await pair.server.close();
      expect(done).to.equal(true);
    });
  });

  describe("losing an instance", () => {
    it("repeats an idempotent call elsewhere, and says of others that the outcome is unknown", async () => {
      const executed: string[] = [];
      const started = signal();
      const make = (name: string, hangs: boolean) =>
        fixture().serve({
          services: [
            shop({
              read: async (key) => {
                executed.push(`${name} ${key}`);
                if (!hangs) return `${name} ${key}`;
                if (executed.length === 2) started.resolve();
                return new Promise<string>(() => {});
              },
              wait: async (key) => {
                executed.push(`${name} ${key}`);
                if (executed.length === 2) started.resolve();
                return new Promise<string>(() => {});
              },
            }),
          ],
          listen: [fixture().listen()],
        });
      const dying = await make("dying", true);
      const url = dying.endpoints[0] as string;
      const other = fixture().listen();
      const lone = await (await fixture().connect({ endpoints: [url] })).refer(Shop);
      const idempotent = lone.read.with({ failFast: true })("r");
      const once = refused(lone.wait("w"), "UNAVAILABLE", /outcome unknown: it may or may not have been done/);
      await started.promise;
      dying.destroy();
      await once;
      await refused(idempotent, "UNAVAILABLE");
      expect(executed.filter((line) => line === "dying w")).to.have.length(1);
      executed.length = 0;
      const again = await make("dying", true);
      const survivor = await fixture().serve({
        services: [shop({ read: async (key) => `survivor ${key}` })],
        listen: [other],
      });
      const endpoints = [again.endpoints[0] as string, survivor.endpoints[0] as string];
      const both = await (await fixture().connect({ endpoints })).refer(Shop);
      for await (const _ of both.nothing.multicast());
      const calls = Array.from({ length: 6 }, (_, i) => both.read(`k${i}`));
      await started.promise;
      while (executed.length < 3) await fixture().sleep(1);
      again.destroy();
      expect(new Set(await Promise.all(calls))).to.deep.equal(
        new Set(Array.from({ length: 6 }, (_, i) => `survivor k${i}`)),
      );
    });

    it("goes on by itself when the instance comes back", async () => {
      const { shop: client, server, url } = await fixture().pair(shop());
      expect(await client.read("a")).to.equal("value of a");
      server.destroy();
      await fixture().serve({ services: [shop()], listen: [url] });
      let reply: string | undefined;
      while (reply === undefined) {
        reply = await client.read("b").catch(async (error: unknown) => {
          expect(error).to.include({ code: "UNAVAILABLE" });
          await fixture().sleep(5);
          return undefined;
        });
      }
      expect(reply).to.equal("value of b");
    });

    it("says why nobody can be reached", async () => {
      const { server, url, client } = await fixture().pair(shop());
      client.destroy();
      await server.close();
      const late = await fixture().connect({ endpoints: [url] });
      await refused(
        late.refer(Shop),
        "UNAVAILABLE",
        /no instance of suite\.Shop 1\.2\.0 can be reached: .*cannot connect/,
      );
    });
  });

  describe("bad input", () => {
    it("unknown service, version and method each get their own error, and harm nothing else", async () => {
      const { client, shop: good } = await fixture().pair(shop());
      const Other = defineService("suite.Other", {}, { go: rpc({ params: [] }) });
      await refused(
        client.refer(Other),
        "UNIMPLEMENTED",
        /suite\.Other is not served here; this server has suite\.Shop/,
      );
      const Next = defineService("suite.Shop", { version: "2.0.0" }, { go: rpc({ params: [] }) });
      await refused(client.refer(Next), "FAILED_PRECONDITION", /version 2\.0\.0 is not served here; .*1\.2\.0/);
      const More = defineService(
        "suite.Shop",
        { version: "1.3.0" },
        { go: rpc({ params: [] }), read: rpc({ params: [arg("key", t.string)], returns: t.string, idempotent: true }) },
      );
      const more = await client.refer(More);
      await refused(more.go(), "UNIMPLEMENTED", /has no .*go/);
      expect(await more.read("x")).to.equal("value of x");
      expect(await good.place(order, true)).to.equal(7n);
    });

    it("a method of a partial server that is not implemented says so", async () => {
      const { shop: client } = await fixture().pair(implement(Shop, { read: async () => "r" } as never), {
        serve: { partial: true },
      });
      expect(await client.read("k")).to.equal("r");
      await refused(client.nothing(), "UNIMPLEMENTED", /suite\.Shop\.nothing is not implemented/);
      await refused(collect(client.count(1)), "UNIMPLEMENTED");
    });

    it("an address in use is named", async () => {
      const { url } = await fixture().pair(shop());
      await refused(fixture().serve({ services: [shop()], listen: [url] }), "ALREADY_EXISTS", /in use/);
    });
  });

  describe("contract evolution", () => {
    const Old = t.struct("suite.Thing", { id: t.int32, name: t.string });
    const New = t.struct("suite.Thing", {
      id: t.int32,
      name: t.string,
      color: t.optional(t.string),
      size: t.default(t.int32, 9),
    });
    const Broken = t.struct("suite.Thing", { id: t.string, name: t.string });
    const contract = <T extends typeof Old>(type: T) =>
      defineService(
        "suite.Things",
        { version: "1.0.0" },
        { echo: rpc({ params: [arg("thing", type)], returns: type }), note: oneway({ params: [arg("thing", type)] }) },
      );

    it("an added optional field or default breaks neither side", async () => {
      const seen: unknown[] = [];
      const NewThings = contract(New as never);
      const OldThings = contract(Old);
      const newServer = await fixture().serve({
        services: [
          implement(NewThings, {
            echo: async (thing: never) => {
              seen.push(thing);
              return thing;
            },
            note: () => {},
          } as never),
        ],
        listen: [fixture().listen()],
      });
      const old = await (await fixture().connect({ endpoints: newServer.endpoints })).refer(OldThings);
      expect(await old.echo({ id: 1, name: "a" })).to.deep.equal({ id: 1, name: "a" });
      expect(seen).to.deep.equal([{ id: 1, name: "a", size: 9 }]);
      const oldServer = await fixture().serve({
        services: [implement(OldThings, { echo: async (thing) => thing, note: () => {} })],
        listen: [fixture().listen()],
      });
      const next = await (await fixture().connect({ endpoints: oldServer.endpoints })).refer(NewThings);
      expect(await next.echo({ id: 1, name: "a", color: "red", size: 4 } as never)).to.deep.equal({
        id: 1,
        name: "a",
        size: 9,
      });
    });

    it("parameters are matched by name, callbacks and streams among them", async () => {
      const tell = t.callback([arg("line", t.string)]);
      const [id, items, say] = [arg("id", t.int32), arg("items", t.stream(t.int32)), arg("say", tell)];
      const Ours = defineService("suite.Moved", {}, { sum: rpc({ params: [id, items, say], returns: t.int32 }) });
      const Theirs = defineService("suite.Moved", {}, { sum: rpc({ params: [say, items, id], returns: t.int32 }) });
      const server = await fixture().serve({
        services: [
          implement(Theirs, {
            sum: async (say, items, id) => {
              let sum = id;
              for await (const item of items) sum += item;
              await say(`sum ${sum}`);
              return sum;
            },
          }),
        ],
        listen: [fixture().listen()],
      });
      const { sum } = await (await fixture().connect({ endpoints: server.endpoints })).refer(Ours);
      const said: string[] = [];
      const numbers = async function* (): AsyncGenerator<number> {
        yield 1;
        yield 2;
      };
      expect(await sum(10, numbers(), async (line) => void said.push(line))).to.equal(13);
      expect(said).to.deep.equal(["sum 13"]);
    });

    it("a number may be wider at the side that reads it", async () => {
      const contract = <P extends Type, R extends Type>(takes: P, gives: R) =>
        defineService("suite.Wider", {}, { twice: rpc({ params: [arg("n", takes)], returns: gives }) });
      const server = await fixture().serve({
        services: [implement(contract(t.float64, t.int32), { twice: async (n) => 2 * n })],
        listen: [fixture().listen()],
      });
      const client = await fixture().connect({ endpoints: server.endpoints });
      const { twice } = await client.refer(contract(t.int32, t.float64));
      expect(await twice(4)).to.equal(8);
    });

    it("a changed field is named when the two meet", async () => {
      const server = await fixture().serve({
        services: [implement(contract(Old), { echo: async (thing) => thing, note: () => {} })],
        listen: [fixture().listen()],
      });
      const client = await fixture().connect({ endpoints: server.endpoints });
      await refused(
        client.refer(contract(Broken as never)),
        "FAILED_PRECONDITION",
        /do not fit: suite\.Things\.echo: request\.id: one side has/,
      );
    });
  });
}
