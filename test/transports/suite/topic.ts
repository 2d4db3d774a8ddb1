import { expect } from "chai";
import { type ErrorSource, RpcError, type RpcServer, type Subscription, type Topic } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

interface Price {
  sku: string;
  cents: number;
}
const price = (cents: number): Price => ({ sku: "a", cents });

export function topicSuite(fixture: () => Fixture): void {
  describe("pub/sub", () => {
    const publish = (server: RpcServer, cents: number, key = ""): Promise<void> =>
      (server.topics(Shop)["prices"] as { publish(value: unknown, options: object): Promise<void> }).publish(
        price(cents),
        { key },
      );

    it("delivers from either side to every subscriber, in order per publisher", async () => {
      const { shop: client, server, url } = await fixture().pair(shop());
      const other = await (await fixture().connect({ endpoints: [url] })).refer(Shop);
      const seen: number[][] = [[], []];
      const done = signal();
      const listen = (mine: number[]) => (value: Price) => {
        mine.push(value.cents);
        if (seen.every((list) => list.length === 4)) done.resolve();
      };
      await client.prices.subscribe(listen(seen[0] as number[]));
      await other.prices.subscribe(listen(seen[1] as number[]));
      await publish(server, 1);
      await client.prices.publish(price(2));
      await other.prices.publish(price(3));
      await publish(server, 4);
      await done.promise;
      expect(seen).to.deep.equal([
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ]);
    });

    it("tells key and headers, and matches wildcards on the key", async () => {
      const { shop: client } = await fixture().pair(shop());
      const one: string[] = [];
      const more: string[] = [];
      const last = signal<unknown>();
      await client.prices.subscribe((_, { key }) => one.push(key), { key: "eu.*" });
      await client.prices.subscribe(
        (_, delivery) => {
          more.push(delivery.key);
          if (delivery.key === "eu.end.x") last.resolve(delivery.headers);
        },
        { key: "eu.>" },
      );
      for (const key of ["eu", "us.x", "eu.de", "eu.de.berlin"]) await client.prices.publish(price(1), { key });
      await client.prices.publish(price(1), { key: "eu.end.x", headers: { a: "b" } });
      expect(await last.promise).to.deep.equal({ a: "b" });
      expect(one).to.deep.equal(["eu.de"]);
      expect(more).to.deep.equal(["eu.de", "eu.de.berlin", "eu.end.x"]);
    });

    it("attaches to every instance, also to one that comes back", async () => {
      const urls = [fixture().listen(), fixture().listen()];
      const [a, b] = await Promise.all([
        fixture().serve({ services: [shop()], listen: [urls[0] as string] }),
        fixture().serve({ services: [shop()], listen: [urls[1] as string] }),
      ]);
      const endpoints = [a, b].map((server) => server.endpoints[0] as string);
      const client = await (await fixture().connect({ endpoints })).refer(Shop);
      // `refer` waits for one instance; a multicast waits for those still on their way.
      for await (const _ of client.nothing.multicast());
      const seen: number[] = [];
      let wait = signal();
      await client.prices.subscribe(({ cents }) => {
        seen.push(cents);
        wait.resolve();
      });
      for (const [server, cents] of [
        [a, 1],
        [b, 2],
      ] as const) {
        wait = signal();
        await publish(server, cents);
        await wait.promise;
      }
      b.destroy();
      const again = await fixture().serve({ services: [shop()], listen: [endpoints[1] as string] });
      wait = signal();
      // At most once, and only to those attached: publish until the subscription has come back.
      let arrived = false;
      const repeated = (async () => {
        while (!arrived) {
          await publish(again, 3);
          await fixture().sleep(10);
        }
      })();
      await wait.promise;
      arrived = true;
      await repeated;
      expect(seen.slice(0, 3)).to.deep.equal([1, 2, 3]);
    });

    it("drops the oldest, the newest, or closes when the buffer is full", async () => {
      const { server } = await fixture().pair(shop());
      const topic = server.topics(Shop)["prices"];
      if (topic === undefined) throw new Error("no topic");
      const results: Record<string, number[]> = {};
      const errors: unknown[] = [];
      const go = signal();
      const ended: Promise<unknown>[] = [];
      const subscriptions: Subscription[] = [];
      for (const overflow of ["drop-oldest", "drop-newest", "close"] as const) {
        const seen: number[] = [];
        results[overflow] = seen;
        const subscription = await topic.subscribe(
          async (value) => {
            seen.push((value as Price).cents);
            await go.promise;
          },
          { bufferSize: 3, overflow, onError: (error) => errors.push(error) },
        );
        subscriptions.push(subscription);
        ended.push(subscription.closed.catch((error: unknown) => error));
      }
      await publish(server, 0);
      await fixture().sleep(1);
      for (let i = 1; i <= 6; i++) await publish(server, i);
      go.resolve();
      expect(await ended[2]).to.include({ code: "RESOURCE_EXHAUSTED" });
      await fixture().sleep(1);
      expect(results["drop-oldest"]).to.deep.equal([0, 4, 5, 6]);
      expect(results["drop-newest"]).to.deep.equal([0, 1, 2, 3]);
      // The first of what was lost, the rest, and the end of the third.
      expect(subscriptions.map(({ dropped }) => dropped)).to.deep.equal([3, 3, 0]);
      expect(errors.filter((error) => /^3 messages were dropped/.test((error as RpcError).message))).to.have.length(2);
      expect(errors).to.have.length(3);
    });

    it("loses nothing to a handler that does not linger, if each publish is awaited", async () => {
      const count = 20_000;
      const { shop: client, server } = await fixture().pair(shop());
      const seen = { remote: [] as number[], local: [] as number[] };
      const done = signal();
      const listen = (mine: number[]) => (value: unknown) => {
        mine.push((value as Price).cents);
        if (seen.remote.length === count && seen.local.length === count) done.resolve();
      };
      const topic = server.topics(Shop)["prices"] as Topic<unknown>;
      const subscriptions = [
        await client.prices.subscribe(listen(seen.remote)),
        await topic.subscribe(listen(seen.local)),
      ];
      for (let i = 0; i < count; i++) await topic.publish(price(i));
      await Promise.race([done.promise, fixture().sleep(10_000)]);
      const all = Array.from({ length: count }, (_, i) => i);
      expect(seen.local).to.deep.equal(all);
      expect(seen.remote).to.deep.equal(all);
      expect(subscriptions.map(({ dropped }) => dropped)).to.deep.equal([0, 0]);
    });

    it("loses nothing of a burst of another client to a handler that does not linger", async () => {
      const count = 5000;
      const { shop: client, url } = await fixture().pair(shop());
      const other = await (await fixture().connect({ endpoints: [url] })).refer(Shop);
      const seen: number[] = [];
      const done = signal();
      await client.prices.subscribe(({ cents }) => {
        if (seen.push(cents) === count) done.resolve();
      });
      const publishing: Promise<void>[] = [];
      for (let i = 0; i < count; i++) publishing.push(other.prices.publish(price(i)));
      await Promise.all(publishing);
      await Promise.race([done.promise, fixture().sleep(10_000)]);
      expect(seen).to.deep.equal(Array.from({ length: count }, (_, i) => i));
    });

    it("counts what a slow handler loses, and tells both sides", async () => {
      const served: { error: unknown; where: ErrorSource }[] = [];
      const told: { error: unknown; where: ErrorSource }[] = [];
      const {
        shop: client,
        server,
        url,
      } = await fixture().pair(shop(), {
        serve: {
          topics: { maxBufferedMessages: 3 },
          onError: (error, where) => served.push({ error, where }),
        },
      });
      const seen: number[] = [];
      const go = signal();
      const last = signal();
      const count = 50;
      const subscription = await client.prices.subscribe(
        async (value) => {
          seen.push(value.cents);
          if (value.cents === -1) last.resolve();
          await go.promise;
        },
        { bufferSize: 100_000, onError: (error, where) => told.push({ error, where }) },
      );
      // Larger than the window of a stream, so that little is on its way.
      const sku = "x".repeat(200_000);
      for (let cents = 0; cents < count; cents++) await client.prices.publish({ sku, cents });
      expect(served.map(({ error }) => (error as RpcError).code)).to.deep.equal(["RESOURCE_EXHAUSTED"]);
      expect(served[0]?.where).to.include({ service: "suite.Shop", method: "prices", instance: server.instance });
      expect(served[0]?.where.peer).to.be.a("string");
      go.resolve();
      await client.prices.publish(price(-1));
      await last.promise;
      expect(seen.length).to.be.within(4, count - 10);
      expect(subscription.dropped).to.equal(count + 1 - seen.length);
      const numbers = told.map(({ error }) =>
        Number(/^(\d+) messages were dropped/.exec((error as RpcError).message)?.[1]),
      );
      expect(numbers.reduce((sum, number) => sum + number, 0)).to.equal(subscription.dropped);
      for (const { error, where } of told) {
        expect(error).to.include({ code: "RESOURCE_EXHAUSTED" });
        expect(where).to.deep.equal({
          service: "suite.Shop",
          method: "prices",
          endpoint: url,
          instance: server.instance,
        });
      }
    });

    it("gives all subscriptions of one client each message once, in order, whatever the others ask for and do", async () => {
      const { shop: client, server } = await fixture().pair(shop());
      const seen: Record<string, number[]> = {};
      const counts = signal();
      const go = signal();
      const subscriptions: Subscription[] = [];
      for (const [name, key] of [
        ["a", undefined],
        ["b", undefined],
        ["eu", "eu.*"],
        ["berlin", "eu.berlin"],
        ["slow", undefined],
        ["leaves", undefined],
      ] as const) {
        const mine: number[] = [];
        seen[name] = mine;
        const handle = async ({ cents }: Price): Promise<void> => {
          mine.push(cents);
          if (name === "leaves" && cents === 10) await subscriptions[5]?.unsubscribe();
          if (cents === 299 && seen["a"]?.length === 300 && seen["b"]?.length === 300) counts.resolve();
          if (name === "slow") await go.promise;
        };
        // Those who do not wait must not wait for one who does.
        const listen = name === "slow" || name === "leaves" ? handle : (value: Price) => void handle(value);
        subscriptions.push(await client.prices.subscribe(listen, { ...(key && { key }), bufferSize: 2000 }));
      }
      for (let i = 0; i < 300; i++) await publish(server, i, i % 2 === 0 ? "eu.berlin" : i % 3 === 0 ? "eu.paris" : "");
      await counts.promise;
      const all = Array.from({ length: 300 }, (_, i) => i);
      expect(seen["a"]).to.deep.equal(all);
      expect(seen["b"]).to.deep.equal(all);
      expect(seen["slow"]).to.deep.equal([0]);
      go.resolve();
      await subscriptions[5]?.closed;
      while ((seen["slow"]?.length ?? 0) < 300) await fixture().sleep(1);
      while (seen["berlin"]?.at(-1) !== 298 || seen["eu"]?.at(-1) !== 298) await fixture().sleep(1);
      expect(seen["slow"]).to.deep.equal(all);
      expect(seen["leaves"]).to.deep.equal(all.slice(0, 11));
      expect(seen["berlin"]).to.deep.equal(all.filter((i) => i % 2 === 0));
      expect(seen["eu"]).to.deep.equal(all.filter((i) => i % 2 === 0 || i % 3 === 0));
      expect(subscriptions.map(({ dropped }) => dropped)).to.deep.equal([0, 0, 0, 0, 0, 0]);
    });

    it("a handler that changes its message changes nobody else's", async () => {
      const { shop: client, server } = await fixture().pair(shop());
      const topic = server.topics(Shop)["prices"] as Topic<Price>;
      const seen: string[] = [];
      const refusals: unknown[] = [];
      const spoil = (value: Price): void => {
        seen.push(value.sku);
        (value as { sku: string }).sku = "spoiled";
      };
      const look = (value: Price): void => {
        seen.push(value.sku);
      };
      const onError = (error: unknown): void => void refusals.push(error);
      for (const side of [topic, client.prices]) {
        await side.subscribe(spoil, { onError });
        await side.subscribe(spoil, { own: true });
        await side.subscribe(look, { onError });
      }
      const mine = price(1);
      await topic.publish(mine);
      mine.sku = "after";
      while (seen.length < 6) await fixture().sleep(1);
      expect(seen).to.deep.equal(["a", "a", "a", "a", "a", "a"]);
      // Who does not ask for values of its own is told that it cannot change them.
      expect(refusals).to.have.length(2);
      for (const refusal of refusals) expect(refusal).to.be.instanceOf(TypeError);
    });

    it("stops with unsubscribe, and says what a handler threw", async () => {
      const { shop: client, server } = await fixture().pair(shop());
      const thrown = signal<unknown>();
      let count = 0;
      const subscription = await client.prices.subscribe(
        () => {
          count++;
          throw new Error("handler");
        },
        { onError: thrown.resolve },
      );
      await publish(server, 1);
      expect(await thrown.promise).to.have.property("message", "handler");
      await subscription.unsubscribe();
      await subscription.closed;
      await publish(server, 2);
      await client.nothing();
      expect(count).to.equal(1);
    });

    it("refuses a value that does not fit and a buffer that makes no sense", async () => {
      const { shop: client } = await fixture().pair(shop());
      await refused(client.prices.publish({ sku: "a", cents: "x" as never }), "INVALID_ARGUMENT", /value\.cents/);
      await refused(
        client.prices.subscribe(() => {}, { bufferSize: 0 }),
        "INVALID_ARGUMENT",
        /bufferSize/,
      );
    });
  });

  describe("multicast", () => {
    it("asks every instance once and shows each failure", async () => {
      const servers = await Promise.all(
        [0, 1, 2].map((i) =>
          fixture().serve({
            services: [
              shop({
                read: async (key) => {
                  if (i === 1) throw new RpcError({ code: "NOT_FOUND", message: "not here" });
                  return `${key} of ${i}`;
                },
              }),
            ],
            listen: [fixture().listen()],
            instance: `instance-${i}`,
          }),
        ),
      );
      const endpoints = servers.map((server) => server.endpoints[0] as string);
      const client = await (await fixture().connect({ endpoints })).refer(Shop);
      const replies: Record<string, string> = {};
      for await (const reply of client.read.multicast("k"))
        replies[reply.instance] = reply.ok ? reply.value : `${reply.error.code} ${reply.error.message}`;
      expect(replies).to.deep.equal({
        "instance-0": "k of 0",
        "instance-1": "NOT_FOUND not here",
        "instance-2": "k of 2",
      });
    });
  });
}
