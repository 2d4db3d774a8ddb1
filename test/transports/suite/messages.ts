import { expect } from "chai";
import type { Interceptor, RpcError, Topic } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { type Fixture, type Pair, refused, signal } from "./fixture.ts";

interface Price {
  sku: string;
  cents: number;
}
const price = (cents: number): Price => ({ sku: "a", cents });

/** The same at both ends: what the server's own code has, and what a client has. */
const sides: readonly [string, (pair: Pair) => Topic<Price>][] = [
  ["a client", ({ shop }) => shop.prices],
  ["the server's own code", ({ server }) => server.topics(Shop)["prices"] as Topic<Price>],
];

/** Publishes until the first `next()` has an answer: from then on the loop is attached. */
async function attached(fixture: Fixture, topic: Topic<Price>, iterator: AsyncIterator<unknown>): Promise<unknown> {
  let first: IteratorResult<unknown> | undefined;
  const asked = iterator.next().then((result) => {
    first = result;
  });
  while (first === undefined) {
    await topic.publish(price(0), { key: "eu.x" });
    await fixture.sleep(1);
  }
  await asked;
  return first?.value;
}

/** An interceptor of the server that tells when a subscription of a client has ended. */
function watched(): { interceptor: Interceptor; ended: Promise<void> } {
  const ended = signal();
  const interceptor: Interceptor = (next) => (call) => {
    if (call.method.name === "prices.subscribe") call.context?.signal.addEventListener("abort", () => ended.resolve());
    return next(call);
  };
  return { interceptor, ended: ended.promise };
}

export function messagesSuite(fixture: () => Fixture): void {
  describe("messages as an async iterator", () => {
    for (const [side, topicOf] of sides) {
      it(`gives ${side} the values in order, of the keys that were asked for`, async () => {
        const topic = topicOf(await fixture().pair(shop()));
        const messages = topic.messages({ key: "eu.*" });
        expect(await attached(fixture(), topic, messages)).to.deep.equal(price(0));
        for (const cents of [1, 2, 3]) {
          await topic.publish(price(-1), { key: "us.x" });
          await topic.publish(price(cents), { key: "eu.x" });
        }
        const seen: number[] = [];
        for await (const { cents } of messages) {
          if (cents !== 0) seen.push(cents);
          if (cents === 3) break;
        }
        expect(seen).to.deep.equal([1, 2, 3]);
        expect(await messages.next()).to.deep.equal({ value: undefined, done: true });
      });

      it(`gives ${side} key and headers with deliveries`, async () => {
        const topic = topicOf(await fixture().pair(shop()));
        const deliveries = topic.deliveries();
        await attached(fixture(), topic, deliveries);
        await topic.publish(price(7), { key: "k", headers: { a: "b" } });
        for await (const delivery of deliveries) {
          if (delivery.value.cents === 0) continue;
          expect(delivery).to.deep.equal({ value: price(7), key: "k", headers: { a: "b" } });
          break;
        }
      });

      it(`ends the loop of ${side} by its signal, at once and later`, async () => {
        const topic = topicOf(await fixture().pair(shop()));
        await refused(topic.messages({ signal: AbortSignal.abort() }).next(), "CANCELLED");
        const controller = new AbortController();
        const messages = topic.messages({ signal: controller.signal, key: "eu.x" });
        await attached(fixture(), topic, messages);
        await topic.publish(price(1));
        const reason = new Error("enough");
        // What it was late to read it does not get any more.
        controller.abort(reason);
        const error = await refused(messages.next(), "CANCELLED", /prices\.messages: cancelled by the caller/);
        expect(error.cause).to.equal(reason);
        expect((await messages.next()).done).to.equal(true);
      });

      it(`throws to ${side} what ends the subscription, after what waited`, async () => {
        const topic = topicOf(await fixture().pair(shop(), { serve: { topics: { maxBufferedMessages: 2 } } }));
        const errors: unknown[] = [];
        const messages = topic.messages({ overflow: "close", onError: (error) => errors.push(error), key: "eu.x" });
        await attached(fixture(), topic, messages);
        const sku = "x".repeat(200_000);
        for (let cents = 1; cents <= 20; cents++) await topic.publish({ sku, cents }, { key: "eu.x" });
        const seen: number[] = [];
        let thrown: unknown;
        try {
          for await (const { cents } of messages) if (cents !== 0) seen.push(cents);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).to.include({ code: "RESOURCE_EXHAUSTED" });
        expect((thrown as RpcError).message).to.contain("messages behind");
        expect(seen.length).to.be.within(2, 19);
        expect(seen).to.deep.equal(Array.from({ length: seen.length }, (_, i) => i + 1));
        expect(errors).to.deep.equal([thrown]);
      });
    }

    it("unsubscribes at the server when the loop is left", async () => {
      const { interceptor, ended } = watched();
      const { shop: client } = await fixture().pair(shop(), { serve: { interceptors: [interceptor] } });
      const messages = client.prices.messages();
      await attached(fixture(), client.prices, messages);
      await client.prices.publish(price(1));
      for await (const _ of messages) break;
      await ended;
    });

    it("does not subscribe before it is asked for a message", async () => {
      const called: string[] = [];
      const seeing: Interceptor = (next) => (call) => {
        called.push(call.method.name);
        return next(call);
      };
      const { shop: client } = await fixture().pair(shop(), { serve: { interceptors: [seeing] } });
      const messages = client.prices.messages();
      await client.prices.publish(price(1));
      expect(await messages.return?.()).to.deep.equal({ value: undefined, done: true });
      expect((await messages.next()).done).to.equal(true);
      await refused(client.prices.messages({ signal: AbortSignal.abort() }).next(), "CANCELLED");
      await client.nothing();
      expect(called).to.deep.equal(["prices.publish", "nothing"]);
    });

    it("ends when the client closes, and when the server does for its own code", async () => {
      const pair = await fixture().pair(shop());
      for (const [i, [, topicOf]] of sides.entries()) {
        const topic = topicOf(pair);
        const messages = topic.messages({ key: "eu.x" });
        await attached(fixture(), topic, messages);
        const last = (async () => {
          for await (const _ of messages);
        })();
        await (i === 0 ? pair.client : pair.server).close();
        await last;
      }
    });

    it("throws where nobody can be subscribed to", async () => {
      const { shop: client, client: connection } = await fixture().pair(shop());
      connection.destroy();
      const messages = client.prices.messages();
      await refused(messages.next(), "UNAVAILABLE");
      expect((await messages.next()).done).to.equal(true);
    });

    it("refuses an option that does not exist at once", async () => {
      const { shop: client } = await fixture().pair(shop());
      expect(() => client.prices.messages({ bufersize: 1 } as object)).to.throw(TypeError, "prices.messages");
    });
  });
}
