import { expect } from "chai";
import { defineService, type ErrorSource, oneway, RpcError, rpc } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

interface Told {
  readonly error: unknown;
  readonly where: ErrorSource;
}

/** A listener, what it was told, and the first of it. */
function listener() {
  const all: Told[] = [];
  const first = signal<Told>();
  const onError = (error: unknown, where: ErrorSource): void => {
    all.push({ error, where });
    first.resolve({ error, where });
  };
  return { all, first: first.promise, onError };
}

/** What no call can carry reaches the `onError` of the side whose code or message it is, and says where it arose. */
export function reportSuite(fixture: () => Fixture): void {
  describe("errors that no call carries", () => {
    it("of a handler: the server's, as it was thrown", async () => {
      const server = listener();
      const client = listener();
      const full = new Error("full disk");
      let peer = "";
      const pair = await fixture().pair(
        shop({
          read: async (_, ctx) => {
            peer = ctx.peer.address;
            throw full;
          },
          nothing: async () => {
            throw new RpcError({ code: "NOT_FOUND", message: "for the caller" });
          },
        }),
        { serve: { onError: server.onError }, connect: { onError: client.onError } },
      );
      await refused(pair.shop.nothing(), "NOT_FOUND");
      await refused(pair.shop.read("k"), "UNKNOWN");
      expect(peer).not.to.equal("");
      const where = { service: "suite.Shop", method: "read", peer, instance: pair.server.instance };
      expect(server.all).to.deep.equal([{ error: full, where }]);
      expect(server.all[0]?.error).to.equal(full);
      expect(client.all).to.deep.equal([]);
    });

    it("of a oneway's handler: the server's", async () => {
      const server = listener();
      const pair = await fixture().pair(
        shop({
          audit: async () => {
            throw new Error("full disk");
          },
        }),
        { serve: { onError: server.onError } },
      );
      pair.shop.audit("x");
      const { error, where } = await server.first;
      expect(error).to.have.property("message", "full disk");
      expect(where).to.include({ service: "suite.Shop", method: "audit", instance: pair.server.instance });
      expect(where.peer).to.be.a("string");
    });

    it("of what a stream's handler throws once its caller has left: the server's", async () => {
      const server = listener();
      const full = new Error("full disk");
      const pair = await fixture().pair(
        shop({
          count: async function* (to) {
            try {
              for (let i = 0; ; i++) yield to + i;
            } finally {
              // biome-ignore lint/correctness/noUnsafeFinally: it is what the test is about
              throw full;
            }
          },
        }),
        { serve: { onError: server.onError } },
      );
      for await (const _ of pair.shop.count(1)) break;
      const { error, where } = await server.first;
      expect(error).to.equal(full);
      expect(where).to.include({ service: "suite.Shop", method: "count", instance: pair.server.instance });
    });

    it("of a callback: the client's, and each side says which has it", async () => {
      const server = listener();
      const client = listener();
      const seen = signal<unknown>();
      const pair = await fixture().pair(
        shop({
          steps: async (_, progress) => {
            seen.resolve(await progress(1).catch((error: unknown) => error));
            return [];
          },
        }),
        { serve: { onError: server.onError }, connect: { onError: client.onError } },
      );
      const secret = new Error("secret");
      await pair.shop.steps(1, () => {
        throw secret;
      });
      const where = {
        service: "suite.Shop",
        method: "steps",
        callback: "progress",
        endpoint: pair.url,
        instance: pair.server.instance,
      };
      expect(client.all).to.deep.equal([{ error: secret, where }]);
      expect(client.all[0]?.error).to.equal(secret);
      expect(await seen.promise).to.include({
        code: "UNKNOWN",
        message: "suite.Shop.steps: its callback progress failed; the client that passed it was told by onError",
      });
      expect(server.all).to.deep.equal([]);
    });

    it("of a subscriber: its own, or else the client's or the server's, and the next message still comes", async () => {
      const server = listener();
      const client = listener();
      const own = listener();
      const { shop: proxy, ...pair } = await fixture().pair(shop(), {
        serve: { onError: server.onError },
        connect: { onError: client.onError },
      });
      const twice = signal();
      let left = 6;
      const fail = (value: unknown): void => {
        if (--left === 0) twice.resolve();
        throw new Error(String((value as { cents: number }).cents));
      };
      await proxy.prices.subscribe(fail, { onError: own.onError });
      await proxy.prices.subscribe(fail);
      await pair.server.topics(Shop)["prices"]?.subscribe(fail);
      for (const cents of [1, 2]) await proxy.prices.publish({ sku: "a", cents });
      await twice.promise;
      await proxy.nothing();
      const at = { service: "suite.Shop", method: "prices", instance: pair.server.instance };
      for (const [{ all }, where] of [
        [own, { ...at, endpoint: pair.url }],
        [client, { ...at, endpoint: pair.url }],
        [server, at],
      ] as const) {
        expect(all.map(({ error }) => (error as Error).message)).to.deep.equal(["1", "2"]);
        for (const told of all) expect(told.where).to.deep.equal(where);
      }
    });

    it("of a subscriber's onError: the client's, and the subscription goes on", async () => {
      const client = listener();
      const { shop: proxy } = await fixture().pair(shop(), { connect: { onError: client.onError } });
      const third = signal();
      await proxy.prices.subscribe(
        ({ cents }) => {
          if (cents === 3) third.resolve();
          else throw new Error("handler");
        },
        {
          onError: (() => {
            let first = true;
            return () => {
              // Both ways in which a listener may fail.
              if (!first) return Promise.reject(new Error("later"));
              first = false;
              throw new Error("at once");
            };
          })(),
        },
      );
      for (const cents of [1, 2, 3]) await proxy.prices.publish({ sku: "a", cents });
      await third.promise;
      expect(client.all.map(({ error }) => (error as Error).message)).to.deep.equal(["at once", "later"]);
    });

    it("of a oneway that the server does not have: the client's", async () => {
      const Newer = defineService(
        "suite.Shop",
        { version: "1.3.0" },
        { nothing: rpc({ params: [] }), whisper: oneway({ params: [] }) },
      );
      const client = listener();
      const pair = await fixture().pair(shop());
      const other = await fixture().connect({ endpoints: [pair.url], onError: client.onError });
      const newer = await other.refer(Newer);
      newer.whisper();
      const { error, where } = await client.first;
      expect(error).to.include({ code: "UNIMPLEMENTED" });
      expect(where).to.deep.equal({
        service: "suite.Shop",
        method: "whisper",
        endpoint: pair.url,
        instance: pair.server.instance,
      });
    });
  });
}
