import { expect } from "chai";
import { type Interceptor, type Metadata, RpcError, valuesOf } from "../../../index.ts";
import { OutOfStock, type ShopHandlers, shop } from "./contract.ts";
import { collect, type Fixture, refused } from "./fixture.ts";

export function trailersSuite(fixture: () => Fixture): void {
  describe("trailers", () => {
    /** What a caller was told, in order. */
    function heard() {
      const events: unknown[] = [];
      const options = {
        onReplyMetadata: (metadata: Metadata): void => void events.push(["head", metadata]),
        onTrailers: (trailers: Metadata): void => void events.push(["trailers", trailers]),
      };
      return { events, options };
    }

    async function streamed(count: ShopHandlers["count"]): Promise<unknown[]> {
      const { shop: client } = await fixture().pair(shop({ count }));
      const { events, options } = heard();
      for await (const item of client.count.with(options)(9)) events.push(item);
      return events;
    }

    it("come behind the reply, apart from what comes before it", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          read: async (key, ctx) => {
            ctx.setTrailers({ Rows: "1", "x-tag": ["a", "b"] });
            ctx.setReplyMetadata({ cache: "miss" });
            ctx.setTrailers({ rows: "2", "sum-bin": new Uint8Array([1]) });
            return key;
          },
        }),
      );
      const { events, options } = heard();
      expect(await client.read.with(options)("k")).to.equal("k");
      expect(events).to.have.length(2);
      const [head, [word, trailers]] = events as [unknown, [string, Metadata]];
      expect(head).to.deep.equal(["head", { cache: "miss" }]);
      expect([word, { ...Object.fromEntries(Object.entries(trailers)) }]).to.deep.equal([
        "trailers",
        { rows: "2", "x-tag": "a, b", "sum-bin": "AQ==" },
      ]);
      expect(valuesOf(trailers, "x-tag")).to.deep.equal(["a", "b"]);
    });

    it("are not told of where there are none", async () => {
      const { shop: client } = await fixture().pair(shop());
      const { events, options } = heard();
      await client.nothing.with({ onTrailers: options.onTrailers })();
      await collect(client.count.with(options)(1));
      expect(events).to.deep.equal([]);
    });

    it("come behind the last item of a stream, whenever they were set", async () => {
      const events = await streamed(async function* (_to, ctx) {
        ctx.setTrailers({ rows: "0" });
        ctx.setReplyMetadata({ cost: "1" });
        yield 1;
        ctx.setTrailers({ rows: "2", done: "yes" });
        yield 2;
      });
      expect(events).to.deep.equal([["head", { cost: "1" }], 1, 2, ["trailers", { rows: "2", done: "yes" }]]);
    });

    it("come behind what was set too late for the head, and where there is no item", async () => {
      const late = await streamed(async function* (_to, ctx) {
        yield 1;
        ctx.setReplyMetadata({ late: "1" });
        ctx.setTrailers({ rows: "1" });
      });
      expect(late).to.deep.equal([1, ["head", { late: "1" }], ["trailers", { rows: "1" }]]);
      // biome-ignore lint/correctness/useYield: a stream without an item
      const empty = await streamed(async function* (_to, ctx) {
        ctx.setReplyMetadata({ cost: "1" });
        ctx.setTrailers({ rows: "0" });
      });
      expect(empty).to.deep.equal([
        ["head", { cost: "1" }],
        ["trailers", { rows: "0" }],
      ]);
    });

    it("are metadata of the error where the handler fails, and give way to its own; what was thrown stays as it is", async () => {
      const stock = new OutOfStock({ sku: "a", left: 2 }, { metadata: { "x-own": "error" } });
      const fail = (ctx: { setTrailers(entries: object): void; setReplyMetadata(entries: object): void }): never => {
        ctx.setReplyMetadata({ head: "lost" });
        ctx.setTrailers({ "x-own": "trailer", "x-tag": ["a", "b"] });
        throw stock;
      };
      const { shop: client } = await fixture().pair(
        shop({
          place: async (_order, _dry, ctx) => fail(ctx),
          count: async function* (_to, ctx) {
            yield 1;
            fail(ctx);
          },
        }),
      );
      const { events, options } = heard();
      const errors = [
        await refused(client.place.with(options)({ id: 1n, items: [] }, true), "FAILED_PRECONDITION"),
        await refused(collect(client.count.with(options)(1)), "FAILED_PRECONDITION"),
      ];
      for (const error of errors) {
        expect(error).to.be.instanceOf(OutOfStock).and.include({ sku: "a", left: 2 });
        expect(Object.fromEntries(Object.entries(error.metadata))).to.deep.equal({ "x-own": "error", "x-tag": "a, b" });
        expect(valuesOf(error.metadata, "x-tag")).to.deep.equal(["a", "b"]);
      }
      expect(events).to.deep.equal([]);
      expect(stock.metadata).to.deep.equal({ "x-own": "error" });
    });

    it("pass interceptors, which may set some of their own", async () => {
      const seen: unknown[] = [];
      const serving: Interceptor = (next) => async (call) => ({
        ...(await next(call)),
        trailers: { "X-By": "server" },
      });
      const calling: Interceptor = (next) => async (call) => {
        const reply = await next(call);
        seen.push(reply.trailers);
        return call.method.kind === "unary" ? { ...reply, trailers: { ...reply.trailers, "x-seen": "1" } } : reply;
      };
      const { shop: client } = await fixture().pair(
        shop({
          nothing: async (ctx) => ctx.setTrailers({ rows: "1" }),
        }),
        { serve: { interceptors: [serving] }, connect: { interceptors: [calling] } },
      );
      const { events, options } = heard();
      await client.nothing.with({ onTrailers: options.onTrailers })();
      for await (const item of client.count.with({ onTrailers: options.onTrailers })(1)) events.push(item);
      expect(events).to.deep.equal([
        ["trailers", { rows: "1", "x-by": "server", "x-seen": "1" }],
        0,
        ["trailers", { "x-by": "server" }],
      ]);
      expect(seen).to.deep.equal([{ rows: "1", "x-by": "server" }, undefined]);
    });

    it("of more than 64 KiB fail the call", async () => {
      const huge = { "x-huge": "x".repeat(70_000) };
      const { shop: client } = await fixture().pair(
        shop({
          nothing: async (ctx) => ctx.setTrailers(huge),
          count: async function* (_to, ctx) {
            ctx.setTrailers(huge);
            yield 1;
          },
        }),
      );
      await refused(client.nothing(), "RESOURCE_EXHAUSTED", /metadata: 70013 bytes/);
      await refused(collect(client.count(1)), "RESOURCE_EXHAUSTED", /metadata: 70013 bytes/);
    });

    it("that cannot travel are refused where they are set", async () => {
      let thrown: unknown;
      const { shop: client } = await fixture().pair(
        shop({
          nothing: async (ctx) => {
            try {
              ctx.setTrailers({ "b c": "x" });
            } catch (error) {
              thrown = error;
            }
          },
        }),
      );
      await client.nothing();
      expect(thrown).to.be.instanceOf(TypeError);
    });

    it("cost nothing where the listener throws; onError is told", async () => {
      const told: unknown[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          read: async (key, ctx) => {
            ctx.setTrailers({ rows: "1" });
            return key;
          },
          count: async function* (_to, ctx) {
            ctx.setTrailers({ rows: "1" });
            yield 7;
          },
        }),
        { connect: { onError: (error) => told.push(error) } },
      );
      const onTrailers = (): void => {
        throw new Error("mine");
      };
      expect(await client.read.with({ onTrailers })("k")).to.equal("k");
      expect(await collect(client.count.with({ onTrailers })(1))).to.deep.equal([7]);
      expect(told.map((error) => (error as RpcError).message)).to.deep.equal(["onTrailers threw", "onTrailers threw"]);
      expect(told.every((error) => RpcError.is(error))).to.equal(true);
    });
  });
}
