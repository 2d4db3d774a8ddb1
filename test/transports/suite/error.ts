import { expect } from "chai";
import { type Interceptor, type JsonValue, type Metadata, RpcError } from "../../../index.ts";
import { OutOfStock, order, Shop, shop } from "./contract.ts";
import { collect, type Fixture, refused, signal } from "./fixture.ts";

/** What another copy of the package, or a handler that changes its error, may throw. */
function unsound(change: object): RpcError {
  return Object.assign(new RpcError({ code: "ABORTED", message: "unsound" }), change);
}

export function errorSuite(fixture: () => Fixture): void {
  const throwing = (make: () => unknown) =>
    shop({
      nothing: () => {
        throw make();
      },
      read: async (key) => key,
    });

  describe("metadata of an error", () => {
    it("arrives with its keys in small letters, and costs no other call anything", async () => {
      const waiting = signal();
      const { shop: client } = await fixture().pair(
        shop({
          wait: async (key) => {
            await waiting.promise;
            return key;
          },
          nothing: () => {
            throw new RpcError({ code: "ABORTED", message: "again", metadata: { "Retry-After": "5" } });
          },
        }),
      );
      const other = client.wait("other");
      const error = await refused(client.nothing(), "ABORTED", /^again$/);
      expect(error.metadata).to.deep.equal({ "retry-after": "5" });
      waiting.resolve();
      expect(await other).to.equal("other");
    });

    it("of a callback arrives too", async () => {
      const seen = signal<unknown>();
      const { shop: client } = await fixture().pair(
        shop({
          steps: async (_count, progress) => {
            await progress(1).catch((error: RpcError) => seen.resolve([error.code, error.metadata, error.details]));
            return [];
          },
        }),
      );
      await client.steps(1, () => {
        throw new RpcError({ code: "ABORTED", message: "no", metadata: { "Retry-After": "5" }, details: [1] });
      });
      expect(await seen.promise).to.deep.equal(["ABORTED", { "retry-after": "5" }, [1]]);
      expect(await client.read("k")).to.equal("value of k");
    });

    it("that cannot travel is refused where it is made, and told to onError", async () => {
      const errors: unknown[] = [];
      const { shop: client } = await fixture().pair(
        throwing(() => new RpcError({ code: "ABORTED", message: "again", metadata: { "Retry After": "5" } })),
        { serve: { onError: (error: unknown) => errors.push(error) } },
      );
      await refused(client.nothing(), "UNKNOWN", /the handler failed/);
      expect(String(errors)).to.match(/TypeError: metadata "Retry After": a key is of/);
    });

    it("of an error that is not sound stays behind alone, and onError is told", async () => {
      const errors: unknown[] = [];
      const { shop: client } = await fixture().pair(
        throwing(() => unsound({ metadata: { "a b": "c", fine: "d", no: 5 }, details: { n: 1n }, retryable: "x" })),
        { serve: { onError: (error: unknown) => errors.push(error) } },
      );
      const error = await refused(client.nothing(), "ABORTED", /^unsound$/);
      expect(error.metadata).to.deep.equal({ fine: "d" });
      expect(error.details).to.equal(undefined);
      expect(error.retryable).to.equal(false);
      expect(String(errors)).to.match(/did not travel whole: metadata "a b": .*; details\.n: a bigint is not JSON/);
      expect(await client.read("k")).to.equal("k");
    });

    it("of an error from a callback that is not sound stays behind, and the caller's onError is told", async () => {
      const errors: unknown[] = [];
      const { shop: client } = await fixture().pair(shop(), {
        connect: { onError: (error: unknown) => errors.push(error) },
      });
      const failing = client.steps(1, () => {
        throw unsound({ metadata: { "a b": "c" }, code: "NO_CODE", message: undefined });
      });
      await refused(failing, "UNKNOWN", /^undefined$/);
      expect(String(errors)).to.match(/did not travel whole: metadata "a b"/);
      expect(await client.read("k")).to.equal("value of k");
    });
  });

  describe("an error too large to travel", () => {
    const huge = "ö".repeat(30_000);
    const large = { message: huge, retryable: true, details: "x".repeat(30_000) };

    it("loses its details first, then its metadata, and keeps the rest", async () => {
      const errors: unknown[] = [];
      const next: RpcError[] = [
        new RpcError({ ...large, code: "ABORTED", metadata: { a: "b" } }),
        new RpcError({ ...large, code: "ABORTED", metadata: { a: "x".repeat(30_000) } }),
        new RpcError({ ...large, code: "ABORTED", metadata: { a: "x".repeat(60_000) } }),
        new OutOfStock({ sku: "a", left: 1 }, { message: huge, metadata: { a: "x".repeat(60_000) } }),
      ];
      const { shop: client } = await fixture().pair(
        shop({
          place: () => {
            throw next.shift();
          },
        }),
        { serve: { onError: (error: unknown) => errors.push(error) } },
      );
      const seen: unknown[] = [];
      while (next.length > 0) {
        const error = await client.place(order, true).catch((thrown: RpcError) => thrown);
        const { code, message, metadata, details, retryable } = error as RpcError;
        expect([code === "ABORTED" || error instanceof OutOfStock, message]).to.deep.equal([true, "ö".repeat(8192)]);
        seen.push([metadata["a"]?.length, (details as string | undefined)?.length, retryable]);
      }
      expect(seen).to.deep.equal([
        [1, 30_000, true],
        [30_000, undefined, true],
        [undefined, undefined, true],
        [undefined, undefined, false],
      ]);
      expect(errors).to.have.length(3);
    });
  });

  describe("details of an error", () => {
    const told: JsonValue = {
      "": null,
      list: [1, -0.5, "ö\u0000\ud83d\ude00", true, { deep: [[]] }],
      ["__proto__"]: { polluted: true },
      toJSON: "text",
    };

    it("arrive exactly as they were given, and frozen", async () => {
      const { shop: client } = await fixture().pair(
        throwing(() => new RpcError({ code: "ABORTED", message: "x", details: told })),
      );
      const { details } = await refused(client.nothing(), "ABORTED");
      expect(details).to.deep.equal(told);
      expect(Object.keys(details as object)).to.deep.equal(Object.keys(told));
      expect(Object.isFrozen(details)).to.equal(true);
      expect(Object.isFrozen((details as { list: unknown }).list)).to.equal(true);
    });

    it("that JSON cannot carry are refused where they are made", async () => {
      const errors: unknown[] = [];
      const { shop: client } = await fixture().pair(
        throwing(() => new RpcError({ code: "ABORTED", message: "x", details: { id: 1n } as never })),
        { serve: { onError: (error: unknown) => errors.push(error) } },
      );
      await refused(client.nothing(), "UNKNOWN", /the handler failed/);
      expect(String(errors)).to.match(
        /TypeError: details\.id: a bigint is not JSON; use a string, or declare an error/,
      );
    });
  });

  describe("metadata of calls, replies and messages", () => {
    it("has its keys in small letters on the other side", async () => {
      const { shop: client, server } = await fixture().pair(
        shop({
          context: async (ctx) => {
            ctx.setReplyMetadata({ "X-Cost": "3" });
            ctx.setReplyMetadata({ "x-COST": "4" });
            return { ...ctx.metadata };
          },
        }),
      );
      let reply: Metadata | undefined;
      const terms = { metadata: { "X-Tenant": "a" }, onReplyMetadata: (metadata: Metadata) => (reply = metadata) };
      expect(await client.context.with(terms)()).to.deep.equal({ "x-tenant": "a" });
      expect(reply).to.deep.equal({ "x-cost": "4" });
      const headers: unknown[] = [];
      const seen = signal();
      await using _subscription = await client.prices.subscribe((_, delivery) => {
        if (headers.push(delivery.headers) === 2) seen.resolve();
      });
      await client.prices.publish({ sku: "a", cents: 1 }, { headers: { "Content-Type": "a" } });
      await server.topics(Shop)["prices"]?.publish({ sku: "a", cents: 1 }, { headers: { "Content-Type": "b" } });
      await seen.promise;
      expect(headers).to.deep.equal([{ "content-type": "a" }, { "content-type": "b" }]);
    });

    it("is refused where it is made, by its key", async () => {
      const { shop: client, server } = await fixture().pair(shop());
      const bad = { "bad key": "x" };
      const spoil: Interceptor = (next) => (call) => next({ ...call, metadata: bad });
      const spoiled = await fixture().connect({ endpoints: server.endpoints, interceptors: [spoil] });
      const through = await spoiled.refer(Shop);
      const actions: (() => unknown)[] = [
        async () => client.nothing.with({ metadata: bad })(),
        async () => collect(client.count.with({ metadata: bad })(1)),
        async () => client.prices.publish({ sku: "a", cents: 1 }, { headers: bad }),
        async () => server.topics(Shop)["prices"]?.publish({ sku: "a", cents: 1 }, { headers: bad }),
        async () => through.nothing(),
        async () => collect(through.count(1)),
      ];
      for (const action of actions) {
        await refused(action() as Promise<unknown>, "INVALID_ARGUMENT", /^metadata "bad key": a key is of/);
      }
      expect(await client.read("k")).to.equal("value of k");
    });

    it("of more than 64 KiB fails its call", async () => {
      const huge = { "x-huge": "ö".repeat(35_000) };
      const { shop: client } = await fixture().pair(
        shop({
          nothing: async () => {},
          context: async (ctx) => {
            ctx.setReplyMetadata(huge);
            return {};
          },
        }),
      );
      const metadata = { metadata: huge };
      await refused((async () => client.read.with(metadata)("k"))(), "RESOURCE_EXHAUSTED", /metadata: 70013 bytes/);
      await refused(collect(client.count.with(metadata)(1)), "RESOURCE_EXHAUSTED", /metadata: 70013 bytes/);
      await refused(client.context(), "RESOURCE_EXHAUSTED", /metadata: 70013 bytes/);
      expect(await client.read("k")).to.equal("value of k");
    });
  });
}
